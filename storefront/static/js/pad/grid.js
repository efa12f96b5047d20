// Draws the rows that can be seen, and no others: a thousand lines cost what forty do.

import { build, fill } from "./cells.js";

const MORE = 6; // rows drawn beyond each edge, so that scrolling shows no gap
const narrow = matchMedia("(max-width: 767px)");

export class Grid {
  constructor(pad) {
    this.pad = pad;
    this.sheet = pad.part("sheet");
    this.body = pad.part("body");
    this.scroller = pad.part("scroll");
    this.nodes = new Map(); // by the id of a line
    this.tops = [0];
    this.waiting = false;
    narrow.addEventListener("change", () => this.forget());
  }

  get narrow() {
    return narrow.matches;
  }

  heightOf(row) {
    const check = this.pad.checkOf(row);
    const noted = Boolean(this.pad.noteOf(row, check));
    if (!this.narrow) return noted ? 68 : 37;
    if (!row.code.trim() && !row.quantity.trim()) return 58;
    return noted ? (check?.name ? 162 : 194) : 120;
  }

  // Everything is another: measure again and draw.
  changed() {
    const { rows } = this.pad.lines;
    this.tops = new Array(rows.length + 1);
    this.tops[0] = 0;
    rows.forEach((row, index) => (this.tops[index + 1] = this.tops[index] + this.heightOf(row)));
    this.body.style.height = `${this.tops.at(-1)}px`;
    this.sheet.setAttribute("aria-rowcount", String(rows.length + 1));
    this.draw();
  }

  forget() {
    for (const node of this.nodes.values()) node.remove();
    this.nodes.clear();
    this.changed();
  }

  soon() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (this.body.isConnected) this.draw();
    });
  }

  // First and last row between the edges of the window and of the sheet's own frame.
  seen() {
    const whole = this.body.getBoundingClientRect();
    const frame = this.scroller.getBoundingClientRect();
    const top = Math.max(0, frame.top) - whole.top;
    const bottom = Math.min(innerHeight, frame.bottom) - whole.top;
    const last = this.pad.lines.rows.length - 1;
    return [Math.max(0, this.at(top) - MORE), Math.min(last, this.at(bottom) + MORE)];
  }

  at(offset) {
    let [low, high] = [0, this.tops.length - 2];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.tops[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  draw() {
    const { rows } = this.pad.lines;
    const [first, last] = this.seen();
    const wanted = [];
    const active = this.pad.selection.focus.row;
    if (active < first && rows[active]) wanted.push(active);
    for (let index = first; index <= last; index++) wanted.push(index);
    if (active > last && rows[active]) wanted.push(active);
    const ids = new Set(wanted.map((index) => rows[index].id));
    for (const [id, node] of this.nodes) {
      if (ids.has(id)) continue;
      this.pad.editor.leave(node);
      node.remove();
      this.nodes.delete(id);
    }
    let after = this.body.firstElementChild;
    for (const index of wanted) {
      const node = this.nodeOf(index);
      if (node === after) after = after.nextElementSibling;
      else this.body.insertBefore(node, after);
      this.update(node, index);
    }
    this.pad.editor.place();
  }

  nodeOf(index) {
    const row = this.pad.lines.rows[index];
    if (!this.nodes.has(row.id)) this.nodes.set(row.id, build(this.pad));
    return this.nodes.get(row.id);
  }

  update(node, index) {
    const { pad } = this;
    const row = pad.lines.rows[index];
    const check = pad.checkOf(row);
    const hint = pad.hints.get(row);
    if (node.index !== index) {
      node.index = index;
      node.setAttribute("aria-rowindex", String(index + 2));
      node.numberCell.textContent = String(index + 1);
      node.removeButton.setAttribute("aria-label", pad.say("remove", index + 1));
    }
    const top = `translateY(${this.tops[index]}px)`;
    if (node.style.transform !== top) node.style.transform = top;
    node.style.height = `${this.tops[index + 1] - this.tops[index]}px`;
    if (node.row !== row || node.check !== check || node.hint !== hint) {
      Object.assign(node, { row, check, hint });
      fill(node, pad);
    }
    this.mark(node, index);
  }

  // Which cells are chosen, and which one is the active one.
  mark(node, index) {
    const { selection } = this.pad;
    const { top, bottom, left, right } = selection.range();
    const many = top !== bottom || left !== right;
    const inside = index >= top && index <= bottom;
    node.classList.toggle("now", index === selection.focus.row);
    node.cells.forEach((cell, at) => {
      const chosen = inside && at >= left && at <= right;
      cell.classList.toggle("in", chosen && many);
      cell.setAttribute("aria-selected", String(chosen));
      cell.classList.toggle("active", index === selection.focus.row && at === selection.focus.column);
      cell.classList.toggle("corner", chosen && index === bottom && at === right);
    });
  }

  marks() {
    for (const node of this.nodes.values()) this.mark(node, node.index);
    this.pad.editor.place();
  }

  cell(row, column) {
    const line = this.pad.lines.rows[row];
    return line && this.nodes.get(line.id)?.cells[column];
  }

  // Bring a row into sight, below the heading and above the bar.
  reveal(index) {
    const whole = this.body.getBoundingClientRect();
    const [top, bottom] = [whole.top + this.tops[index], whole.top + this.tops[index + 1]];
    const inside = this.scroller.scrollHeight > this.scroller.clientHeight + 1;
    const frame = this.scroller.getBoundingClientRect();
    const head = this.narrow ? 64 : this.pad.part("head").offsetHeight;
    const from = (inside ? frame.top : Math.max(0, frame.top)) + head;
    const to = Math.min(inside ? frame.bottom : innerHeight - (this.narrow ? 200 : 96), innerHeight);
    const by = top < from ? top - from : bottom > to ? bottom - to : 0;
    if (by && inside) this.scroller.scrollTop += by;
    else if (by) scrollBy(0, by);
    this.draw();
  }
}
