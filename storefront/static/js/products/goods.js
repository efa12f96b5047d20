// Goods as a spreadsheet: a row a variant, and above the variants of a product a row for what they share. What is typed
// is marked until it is saved, all of it at once; the sheet of prices gives grid, field, keys and steps back.

import { Selection } from "../pad/selection.js";
import { Server } from "../pad/server.js";
import { Changes } from "../prices/changes.js";
import { Editor, Grid } from "../prices/grid.js";
import { fillDown, listen } from "../prices/keys.js";
import { columnsOf, ownerIn, shownIn } from "./columns.js";

const MOST = 1000;

class GoodsChanges extends Changes {
  set(changes) {
    const step = [];
    for (const [row, column, typed] of changes) {
      if (!ownerIn(row, column)) continue;
      const id = `${row.id}|${column.column}`;
      const before = this.cells.get(id);
      const after = typed.trim() === shownIn(row, column) ? undefined : { row, column, text: typed.trim() };
      if (before?.text !== after?.text) step.push({ id, before, after });
    }
    if (!step.length) return;
    this.past.push(step);
    this.future = [];
    this.apply(step, "after");
  }

  keep() {
    this.changed();
  }

  wrong(words) {
    const found = [];
    for (const cell of this.cells.values()) {
      const error = cell.error ?? (cell.column.read(cell.text, ownerIn(cell.row, cell.column)) ? "" : words.invalid);
      if (error) found.push({ cell, error });
    }
    return found;
  }
}

class GoodsGrid extends Grid {
  forget() {
    const { columns, root } = this.sheet;
    for (const node of this.nodes.values()) node.remove();
    this.nodes.clear();
    const whole = columns.reduce((sum, one) => sum + one.width, 3);
    root.style.setProperty("--price-columns", `3rem ${columns.map((one) => `minmax(${one.width}rem, ${one.width}fr)`).join(" ")}`);
    root.style.setProperty("--price-width", `${whole}rem`);
    this.head.replaceChildren(this.corner(), ...columns.map((one, at) => this.heading(one, at)));
    this.later();
  }

  heading(column, at) {
    const one = document.createElement("div");
    one.className = `price-head-cell${column.end ? " end" : ""}${column.column === "code" ? " price-sku" : ""}`;
    one.setAttribute("role", "columnheader");
    one.setAttribute("aria-colindex", String(at + 2));
    one.textContent = column.label;
    return one;
  }

  build(index) {
    const node = super.build(index);
    node.classList.toggle("is-product", Boolean(node.row.product));
    this.sheet.columns.forEach((column, at) => {
      const cell = node.cells[at];
      const locked = !ownerIn(node.row, column);
      cell.className = `price-cell${column.end ? " end" : ""}${column.column === "code" ? " price-sku" : ""}${locked ? " locked" : ""}`;
      cell.setAttribute("aria-readonly", String(locked || !this.sheet.may));
    });
    return node;
  }

  fill(node) {
    const { sheet } = this;
    const { top, bottom, left, right } = sheet.selection.range();
    const { focus, isMany } = sheet.selection;
    sheet.columns.forEach((column, at) => {
      const cell = node.cells[at];
      const inside = node.index >= top && node.index <= bottom && at >= left && at <= right;
      const staged = sheet.changes.at(node.row, column);
      const error = staged && sheet.errors.get(staged);
      const shown = sheet.text(node.row, column);
      if (cell.shown !== shown) cell.value.textContent = cell.shown = shown;
      cell.classList.toggle("in", isMany && inside);
      cell.classList.toggle("active", node.index === focus.row && at === focus.column);
      cell.classList.toggle("changed", Boolean(staged));
      cell.classList.toggle("wrong", Boolean(error));
      cell.title = error || (shown.length > 18 ? shown : "");
      if (error) cell.setAttribute("aria-invalid", "true");
      else cell.removeAttribute("aria-invalid");
    });
  }
}

class GoodsEditor extends Editor {
  get canEdit() {
    return Boolean(this.sheet.may && this.row && this.column && ownerIn(this.row, this.column));
  }

  place() {
    super.place();
    const { column } = this;
    this.field.inputMode = column?.end ? "decimal" : "text";
    if (column?.options && this.canEdit) this.field.setAttribute("list", `options-${column.column}`);
    else this.field.removeAttribute("list");
  }
}

class GoodsSheet {
  constructor(root) {
    this.root = root;
    this.may = root.dataset.may === "true";
    this.words = Object.fromEntries([...document.querySelectorAll("#goods-words dt")].map((dt) => [dt.textContent, dt.nextElementSibling.textContent]));
    this.server = new Server(location.pathname);
    this.known = JSON.parse(document.getElementById("goods-known").textContent);
    this.every = columnsOf(this.known, this.words);
    this.lines = { rows: [] };
    this.columns = this.every.filter((one) => !one.optional);
    this.errors = new Map();
    this.changes = new GoodsChanges(`goods:${location.pathname}`, () => this.changed());
    this.selection = new Selection(this);
    this.editor = new GoodsEditor(this);
    this.grid = new GoodsGrid(this);
    this.review = { open: () => this.save() }; // what Ctrl Enter does
    this.options();
    this.take(this.known.products);
    const [row] = this.lines.rows;
    this.selection.go(0, Math.max(0, this.columns.findIndex((one) => row && ownerIn(row, one))), { quiet: true });
    this.wire();
    this.rest();
  }

  part(name) {
    return this.root.querySelector(`[data-price-${name}]`);
  }

  toast(text, kind = "success") {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind } }));
  }

  options() {
    for (const column of this.every.filter((one) => one.options)) {
      const list = document.createElement("datalist");
      list.id = `options-${column.column}`;
      list.append(...column.options.map(([, label]) => Object.assign(document.createElement("option"), { value: label })));
      this.root.append(list);
    }
  }

  // ---- rows and columns

  take({ edges, pageInfo }, again = false) {
    const rows = edges.flatMap(({ node: product }) => {
      const [only, ...others] = product.variants;
      if (only && !others.length) return [{ id: only.id, product, variant: only }];
      return [{ id: product.id, product, variant: null }, ...product.variants.map((variant) => ({ id: variant.id, product: null, variant }))];
    });
    this.lines.rows = again ? rows : [...this.lines.rows, ...rows];
    this.next = pageInfo.hasNextPage && this.lines.rows.length < MOST ? pageInfo.endCursor : null;
    this.choose();
  }

  // Columns that nobody fills are left out until they are asked for.
  choose() {
    const asked = this.asked ?? new Set();
    const used = (column) => this.lines.rows.some((row) => shownIn(row, column) !== "" && ownerIn(row, column));
    this.columns = this.every.filter((one) => (asked.has(one.column) ? !this.away?.has(one.column) : !this.away?.has(one.column) && (!one.optional || used(one))));
    this.part("none").hidden = this.lines.rows.length > 0;
    this.part("scroll").hidden = !this.lines.rows.length;
    this.selection.hold();
    this.grid.forget();
    this.menu();
    this.tell();
  }

  menu() {
    const here = new Set(this.columns.map((one) => one.column));
    this.root.querySelector("[data-columns]").replaceChildren(
      ...this.every.slice(1).map((column) => {
        const box = Object.assign(document.createElement("input"), { type: "checkbox", className: "form-check-input m-0", checked: here.has(column.column) });
        box.dataset.goodsColumn = column.column;
        const label = document.createElement("label");
        label.className = "dropdown-item";
        label.append(box, column.label);
        return label;
      }),
    );
  }

  async fetch(after) {
    const asked = new URLSearchParams(location.search);
    asked.set("do", "More");
    if (after) asked.set("after", after);
    const answer = await fetch(`${location.pathname}?${asked}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    return (await answer.json()).products;
  }

  async rest() {
    try {
      while (this.next && this.root.isConnected) this.take(await this.fetch(this.next));
    } catch {
      this.toast(this.words.failed, "danger");
    }
    this.root.dataset.ready = "";
    this.tell();
  }

  more() {}

  text(row, column) {
    return this.changes.at(row, column)?.text ?? shownIn(row, column);
  }

  cellName(row, column) {
    return `${column.label}, ${row.variant?.sku ?? row.product.nameZh}`;
  }

  // ---- changes

  each(work) {
    if (!this.may) return;
    const { top, bottom, left, right } = this.selection.range();
    const cells = this.lines.rows.slice(top, bottom + 1).flatMap((row) => this.columns.slice(left, right + 1).map((column) => work(row, column)));
    this.changes.set(cells.filter(Boolean));
  }

  step(way) {
    this.editor.stop();
    this.changes[way]();
    this.grid.marks();
  }

  everything() {
    this.selection.anchor = { row: 0, column: 0 };
    this.selection.focus = { row: Math.max(0, this.lines.rows.length - 1), column: this.columns.length - 1 };
    this.grid.marks();
  }

  changed() {
    if (!this.grid) return;
    this.errors = new Map(this.changes.wrong(this.words).map(({ cell, error }) => [cell, error]));
    for (const node of this.grid.nodes.values()) this.grid.fill(node);
    this.editor.place();
    this.tell();
  }

  tell() {
    const { words } = this;
    const { count } = this.changes;
    const wrong = [...this.errors.values()];
    // the guard of forms asks before one leaves
    this.root.querySelector("[data-goods-guard]").toggleAttribute("data-dirty", count > 0);
    this.part("count").textContent = count ? (count === 1 ? words.changeOne : words.changes).replace("{n}", count) : words.nothing;
    const bad = this.part("bad");
    bad.hidden = !wrong.length;
    bad.textContent = (wrong.length === 1 ? words.wrongOne : words.wrong).replace("{n}", wrong.length);
    for (const name of ["discard", "save"]) if (this.part(name)) this.part(name).disabled = !count;
    this.part("rows").textContent = words.rows.replace("{n}", this.lines.rows.length);
    const row = this.lines.rows[this.selection.focus.row];
    const column = this.columns[this.selection.focus.column];
    const staged = row && column && this.changes.at(row, column);
    const error = staged && this.errors.get(staged);
    const told = this.part("told");
    told.textContent = error || (staged ? `${shownIn(row, column) || "—"} → ${staged.text || "—"}` : row && column ? this.cellName(row, column) : "");
    told.classList.toggle("text-danger", Boolean(error));
  }

  toProblem() {
    const [cell] = this.errors.keys();
    if (cell) this.selection.go(this.lines.rows.indexOf(cell.row), this.columns.findIndex((one) => one.column === cell.column.column));
  }

  // What the server is sent: a change a product and a variant, and whose it is by its place.
  sent() {
    const sides = { products: new Map(), variants: new Map() };
    for (const { row, column, text } of this.changes.cells.values()) {
      const owner = ownerIn(row, column);
      const side = sides[owner === row.product ? "products" : "variants"];
      const change = side.get(owner) ?? { id: owner.id };
      for (const [name, value] of Object.entries(column.read(text, owner))) {
        change[name] = Array.isArray(value) ? [...(change[name] ?? []), ...value] : value;
      }
      side.set(owner, change);
    }
    return sides;
  }

  async save() {
    this.editor.stop();
    if (!this.changes.count || this.saving) return;
    if (this.errors.size) return this.toProblem();
    this.saving = true;
    this.root.setAttribute("aria-busy", "true");
    try {
      const sides = this.sent();
      const variables = Object.fromEntries(Object.entries(sides).map(([name, side]) => [name, [...side.values()]]));
      const { productsWrite } = await this.server.post("Write", variables);
      if (productsWrite.errors.length) this.refused(productsWrite.errors, sides);
      else await this.saved();
    } catch {
      this.toast(this.words.failed, "danger");
    } finally {
      this.saving = false;
      this.root.removeAttribute("aria-busy");
    }
  }

  async saved() {
    const { count } = this.changes;
    this.changes.forget();
    this.take(await this.fetch(null), true);
    this.rest();
    this.toast((count === 1 ? this.words.savedOne : this.words.saved).replace("{n}", count));
    this.grid.draw();
    this.editor.focus();
  }

  // A refusal goes to the cell it is about; what has no cell is said above.
  refused(errors, sides) {
    const homeless = [];
    for (const { field, index, message } of errors) {
      const [side, ...rest] = (field ?? "").split(".");
      const owner = sides[side] ? [...sides[side].keys()][index] : null;
      const name = rest.join(".");
      const found = [...this.changes.cells.values()].find((one) => owner && ownerIn(one.row, one.column) === owner && one.column.field === name);
      if (found) found.error = message;
      else homeless.push(message);
    }
    this.changed();
    if (homeless.length) this.toast(homeless.join(" "), "danger");
    this.toProblem();
  }

  wire() {
    this.root.addEventListener("click", (event) => {
      const act = event.target.closest("[data-do]")?.dataset.do;
      if (act === "undo" || act === "redo") this.step(act);
      else if (act === "fill") fillDown(this);
      else if (act === "discard") this.changes.clear();
      else if (act === "save") this.save();
      else if (act === "bad") this.toProblem();
    });
    this.root.addEventListener("change", (event) => {
      const key = event.target.dataset.goodsColumn;
      if (!key) return;
      this.asked ??= new Set();
      this.away ??= new Set();
      this[event.target.checked ? "asked" : "away"].add(key);
      this[event.target.checked ? "away" : "asked"].delete(key);
      this.editor.stop();
      this.choose();
      this.root.querySelector(`[data-goods-column="${CSS.escape(key)}"]`)?.focus();
    });
  }
}

let sheet = null;
const settle = () => {
  const root = document.querySelector("[data-goods-sheet]");
  if (!root) sheet = null;
  else if (sheet?.root !== root) sheet = new GoodsSheet(root);
};
document.addEventListener("htmx:afterSettle", settle);
settle();
listen(() => sheet);
