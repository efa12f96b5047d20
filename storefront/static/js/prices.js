// A price list as a spreadsheet: rows are units of goods, columns are tiers by quantity and by the instant from which they
// hold. What is typed stays a draft on this device until what it changes has been looked at and published.

import { exponent, quantity } from "./numbers.js";
import { Selection } from "./pad/selection.js";
import { Server } from "./pad/server.js";
import { Changes, price, trim } from "./prices/changes.js";
import { Editor, Grid } from "./prices/grid.js";
import { fillDown, listen } from "./prices/keys.js";
import { Review, instant } from "./prices/review.js";

const PAGE = 100;
const MOST_BY_SKU = 5_000;

const sum = (text) => String(Math.round(text * 1e4) / 1e4);

class PriceSheet {
  constructor(root) {
    this.root = root;
    this.list = root.dataset.list;
    this.zone = root.dataset.zone;
    this.digits = exponent(root.dataset.currency);
    this.may = root.dataset.may === "true";
    this.words = Object.fromEntries([...document.querySelectorAll("#price-words dt")].map((dt) => [dt.textContent, dt.nextElementSibling.textContent]));
    this.days = new Intl.DateTimeFormat(document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en-GB", { timeZone: this.zone, day: "numeric", month: "short", year: "numeric" });
    this.server = new Server(location.pathname);
    this.lines = { rows: [] };
    this.changes = new Changes(`prices:${root.dataset.user}:${this.list}`, () => this.changed());
    this.own = new Map(); // columns that nobody has filled yet
    this.selection = new Selection(this);
    this.editor = new Editor(this);
    this.grid = new Grid(this);
    if (this.may) this.review = new Review(this);
    this.takeColumns(JSON.parse(document.getElementById("price-columns").textContent));
    this.selection.go(0, Math.min(3, this.columns.length - 1), { quiet: true });
    this.wire();
    this.load();
  }

  part(name) {
    return this.root.querySelector(`[data-price-${name}]`);
  }

  toast(text, kind = "success") {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind } }));
  }

  // ---- columns

  column(min, from) {
    const least = trim(min);
    return { column: `${least}@${from ?? ""}`, price: true, min: least, from: from ?? null };
  }

  takeColumns(found) {
    this.known = found.map((one) => ({ ...this.column(one.minQuantity, one.validFrom), count: one.count }));
    const here = new Map(this.known.map((one) => [one.column, one]));
    for (const { column } of this.changes.cells.values()) if (!here.has(column.column)) here.set(column.column, column);
    for (const [key, column] of this.own) if (!here.has(key)) here.set(key, column);
    if (!here.size) here.set("0@", this.column("0", null));
    const prices = [...here.values()].sort((a, b) => (a.from ?? "").localeCompare(b.from ?? "") || Number(a.min) - Number(b.min));
    this.columns = [{ column: "sku" }, { column: "name" }, { column: "uom" }, ...prices];
    this.grid.forget();
  }

  tierName({ min }) {
    return min === "0" ? this.words.any : this.words.tier.replace("{n}", quantity(min));
  }

  day(text) {
    return this.days.format(new Date(text));
  }

  since(text) {
    return this.words.since.replace("{day}", this.day(text));
  }

  cellName(row, column) {
    const what = column.price ? `${this.tierName(column)} ${column.from ? this.since(column.from) : ""}` : this.words[column.column];
    return `${row.variant.sku} ${row.uom.name}, ${what.trim()}`;
  }

  // ---- rows

  text(row, column) {
    if (column.column === "sku") return row.variant.sku;
    if (column.column === "name") return row.variant.fullName;
    if (column.column === "uom") return row.uom.name;
    const staged = this.changes.at(row, column);
    if (staged) return price(staged.text) === null ? staged.text : this.figure(price(staged.text));
    const there = row.cells.get(column.column);
    return there ? this.figure(there.amount) : "";
  }

  // A price with the decimals of its currency at least.
  figure(amount) {
    const [whole, rest = ""] = trim(amount).split(".");
    const digits = rest.padEnd(this.digits, "0");
    return digits ? `${whole}.${digits}` : whole;
  }

  async load(after = null) {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const form = new FormData(this.part("find"));
    const asked = new URLSearchParams({ do: "Slots", first: PAGE, priceList: this.list });
    for (const [name, value] of form) if (value) asked.set(name, value);
    if (after) asked.set("after", after);
    this.busy = true;
    this.root.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${location.pathname}?${asked}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const { priceSlots: found } = await answer.json();
      if (turn !== this.turn) return;
      const rows = found.edges.map(({ node }) => ({ ...node, cells: new Map(node.cells.map((cell) => [this.column(cell.minQuantity, cell.validFrom).column, cell])) }));
      this.lines.rows = after ? [...this.lines.rows, ...rows] : rows;
      this.next = found.pageInfo.hasNextPage ? found.pageInfo.endCursor : null;
      this.total = found.totalCount;
      if (!after) {
        this.part("scroll").scrollTop = 0;
        this.selection.go(0, this.selection.focus.column, { quiet: true });
      }
      this.root.dataset.ready = "";
    } catch {
      this.toast(this.words.failed, "danger");
    } finally {
      this.busy = false;
      if (turn === this.turn) this.root.removeAttribute("aria-busy");
    }
    this.part("none").hidden = this.lines.rows.length > 0;
    this.part("scroll").hidden = !this.lines.rows.length;
    if (after) this.grid.later();
    else this.grid.forget();
    this.tell();
  }

  more() {
    if (this.next && !this.busy) this.load(this.next);
  }

  async loadAll(most = MOST_BY_SKU) {
    while (this.next && this.lines.rows.length < most) await this.load(this.next);
  }

  async reload() {
    const asked = new URLSearchParams({ do: "Columns", id: this.list });
    const answer = await fetch(`${location.pathname}?${asked}`, { headers: { Accept: "application/json" } });
    this.own.clear();
    if (answer.ok) this.takeColumns((await answer.json()).priceList.columns);
    await this.load();
  }

  // ---- changes

  // Every price cell of the selection, as `work` says: [row, column, text] or nothing.
  each(work) {
    if (!this.may) return;
    const { top, bottom, left, right } = this.selection.range();
    const changes = [];
    for (const row of this.lines.rows.slice(top, bottom + 1)) {
      for (const column of this.columns.slice(left, right + 1)) {
        const change = column.price ? work(row, column) : null;
        if (change) changes.push(change);
      }
    }
    this.changes.set(changes);
  }

  step(way) {
    this.editor.stop();
    this.changes[way]();
    this.grid.marks();
  }

  everything() {
    this.selection.anchor = { row: 0, column: Math.min(3, this.columns.length - 1) };
    this.selection.focus = { row: Math.max(0, this.lines.rows.length - 1), column: this.columns.length - 1 };
    this.grid.marks();
  }

  percent(by, step, less) {
    this.each((row, column) => {
      const old = price(this.text(row, column));
      if (old === null) return null;
      const raw = Number(old) * (1 + by / 100);
      const rounded = Math.max(0, Math.round(raw / step) * step - less);
      return [row, column, sum(rounded)];
    });
  }

  // Rows of a spreadsheet that begin with their SKU go where that SKU stands, wherever that is.
  async pasteBySku(cells) {
    await this.loadAll();
    const rows = new Map();
    for (const row of this.lines.rows) if (!rows.has(row.variant.sku) || row.factor === "1.000000") rows.set(row.variant.sku, row);
    const prices = this.columns.filter((one) => one.price);
    const changes = [];
    let unknown = 0;
    for (const [code, ...values] of cells) {
      const row = rows.get(code.trim());
      const known = values.slice(-prices.length).filter((value) => value.trim() === "" || price(value) !== null);
      if (!row) unknown += code.trim() && known.length ? 1 : 0;
      else known.forEach((value, at) => value.trim() && changes.push([row, prices[at], value]));
    }
    this.changes.set(changes);
    this.grid.marks();
    if (unknown) this.toast(this.words.unknown.replace("{n}", unknown), "warning");
  }

  // ---- tiers

  showTiers() {
    const body = document.querySelector("#tiers [data-tiers]");
    body.replaceChildren(
      ...this.columns.filter((one) => one.price).map((column) => {
        const row = document.createElement("tr");
        const known = this.known.find((one) => one.column === column.column);
        const cell = (text, name = "") => Object.assign(document.createElement("td"), { textContent: text, className: name });
        const field = Object.assign(document.createElement("input"), { className: "form-control form-control-sm text-end tabular", value: column.min, inputMode: "decimal" });
        field.setAttribute("aria-label", `${this.words.from} (${this.tierName(column)})`);
        field.addEventListener("change", () => this.moveTier(column, field.value));
        const take = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-ghost-danger", textContent: this.words.takeAway });
        take.setAttribute("aria-label", `${this.words.takeAway} ${this.tierName(column)}`);
        take.addEventListener("click", () => this.dropTier(column));
        const first = cell("", "price-tier-min");
        first.append(field);
        const last = cell("", "text-end");
        last.append(take);
        row.append(first, cell(column.from ? this.since(column.from) : this.words.now, "text-nowrap"), cell(quantity(known?.count ?? 0), "text-end tabular"), last);
        return row;
      }),
    );
  }

  addTier(min, from) {
    const column = this.column(min, from);
    this.own.set(column.column, column);
    this.takeColumns(this.known.map((one) => ({ minQuantity: one.min, validFrom: one.from, count: one.count })));
    this.selection.go(this.selection.focus.row, this.columns.findIndex((one) => one.column === column.column), { quiet: true });
    this.showTiers();
    this.grid.later();
  }

  async dropTier(column) {
    await this.loadAll(Infinity);
    this.changes.set(this.lines.rows.filter((row) => row.cells.has(column.column)).map((row) => [row, column, ""]));
    this.own.delete(column.column);
    this.takeColumns(this.known.map((one) => ({ minQuantity: one.min, validFrom: one.from, count: one.count })));
    this.showTiers();
  }

  // Another threshold: the prices go over to the new column, and those of the old one end.
  async moveTier(column, text) {
    const min = price(text);
    if (min === null || min === column.min) return;
    await this.loadAll(Infinity);
    const target = this.column(min, column.from);
    this.own.set(target.column, target);
    const filled = this.lines.rows.filter((row) => this.text(row, column) !== "");
    this.changes.set(filled.flatMap((row) => [[row, target, this.text(row, column)], [row, column, ""]]));
    this.own.delete(column.column);
    this.takeColumns(this.known.map((one) => ({ minQuantity: one.min, validFrom: one.from, count: one.count })));
    this.showTiers();
  }

  // ---- what is told

  changed() {
    if (!this.grid) return;
    for (const node of this.grid.nodes.values()) this.grid.fill(node);
    this.editor.place();
    this.tell();
  }

  tell() {
    const { words } = this;
    const { count } = this.changes;
    const wrong = this.changes.wrong(words);
    this.part("count").textContent = count ? (count === 1 ? words.changeOne : words.changes).replace("{n}", quantity(count)) : words.nothing;
    const bad = this.part("bad");
    bad.hidden = !wrong.length;
    bad.textContent = (wrong.length === 1 ? words.wrongOne : words.wrong).replace("{n}", wrong.length);
    for (const name of ["discard", "publish"]) if (this.part(name)) this.part(name).disabled = !count;
    this.part("rows").textContent = this.total === undefined ? "" : words.rows.replace("{n}", quantity(this.total));
    const row = this.lines.rows[this.selection.focus.row];
    const column = this.columns[this.selection.focus.column];
    const staged = row && column?.price && this.changes.at(row, column);
    const here = wrong.find((one) => one.cell === staged);
    const told = this.part("told");
    told.textContent = here ? here.error : staged ? this.change(row, staged) : row ? `${row.variant.fullName} · ${this.cellName(row, column)}` : "";
    told.classList.toggle("text-danger", Boolean(here));
    const why = this.part("why");
    why.hidden = !row;
    if (row) why.href = `/office/prices/why/?slot=${encodeURIComponent(row.id)}${column?.price && column.min !== "0" ? `&quantity=${column.min}` : ""}`;
  }

  change(row, staged) {
    const old = staged.old === null ? "—" : this.figure(staged.old);
    const now = price(staged.text);
    const percent = now !== null && Number(staged.old) ? ` (${((now / staged.old - 1) * 100).toFixed(1).replace("-", "−")} %)` : "";
    return `${row.variant.sku}: ${old} → ${now === null ? this.words.gone : this.figure(now)}${percent}`;
  }

  toProblem() {
    const [first] = this.changes.wrong(this.words);
    const row = this.lines.rows.findIndex((one) => one.id === first?.cell.slot);
    if (row >= 0) this.selection.go(row, this.columns.findIndex((one) => one.column === first.cell.column.column));
    else if (first) this.toast(`${first.cell.sku}: ${first.error}`, "danger");
  }

  wire() {
    const find = this.part("find");
    this.part("scroll").addEventListener("focus", () => this.lines.rows.length && this.editor.focus());
    find.addEventListener("submit", (event) => event.preventDefault());
    find.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.load(), 250);
    });
    this.root.addEventListener("click", (event) => {
      const act = event.target.closest("[data-do]")?.dataset.do;
      if (act === "undo" || act === "redo") this.step(act);
      else if (act === "fill") fillDown(this);
      else if (act === "discard") this.changes.clear();
      else if (act === "publish") this.review.open();
      else if (act === "bad") this.toProblem();
      if (act === "tiers") this.showTiers();
    });
    const form = (name, work) => document.getElementById(name)?.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      if (work(new FormData(event.target)) === false) return;
      event.target.closest("dialog").close();
      this.editor.focus();
    });
    form("percent", (data) => {
      const by = Number(String(data.get("by")).replace("−", "-").replace("%", ""));
      if (!Number.isFinite(by)) return false;
      const [step, less] = String(data.get("round")).split("-").map(Number);
      this.percent(by, step, less || 0);
      return true;
    });
    form("tiers", (data) => {
      const min = price(String(data.get("min")));
      if (min !== null) this.addTier(min, instant(data.get("from"), this.zone));
      return min !== null;
    });
  }
}

let sheet = null;
const settle = () => {
  const root = document.querySelector("[data-price-sheet]");
  if (!root) sheet = null;
  else if (sheet?.root !== root) sheet = new PriceSheet(root);
};
document.addEventListener("htmx:afterSettle", settle);
settle();
listen(() => sheet);
