// The quick-order pad. Rows are what was typed; the server reads them all together (so that tiers over the whole order
// show), and its answer is drawn beside them. Nothing is changed without the user: quantities off their step are offered.

const BATCH = 200; // rows drawn at once, so that a paste of 1,000 never freezes the page
const WAIT = 250; // after the last key, before asking for prices

// The names of files change with their content: the page says where the other modules lie.
const { dataset: at } = document.getElementById("pad-words");
const { plain, quantity, money } = await import(at.numbers);
const { list } = await import(at.completion);
const { build } = await import(at.row);
let pad = null;

list.ask = async (search) => (await pad.post("Complete", { seller: pad.seller.value, search }).catch(() => null))?.variantSuggestions ?? [];
list.take = (row, variant) => {
  pad.put(row, { code: variant.sku, uom: "" });
  row.quantityField.select();
};

class Pad {
  constructor(root) {
    this.root = root;
    this.grid = root.querySelector("[data-pad-rows]");
    this.seller = document.querySelector("[data-pad-seller]");
    this.words = Object.fromEntries([...document.querySelectorAll("#pad-words dt")].map((dt) => [dt.textContent, dt.nextElementSibling.textContent]));
    this.rows = [];
    this.asked = 0;
    this.restore();
  }

  say(word, n) {
    const one = String(n) === "1" && this.words[`${word}One`];
    return (one || (this.words[word] ?? "")).replace("{n}", n);
  }

  part(name) {
    return this.root.querySelector(`[data-pad-${name}]`);
  }

  // ---- keeping: what is typed survives a reload

  get key() {
    return `pad:${this.root.dataset.key}:${this.seller.value}`;
  }

  restore() {
    let kept = [];
    try {
      kept = JSON.parse(localStorage.getItem(this.key) || "[]");
    } catch {
      kept = [];
    }
    this.replace(kept);
  }

  keep() {
    const typed = this.filled().map(({ code, quantity, uom }) => ({ code, quantity, uom }));
    try {
      if (typed.length) localStorage.setItem(this.key, JSON.stringify(typed));
      else localStorage.removeItem(this.key);
    } catch {
      // a full or forbidden storage costs only the convenience
    }
  }

  // ---- rows

  filled() {
    return this.rows.filter((row) => row.code.trim());
  }

  replace(lines) {
    for (const row of this.rows) row.node?.remove();
    this.rows = [];
    this.append(lines);
    if (lines.length) this.ask(0);
    else this.total(null);
  }

  append(lines) {
    for (const line of lines) this.rows.push({ code: line.code ?? "", quantity: line.quantity ?? "", uom: line.uom ?? "", check: null });
    if (!this.rows.length || this.rows.at(-1).code) this.rows.push({ code: "", quantity: "", uom: "", check: null });
    this.draw();
  }

  draw() {
    const missing = this.rows.filter((row) => !row.node);
    const some = document.createDocumentFragment();
    for (const row of missing.slice(0, BATCH)) some.append(this.make(row));
    this.grid.append(some);
    if (missing.length > BATCH) requestAnimationFrame(() => this.draw());
    else this.number();
  }

  number() {
    this.rows.forEach((row, index) => {
      const n = String(index + 1);
      if (!row.node || row.node.firstChild.textContent === n) return;
      row.node.firstChild.textContent = n;
      row.codeField.setAttribute("aria-label", this.say("code", n));
      row.quantityField.setAttribute("aria-label", this.say("quantity", n));
      row.removeButton.setAttribute("aria-label", this.say("remove", n));
    });
  }

  make(row) {
    build(row);
    this.show(row);
    return row.node;
  }

  // ---- what the server said about a row

  show(row) {
    if (!row.node) return;
    // a code that is still being typed is not wrong yet
    const half = row.check?.errorCode === "UNKNOWN_VARIANT" && document.activeElement === row.codeField;
    const check = half ? null : row.check;
    row.node.classList.toggle("wrong", Boolean(check?.errorCode));
    row.node.classList.toggle("unknown", Boolean(check?.errorCode && !check.unitPrice));
    row.codeField.toggleAttribute("aria-invalid", check?.errorCode === "UNKNOWN_VARIANT");
    row.goodsCell.replaceChildren();
    row.stockCell.replaceChildren();
    this.showUoms(row);
    if (!check) {
      row.priceCell.textContent = row.amountCell.textContent = "";
      if (row.merged) row.goodsCell.append(this.text("text-secondary", this.words.mergedRow));
      return;
    }
    if (check.variant) row.goodsCell.append(this.text("pad-name", check.variant.fullName));
    if (check.variant && check.variant.sku !== row.code.trim()) row.goodsCell.append(this.text("sku", check.variant.sku));
    if (check.errorMessage) row.goodsCell.append(this.text("pad-wrong", check.errorMessage));
    if (check.snappedQuantity) row.goodsCell.append(this.choice(this.say("take", quantity(check.snappedQuantity)), () => this.put(row, { quantity: plain(check.snappedQuantity) })));
    if (check.suggestions?.length) {
      row.goodsCell.append(this.text("text-secondary", this.words.meant));
      for (const one of check.suggestions) row.goodsCell.append(this.choice(one.sku, () => this.put(row, { code: one.sku }), one.fullName));
    }
    if (check.availability) row.stockCell.append(this.text(`status-quiet stock-${check.availability.level}`, check.availability.label));
    row.priceCell.textContent = check.unitPrice ? money(check.unitPrice) : "";
    row.amountCell.textContent = check.total ? money(check.total) : "";
  }

  showUoms(row) {
    const uoms = row.check?.uoms ?? [];
    if (uoms.length < 2) {
      row.uomCell.textContent = row.check?.uom?.name ?? row.uom;
      return;
    }
    const select = document.createElement("select");
    select.className = "form-select";
    select.setAttribute("aria-label", this.say("uom", this.rows.indexOf(row) + 1));
    for (const uom of uoms) select.add(new Option(uom.name, uom.code, false, uom.code === row.check.uom?.code));
    select.addEventListener("change", () => this.put(row, { uom: select.value }));
    row.uomCell.replaceChildren(select);
  }

  text(name, words) {
    const one = document.createElement("span");
    one.className = name;
    one.textContent = words;
    return one;
  }

  choice(words, act, title = "") {
    const one = document.createElement("button");
    one.type = "button";
    one.className = "btn btn-sm";
    one.textContent = words;
    one.title = title;
    one.addEventListener("click", act);
    return one;
  }

  put(row, change) {
    Object.assign(row, change);
    row.codeField.value = row.code;
    row.quantityField.value = row.quantity;
    this.ask(0);
    row.quantityField.focus();
  }

  // ---- asking

  ask(wait = WAIT) {
    this.keep();
    clearTimeout(this.timer);
    this.stale = true;
    this.timer = setTimeout(() => this.check(), wait);
  }

  async post(operation, variables) {
    const answer = await fetch(location.pathname, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": this.token },
      body: JSON.stringify({ do: operation, variables }),
    });
    return this.read(answer);
  }

  async read(answer) {
    if (answer.status === 401) location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  get token() {
    return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  }

  async check() {
    const asked = ++this.asked;
    const lines = this.filled();
    if (!lines.length) return this.total(null);
    this.root.setAttribute("aria-busy", "true");
    try {
      const data = await this.post("CheckLines", { seller: this.seller.value, lines: lines.map(({ code, quantity, uom }) => ({ code: code.trim(), quantity: quantity.trim() || "1", ...(uom ? { uom } : {}) })) });
      if (asked !== this.asked) return; // a later question is on its way
      this.stale = false;
      this.take(lines, data.orderPasteParse);
    } catch {
      this.toast(this.words.failed, "danger");
    } finally {
      if (asked === this.asked) this.root.removeAttribute("aria-busy");
    }
  }

  take(lines, found) {
    const by = new Map(found.lines.map((line) => [line.lineNumber, line]));
    lines.forEach((row, index) => {
      row.check = by.get(index + 1) ?? null;
      row.merged = !row.check;
      if (!row.quantity.trim() && row.check?.quantity && document.activeElement !== row.quantityField) {
        row.quantity = plain(row.check.quantity);
        row.quantityField && (row.quantityField.value = row.quantity);
      }
      this.show(row);
    });
    this.total(found);
  }

  total(found) {
    this.found = found;
    const good = found?.goodCount ?? 0;
    const bad = found?.badCount ?? 0;
    this.part("count").textContent = found ? this.say("lines", quantity(good)) : this.words.empty;
    this.part("bad").hidden = !bad;
    this.part("bad").textContent = this.say("bad", bad);
    const offered = this.offered().length;
    this.part("snap").hidden = !offered;
    this.part("snap").textContent = this.say("takeAll", offered);
    for (const name of ["net", "tax", "gross"]) this.part(name).textContent = found?.total ? money(found.total[name]) : "—";
    this.part("checkout").disabled = this.part("cart").disabled = !good;
  }

  offered() {
    return this.rows.filter((row) => row.check?.snappedQuantity);
  }

  // ---- text, files, lists

  async readText(text) {
    await this.readAnswer(() => this.post("ReadText", { seller: this.seller.value, text }));
  }

  async readFile(file) {
    const form = new FormData();
    form.append("do", "ReadFile");
    form.append("seller", this.seller.value);
    form.append("file", file);
    await this.readAnswer(async () =>
      this.read(await fetch(location.pathname, { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": this.token }, body: form })),
    );
  }

  async readAnswer(ask) {
    this.root.setAttribute("aria-busy", "true");
    try {
      const found = (await ask()).orderPasteParse;
      for (const error of found.errors) this.toast(error.message, "danger");
      const read = found.lines.map((line) => ({ code: line.variant?.sku ?? line.code, quantity: line.quantity ? plain(line.quantity) : line.quantityText, uom: line.uom?.code ?? "" }));
      if (!read.length) return;
      if (this.filled().length) {
        this.rows = this.rows.filter((row) => row.code.trim() || (row.node?.remove(), false));
        this.append(read);
        this.ask(0);
      } else {
        for (const row of this.rows) row.node?.remove();
        this.rows = [];
        this.append(read);
        this.take(this.filled(), { ...found, lines: found.lines.map((line, index) => ({ ...line, lineNumber: index + 1 })) });
        this.keep();
      }
      this.toast(this.say("read", quantity(read.length)) + (found.mergedCount ? ` ${this.say("merged", found.mergedCount)}` : ""));
    } catch {
      this.toast(this.words.failed, "danger");
    } finally {
      this.root.removeAttribute("aria-busy");
    }
  }

  async readList(id, seller) {
    this.seller.value = seller;
    const list = (await this.post("ListLines", { id })).savedList;
    if (!list) return;
    this.rows = this.rows.filter((row) => row.code.trim() || (row.node?.remove(), false));
    this.append(list.lines.map((line) => ({ code: line.variant.sku, quantity: plain(line.quantity), uom: line.uom.code })));
    this.ask(0);
  }

  // ---- on to the cart

  async leave(goal) {
    this.goal = goal;
    if (this.stale) {
      clearTimeout(this.timer); // what was typed last counts too
      await this.check();
    }
    if (!this.found?.goodCount) return;
    if (!this.found.badCount) return this.toCart();
    document.querySelector("[data-pad-partly]").textContent = this.say("partly", this.found.badCount);
    document.getElementById("pad-partly").showModal();
  }

  async toCart() {
    const good = this.rows.filter((row) => row.check && !row.check.errorCode && row.check.variant);
    const lines = good.map(({ check }) => ({ variant: check.variant.id, quantity: check.quantity, uom: check.uom.code }));
    for (const name of ["checkout", "cart"]) this.part(name).disabled = true;
    try {
      const written = (await this.post("ToCart", { input: { seller: this.seller.value, mode: "ADD", lines } })).cartLinesWrite;
      if (written.errors.length) {
        for (const error of written.errors.slice(0, 5)) this.toast(error.message, "danger");
        this.total(this.found);
        return;
      }
      this.rows = this.rows.filter((row) => row.check?.errorCode);
      this.keep();
      location.assign(this.goal === "checkout" ? `/checkout/${encodeURIComponent(written.cart.id)}/` : "/carts/");
    } catch {
      this.toast(this.words.failed, "danger");
      this.total(this.found);
    }
  }

  toast(text, kind = "success") {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind } }));
  }
}

// ---- events, all on `document`, because the body is replaced when one goes from page to page

const rowOf = (target) => target.closest?.(".pad-row")?.row;

document.addEventListener("input", (event) => {
  const row = rowOf(event.target);
  if (!row || !event.target.dataset.field) return;
  row[event.target.dataset.field] = event.target.value;
  if (event.target.dataset.field === "code") {
    row.uom = "";
    list.open(row);
    if (row === pad.rows.at(-1) && row.code) pad.append([]);
    if (!row.code.trim()) {
      row.check = null;
      pad.show(row);
    }
  }
  pad.ask();
});

document.addEventListener("focusout", (event) => {
  if (event.target.dataset?.field !== "code") return;
  list.close();
  const row = rowOf(event.target);
  setTimeout(() => row && pad.show(row));
});

document.addEventListener("paste", (event) => {
  const row = rowOf(event.target);
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!row || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  pad.readText(text);
});

const focusRow = (row, field, by) => {
  const next = pad.rows[pad.rows.indexOf(row) + by];
  if (!next?.node) return;
  const goal = field === "code" ? next.codeField : next.quantityField;
  goal.focus();
  goal.select();
};

document.addEventListener("keydown", (event) => {
  if (!document.getElementById("pad") || !pad) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    pad.leave("checkout");
    return;
  }
  const row = rowOf(event.target);
  const field = event.target.dataset?.field;
  if (!row || !field) return;
  const listed = list.node && list.row === row;
  if (event.key === "Escape" && listed) {
    event.preventDefault();
    list.close();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const by = event.key === "ArrowDown" ? 1 : -1;
    if (listed) list.move(by);
    else focusRow(row, field, by);
  } else if ((event.key === "Enter" || event.key === "Tab") && listed && list.chosen()) {
    event.preventDefault();
    list.pick(list.chosen());
  } else if (event.key === "Enter") {
    event.preventDefault();
    list.close();
    if (field === "code") {
      row.quantityField.focus();
      row.quantityField.select();
    } else focusRow(row, "code", 1);
  } else if (event.key === "Delete" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    drop(row);
  }
});

const drop = (row) => {
  const index = pad.rows.indexOf(row);
  row.node.remove();
  pad.rows.splice(index, 1);
  if (!pad.rows.length) pad.append([]);
  pad.number();
  pad.ask(0);
  pad.rows[Math.min(index, pad.rows.length - 1)].codeField?.focus();
};

document.addEventListener("click", (event) => {
  const on = (name) => event.target.closest(`[data-pad-${name}]`);
  if (!pad || !document.getElementById("pad")) return;
  if (on("remove")) drop(rowOf(event.target));
  else if (on("add")) {
    pad.append([]);
    pad.rows.at(-1).codeField?.focus();
  } else if (on("clear")) {
    pad.replace([]);
    pad.keep();
  } else if (on("checkout")) pad.leave("checkout");
  else if (on("cart")) pad.leave("cart");
  else if (on("go")) {
    document.getElementById("pad-partly").close();
    pad.toCart();
  } else if (on("snap")) {
    for (const row of pad.offered()) {
      row.quantity = plain(row.check.snappedQuantity);
      row.quantityField.value = row.quantity;
    }
    pad.ask(0);
  } else if (on("bad")) {
    const wrong = pad.rows.find((row) => row.check?.errorCode);
    wrong?.node?.scrollIntoView({ block: "center" });
    wrong?.codeField?.focus({ preventScroll: true });
  } else if (on("read")) {
    const field = document.querySelector("[data-pad-text]");
    document.getElementById("paste").close();
    pad.readText(field.value);
    field.value = "";
  } else if (on("list")) {
    const { padList, seller } = on("list").dataset;
    on("list").closest("details").open = false;
    pad.readList(padList, seller);
  }
});

document.addEventListener("change", (event) => {
  if (!pad) return;
  if (event.target.matches("[data-pad-file]") && event.target.files.length) {
    pad.readFile(event.target.files[0]);
    event.target.value = "";
  } else if (event.target.matches("[data-pad-seller]")) pad.restore();
});

const start = () => {
  const root = document.getElementById("pad");
  if (root && pad?.root !== root) {
    pad = new Pad(root);
    if (matchMedia("(pointer: fine)").matches) pad.rows[0].codeField?.focus();
  }
};
document.addEventListener("htmx:afterSettle", start);
start();
