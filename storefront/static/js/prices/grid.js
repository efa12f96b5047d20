// Draws the rows of the sheet that are in sight, and the one field that stands in the active cell.

import { price } from "./changes.js";

export const HIGH = 36;
const MORE = 8;
const narrow = matchMedia("(max-width: 767px)"); // there the name stands in the line below the sheet

const make = (tag, name, text = "") => {
  const one = document.createElement(tag);
  if (name) one.className = name;
  if (text) one.textContent = text;
  return one;
};

export class Grid {
  constructor(sheet) {
    this.sheet = sheet;
    this.head = sheet.part("head");
    this.body = sheet.part("body");
    this.scroller = sheet.part("scroll");
    this.nodes = new Map(); // by row number
    this.scroller.addEventListener("scroll", () => this.later(), { passive: true });
    narrow.addEventListener("change", () => this.forget());
    this.watch = new ResizeObserver(() => this.later());
    this.watch.observe(this.scroller);
  }

  later() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.draw();
    });
  }

  // Columns have changed, or everything has.
  forget() {
    const { columns } = this.sheet;
    for (const node of this.nodes.values()) node.remove();
    this.nodes.clear();
    const first = narrow.matches ? { sku: "7rem", name: "0", uom: "3.5rem" } : { sku: "8.5rem", name: "minmax(12rem, 1fr)", uom: "5rem" };
    const wide = columns.map((one) => first[one.column] ?? (narrow.matches ? "minmax(5.5rem, 1fr)" : "7.5rem"));
    this.sheet.root.style.setProperty("--price-columns", `${narrow.matches ? "2rem" : "3rem"} ${wide.join(" ")}`);
    this.sheet.root.style.setProperty("--price-width", narrow.matches ? `${12.5 + (columns.length - 3) * 5.5}rem` : `${28.5 + (columns.length - 3) * 7.5}rem`);
    this.head.replaceChildren(this.corner(), ...columns.map((one, at) => this.heading(one, at)));
    this.later();
  }

  corner() {
    const one = make("div", "price-n");
    one.setAttribute("role", "columnheader");
    one.append(make("span", "visually-hidden", this.sheet.words.line));
    return one;
  }

  heading(column, at) {
    const one = make("div", column.price ? "price-head-cell end" : `price-head-cell price-${column.column}`);
    one.setAttribute("role", "columnheader");
    one.setAttribute("aria-colindex", String(at + 2));
    one.append(make("span", "d-block", column.price ? this.sheet.tierName(column) : this.sheet.words[column.column]));
    if (column.price) one.append(make("span", `price-since${column.from ? " coming" : ""}`, column.from ? this.sheet.since(column.from) : this.sheet.words.now));
    return one;
  }

  draw() {
    const { rows } = this.sheet.lines;
    this.body.style.height = `${rows.length * HIGH}px`;
    const top = this.scroller.scrollTop;
    const from = Math.max(0, Math.floor(top / HIGH) - MORE);
    const to = Math.min(rows.length, Math.ceil((top + this.scroller.clientHeight) / HIGH) + MORE);
    for (const [index, node] of this.nodes) {
      if ((index >= from && index < to && rows[index] === node.row) || node.contains(this.sheet.editor.field)) continue;
      node.remove();
      this.nodes.delete(index);
    }
    for (let index = from; index < to; index++) this.fill(this.nodes.get(index) ?? this.build(index));
    if (to >= rows.length - MORE) this.sheet.more();
    this.sheet.editor.place();
  }

  build(index) {
    const { sheet } = this;
    const node = make("div", "price-row");
    node.row = sheet.lines.rows[index];
    node.index = index;
    node.setAttribute("role", "row");
    node.setAttribute("aria-rowindex", String(index + 2));
    node.style.transform = `translateY(${index * HIGH}px)`;
    const number = make("div", "price-n", String(index + 1));
    number.setAttribute("role", "rowheader");
    node.cells = sheet.columns.map((column, at) => {
      const cell = make("div", column.price ? "price-cell end" : `price-cell fixed price-${column.column}`);
      cell.setAttribute("role", "gridcell");
      cell.setAttribute("aria-colindex", String(at + 2));
      cell.setAttribute("aria-readonly", String(!column.price || !sheet.may));
      cell.value = make("span", "price-value");
      cell.append(cell.value);
      return cell;
    });
    node.append(number, ...node.cells);
    this.nodes.set(index, node);
    this.body.append(node);
    return node;
  }

  fill(node) {
    const { sheet } = this;
    const { top, bottom, left, right } = sheet.selection.range();
    const { focus, isMany } = sheet.selection;
    sheet.columns.forEach((column, at) => {
      const cell = node.cells[at];
      const inside = node.index >= top && node.index <= bottom && at >= left && at <= right;
      cell.classList.toggle("in", isMany && inside);
      cell.classList.toggle("active", node.index === focus.row && at === focus.column);
      const text = sheet.text(node.row, column);
      if (cell.shown !== text) cell.value.textContent = cell.shown = text;
      if (!column.price) {
        cell.title = column.column === "name" ? text : "";
        return;
      }
      const staged = sheet.changes.at(node.row, column);
      const there = node.row.cells.get(column.column);
      const error = staged && (staged.error ?? (staged.text !== "" && price(staged.text) === null ? sheet.words.number : ""));
      cell.classList.toggle("changed", Boolean(staged));
      cell.classList.toggle("gone", staged?.text === "");
      cell.classList.toggle("wrong", Boolean(error));
      cell.classList.toggle("ends", !staged && Boolean(there?.validTo));
      cell.title = error || (staged && there ? `${sheet.words.was} ${sheet.figure(there.amount)}` : there?.validTo ? `${sheet.words.until} ${sheet.day(there.validTo)}` : "");
      if (error) cell.setAttribute("aria-invalid", "true");
      else cell.removeAttribute("aria-invalid");
    });
  }

  marks() {
    for (const node of this.nodes.values()) this.fill(node);
    this.sheet.editor.place();
    this.sheet.tell();
  }

  cell(row, column) {
    return this.nodes.get(row)?.cells[column] ?? null;
  }

  // Bring a cell into sight; the first columns stay where they are.
  reveal(row, column = this.sheet.selection.focus.column) {
    const { scroller } = this;
    const top = row * HIGH;
    const head = this.head.offsetHeight;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + HIGH + head > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + HIGH + head - scroller.clientHeight;
    const cell = this.head.children[column + 1];
    const stuck = this.head.children[1].offsetWidth + this.head.children[0].offsetWidth;
    if (cell && this.sheet.columns[column].price) {
      if (cell.offsetLeft - stuck < scroller.scrollLeft) scroller.scrollLeft = cell.offsetLeft - stuck;
      else if (cell.offsetLeft + cell.offsetWidth > scroller.scrollLeft + scroller.clientWidth) scroller.scrollLeft = cell.offsetLeft + cell.offsetWidth - scroller.clientWidth;
    }
    this.draw();
    this.marks();
  }
}

// The one field in which everything is typed: it stands in the active cell and has the focus there.
export class Editor {
  constructor(sheet) {
    this.sheet = sheet;
    this.editing = ""; // "", "typed" (arrows leave the cell) or "opened" (arrows move in the text)
    this.field = make("input", "price-editor");
    this.field.autocomplete = "off";
    this.field.spellcheck = false;
    this.field.inputMode = "decimal";
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("blur", () => this.stop());
  }

  get column() {
    return this.sheet.columns[this.sheet.selection.focus.column];
  }

  get row() {
    return this.sheet.lines.rows[this.sheet.selection.focus.row];
  }

  get canEdit() {
    return Boolean(this.column?.price && this.sheet.may && this.row);
  }

  place() {
    const { focus } = this.sheet.selection;
    const cell = this.sheet.grid.cell(focus.row, focus.column);
    if (!cell) return;
    if (this.field.parentElement !== cell) {
      const had = document.activeElement === this.field;
      this.stop();
      cell.append(this.field);
      this.field.readOnly = !this.canEdit;
      this.field.setAttribute("aria-label", this.sheet.cellName(this.row, this.column));
      if (had) this.field.focus({ preventScroll: true });
    }
    if (!this.editing) this.field.value = cell.shown ?? "";
  }

  focus() {
    this.place();
    if (document.activeElement !== this.field) this.field.focus({ preventScroll: true });
    if (!this.editing) this.field.select();
  }

  open() {
    if (!this.canEdit) return;
    this.editing = "opened";
    this.field.classList.add("editing");
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
  }

  typed() {
    if (!this.canEdit) return;
    this.editing ||= "typed";
    this.field.classList.add("editing");
  }

  // What was typed becomes a change when the cell is left.
  stop(keep = true) {
    if (!this.editing) return;
    this.editing = "";
    this.field.classList.remove("editing");
    const { row, column } = this;
    const text = this.field.value;
    if (keep && row && column?.price) this.sheet.changes.set([[row, column, text]]);
    this.sheet.grid.marks();
  }
}
