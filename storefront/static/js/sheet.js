// Quantities typed beside goods: in the table of the catalogue, in the matrix of a product. What is typed stays while one
// looks on; the server prices all of it together and says what is wrong; one button puts all of it into the cart.

const WAIT = 200; // after the last key, before asking for prices
const CURSOR = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Enter: [1, 0] };

// "1,200", "１２" and "1200 " are what they look like; null is no quantity
const number = (text) => {
  const plain = text.normalize("NFKC").replace(/[\s,，]/g, "");
  return /^\d+(\.\d+)?$/.test(plain) ? plain : null;
};
const shown = (text) => String(text).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
const grouped = (text) => shown(text).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ",");
const SYMBOLS = { CNY: "¥", USD: "$", EUR: "€", GBP: "£", HKD: "HK$", JPY: "JP¥", TWD: "NT$" };
const EXPONENTS = { JPY: 0, KRW: 0, VND: 0, KWD: 3, BHD: 3 };
const money = ({ amount, currency }) => {
  const least = EXPONENTS[currency] ?? 2;
  const digits = Math.max(least, (shown(amount).split(".")[1] ?? "").length);
  return (SYMBOLS[currency] ?? `${currency} `) + Number(amount).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
};
const sum = (numbers) => shown(numbers.reduce((all, one) => all + Math.round(Number(one) * 1e6), 0) / 1e6);

class Sheet {
  constructor(root) {
    this.root = root;
    root.sheet = this; // for the dialog that saves the lines to a list
    this.bar = root.querySelector("[data-bar]");
    this.words = Object.fromEntries([...(this.bar?.querySelectorAll("[data-sheet-words] dt") ?? [])].map((dt) => [dt.textContent, dt.nextElementSibling.textContent]));
    this.lines = new Map();
    this.checks = new Map();
    this.asked = 0;
    this.restore();
    this.fill();
    this.show();
    if (this.lines.size) this.ask(0);
  }

  // ---- keeping: the catalogue's lines live as long as the tab, a product's as long as its page

  get key() {
    return this.root.dataset.sheet === "catalog" ? `sheet:${this.root.dataset.org}` : null;
  }

  restore() {
    if (!this.key) return;
    try {
      for (const line of JSON.parse(sessionStorage.getItem(this.key) || "[]")) this.lines.set(line.variant, line);
    } catch {
      this.lines.clear();
    }
  }

  keep() {
    if (!this.key) return;
    try {
      sessionStorage.setItem(this.key, JSON.stringify([...this.lines.values()]));
    } catch {
      // a full or forbidden storage costs only the convenience
    }
  }

  fields() {
    return [...this.root.querySelectorAll("[data-qty]")];
  }

  visible() {
    return this.fields().filter((field) => field.offsetParent);
  }

  // rows that have just come take what was typed for them before
  fill() {
    for (const field of this.fields()) {
      const line = this.lines.get(field.dataset.qty);
      if (!line || field.value) continue;
      field.value = line.typed;
      const choice = field.closest("[data-line]")?.querySelector("[data-uom]");
      if (choice) choice.value = line.uom;
    }
  }

  unit(field) {
    const choice = field.closest("[data-line]")?.querySelector("[data-uom]");
    return choice ? { code: choice.value, name: choice.selectedOptions[0].textContent } : { code: field.dataset.unit, name: field.dataset.unitName };
  }

  take(field) {
    const typed = field.value.trim();
    const { qty: variant, sku, name, seller } = field.dataset;
    const quantity = number(typed);
    if (!typed || quantity === "0") this.lines.delete(variant);
    else this.lines.set(variant, { variant, sku, name, seller, uom: this.unit(field).code, typed, quantity });
    this.checks.delete(variant);
    this.keep();
    this.show();
    this.ask(WAIT);
  }

  put(variant, quantity, uom) {
    const field = this.fields().find((one) => one.dataset.qty === variant);
    const line = this.lines.get(variant);
    if (field) {
      const choice = field.closest("[data-line]")?.querySelector("[data-uom]");
      if (choice && uom) choice.value = uom;
      field.value = shown(quantity);
      this.take(field);
    } else if (line) {
      this.lines.set(variant, { ...line, typed: shown(quantity), quantity: shown(quantity) });
      this.keep();
      this.show();
      this.ask(0);
    }
    return field;
  }

  clear() {
    for (const field of this.fields()) field.value = "";
    this.lines.clear();
    this.checks.clear();
    this.keep();
    this.show();
  }

  // ---- the server: prices and problems of all lines together, one question a seller

  bySeller() {
    const sellers = new Map();
    for (const line of this.lines.values()) {
      if (!sellers.has(line.seller)) sellers.set(line.seller, []);
      sellers.get(line.seller).push(line);
    }
    return [...sellers];
  }

  async post(name, variables) {
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] };
    const answer = await fetch(location.pathname, { method: "POST", headers, body: JSON.stringify({ do: name, variables }) });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  }

  ask(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), wait);
  }

  async check() {
    const turn = ++this.asked;
    const sellers = this.bySeller().map(([seller, lines]) => [seller, lines.filter((line) => line.quantity)]).filter(([, lines]) => lines.length);
    if (!sellers.length) return this.show();
    this.bar?.setAttribute("aria-busy", "true");
    try {
      const answers = await Promise.all(
        sellers.map(([seller, lines]) => this.post("Check", { seller, lines: lines.map(({ sku, quantity, uom }) => ({ code: sku, quantity, uom })) })),
      );
      if (turn !== this.asked) return;
      this.checks.clear();
      this.totals = answers.map((answer) => answer.orderPasteParse.total).filter(Boolean);
      answers.forEach((answer, place) => {
        for (const found of answer.orderPasteParse.lines) {
          const line = sellers[place][1][found.lineNumber - 1];
          if (line) this.checks.set(line.variant, found);
        }
      });
    } catch {
      this.totals = null;
    } finally {
      if (turn === this.asked) this.bar?.removeAttribute("aria-busy");
    }
    this.show();
  }

  problems() {
    const found = [];
    for (const line of this.lines.values()) {
      const check = this.checks.get(line.variant);
      if (!line.quantity) found.push({ line, text: this.words.number });
      else if (check?.errorCode) found.push({ line, text: check.errorMessage, snapped: check.snappedQuantity });
    }
    return found;
  }

  async add() {
    if (this.adding || !this.lines.size) return;
    clearTimeout(this.timer);
    const wrong = this.problems();
    if (wrong.length) {
      this.say(this.words.wrong, "danger");
      this.visible().find((field) => field.dataset.qty === wrong[0].line.variant)?.focus();
      return;
    }
    this.adding = true;
    const button = this.bar.querySelector("[data-add-all]");
    button.disabled = true;
    try {
      let count = 0;
      for (const [seller, lines] of this.bySeller()) {
        const input = { seller, mode: "ADD", lines: lines.map(({ variant, quantity, uom }) => ({ variant, quantity, uom })) };
        const { cartLinesWrite: answer } = await this.post("AddToCart", { input });
        if (answer.errors.length) {
          for (const error of answer.errors) if (lines[error.index]) this.checks.set(lines[error.index].variant, { errorCode: error.code, errorMessage: error.message });
          this.say(answer.errors[0].message, "danger");
          continue;
        }
        count += lines.length;
        for (const line of lines) this.drop(line.variant);
      }
      if (count) this.say((count === 1 ? this.words.addedOne : this.words.added).replace("{n}", count), "success", { label: this.words.cart, url: "/carts/" });
      document.body.dispatchEvent(new CustomEvent("cartChanged", { bubbles: true }));
      this.keep();
      this.show();
      if (this.lines.size) this.ask(0);
    } catch {
      this.say(this.words.failed, "danger");
    } finally {
      this.adding = false;
      button.disabled = false;
    }
  }

  drop(variant) {
    this.lines.delete(variant);
    this.checks.delete(variant);
    for (const field of this.fields()) if (field.dataset.qty === variant) field.value = "";
  }

  say(text, kind, action) {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind, action } }));
  }

  // ---- what is seen

  show() {
    for (const field of this.fields()) this.showField(field);
    for (const matrix of this.root.querySelectorAll("[data-matrix]")) this.showSums(matrix);
    if (!this.bar) return;
    const lines = [...this.lines.values()];
    this.bar.hidden = !lines.length;
    document.body.classList.toggle("with-sheet-bar", lines.length > 0);
    if (!lines.length) return;
    const here = new Set(this.fields().map((field) => field.dataset.qty));
    const away = lines.filter((line) => !here.has(line.variant)).length;
    const pieces = grouped(sum(lines.map((line) => line.quantity ?? 0)));
    const words = (lines.length === 1 ? this.words.line : this.words.lines).replace("{lines}", lines.length).replace("{pieces}", pieces);
    this.bar.querySelector("[data-sheet-count]").textContent = away ? `${words} · ${this.words.elsewhere.replace("{n}", away)}` : words;
    const totals = this.checks.size ? this.totals ?? [] : [];
    const of = (name) => this.joined(totals.map((total) => total[name]));
    this.bar.querySelector("[data-net]").textContent = of("net");
    this.bar.querySelector("[data-gross]").textContent = of("gross");
    this.showProblems();
  }

  // sums of several sellers in one currency are one figure, in several they stand beside each other
  joined(amounts) {
    const currencies = new Map();
    for (const one of amounts) currencies.set(one.currency, sum([currencies.get(one.currency) ?? 0, one.amount]));
    return [...currencies].map(([currency, amount]) => money({ amount, currency })).join(" + ") || "—";
  }

  showField(field) {
    const line = this.lines.get(field.dataset.qty);
    const check = line && this.checks.get(field.dataset.qty);
    const wrong = Boolean(line && (!line.quantity || check?.errorCode));
    field.toggleAttribute("data-filled", Boolean(line));
    if (wrong) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    const row = field.closest("[data-line]");
    if (!row) return;
    const price = row.querySelector("[data-price]");
    if (price) price.textContent = check?.unitPrice ? money(check.unitPrice) : price.dataset.first;
    price?.classList.toggle("better", Boolean(check?.unitPrice && money(check.unitPrice) !== price.dataset.first));
    const amount = row.querySelector("[data-amount]");
    if (amount) amount.textContent = check?.total ? money(check.total) : "";
  }

  showSums(matrix) {
    const cells = [...matrix.querySelectorAll("[data-qty]")];
    const of = (chosen) => grouped(sum(chosen.map((field) => number(field.value) ?? 0)));
    for (const cell of matrix.querySelectorAll("[data-row-sum]")) cell.textContent = of(cells.filter((field) => field.dataset.down === cell.dataset.rowSum));
    for (const cell of matrix.querySelectorAll("[data-column-sum]")) cell.textContent = of(cells.filter((field) => field.dataset.across === cell.dataset.columnSum));
    matrix.querySelector("[data-layer-sum]").textContent = of(cells);
  }

  showProblems() {
    const list = this.bar.querySelector("[data-sheet-wrong]");
    const problems = this.problems();
    list.hidden = !problems.length;
    list.replaceChildren(
      ...problems.slice(0, 5).map(({ line, text, snapped }) => {
        const item = document.createElement("li");
        const what = document.createElement("span");
        what.textContent = `${line.sku}: ${text}`;
        item.append(what);
        if (snapped) {
          const button = document.createElement("button");
          button.type = "button";
          button.className = "btn btn-sm";
          button.textContent = this.words.take.replace("{n}", grouped(snapped));
          button.addEventListener("click", () => this.put(line.variant, snapped)?.focus());
          item.append(button);
        }
        return item;
      }),
    );
  }

  // ---- the keyboard

  go(field, down, across) {
    const fields = this.visible();
    let next;
    if (field.dataset.down === undefined) {
      if (across) return false;
      next = fields[fields.indexOf(field) + down];
    } else {
      const cells = fields.filter((one) => one.closest("[data-matrix]") === field.closest("[data-matrix]"));
      const at = (row, column) => cells.find((one) => Number(one.dataset.down) === row && Number(one.dataset.across) === column);
      let row = Number(field.dataset.down);
      let column = Number(field.dataset.across);
      for (let step = 0; step < 60 && !next; step += 1) {
        row += down;
        column += across;
        next = at(row, column);
      }
    }
    if (!next) return Boolean(down);
    next.focus();
    next.select();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
    return true;
  }

  // a block from a spreadsheet: cells to the right by tabs, rows below by lines; without a matrix one column
  paste(field, text) {
    const rows = text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((row) => row.split("\t"));
    if (rows.length === 1 && rows[0].length === 1) return false;
    const fields = this.visible();
    rows.forEach((cells, down) => {
      if (field.dataset.down === undefined) {
        this.drawPasted(fields[fields.indexOf(field) + down], cells.at(-1));
        return;
      }
      cells.forEach((cell, across) => {
        const there = fields.find((one) => one.closest("[data-matrix]") === field.closest("[data-matrix]") && Number(one.dataset.down) === Number(field.dataset.down) + down && Number(one.dataset.across) === Number(field.dataset.across) + across);
        this.drawPasted(there, cell);
      });
    });
    return true;
  }

  drawPasted(field, text) {
    if (!field || !text.trim()) return;
    field.value = text.trim();
    this.take(field);
  }
}

// ---- one sheet a page; listeners stand on the document, because htmx replaces the body

let sheet = null;
const settle = () => {
  const root = document.querySelector("[data-sheet]");
  if (!root) {
    sheet = null;
    document.body.classList.remove("with-sheet-bar");
  } else if (sheet?.root !== root) sheet = new Sheet(root);
  else {
    sheet.fill();
    sheet.show();
  }
};
document.addEventListener("htmx:afterSettle", settle);
settle();

const ours = (target) => (target.matches?.("[data-qty]") && sheet?.root.contains(target) ? target : null);

document.addEventListener("input", (event) => ours(event.target) && sheet.take(event.target));
document.addEventListener("focusin", (event) => ours(event.target)?.select());
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-uom]")) return;
  const field = event.target.closest("[data-line]").querySelector("[data-qty]");
  if (field && sheet?.root.contains(field)) {
    sheet.take(field);
    field.focus();
  }
});
document.addEventListener("paste", (event) => {
  const field = ours(event.target);
  if (field && sheet.paste(field, event.clipboardData.getData("text"))) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (sheet && event.key === "Enter" && (event.ctrlKey || event.metaKey) && sheet.lines.size) {
    event.preventDefault();
    sheet.add();
    return;
  }
  const field = ours(event.target);
  const way = field && !event.altKey && !event.ctrlKey && !event.metaKey && CURSOR[event.key];
  if (!way) return;
  const back = event.key === "Enter" && event.shiftKey ? -1 : 1;
  const inside = way[1] && !(field.selectionStart === 0 && field.selectionEnd === field.value.length) && (way[1] < 0 ? field.selectionStart > 0 : field.selectionEnd < field.value.length);
  if (!inside && sheet.go(field, way[0] * back, way[1])) event.preventDefault();
});
document.addEventListener("click", (event) => {
  if (!sheet) return;
  if (event.target.closest("[data-add-all]")) sheet.add();
  else if (event.target.closest("[data-clear]")) sheet.clear();
  const again = event.target.closest("[data-again]");
  if (again) sheet.put(again.dataset.again, again.dataset.quantity, again.dataset.unit)?.focus();
});
