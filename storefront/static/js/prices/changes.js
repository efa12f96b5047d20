// What has been typed into the sheet and not published: a change a cell, in steps that can be taken back, kept on this
// device until it is published or thrown away.

const MOST_STEPS = 200;

// "1,200", "￥９.８0" and " 9.8 " are what they look like; null is no price
export const price = (text) => {
  const plain = text.normalize("NFKC").replace(/[\s,¥$€£￥]/g, "");
  return /^\d{1,15}(\.\d{1,4})?$/.test(plain) ? trim(plain) : null;
};
export const trim = (text) => {
  const plain = String(text);
  return plain.includes(".") ? plain.replace(/0+$/, "").replace(/\.$/, "") : plain;
};

export class Changes {
  constructor(key, changed) {
    this.key = key;
    this.changed = changed;
    this.cells = new Map(); // by `slot|column`: { slot, variant, sku, name, uom, column, rowId, old, text }
    this.past = [];
    this.future = [];
    try {
      for (const one of JSON.parse(localStorage.getItem(key) || "[]")) this.cells.set(`${one.slot}|${one.column.column}`, one);
    } catch {
      this.cells.clear();
    }
  }

  get count() {
    return this.cells.size;
  }

  at(row, column) {
    return this.cells.get(`${row.id}|${column.column}`);
  }

  // [[row, column, text]]: one step. A cell that says again what holds is no change.
  set(changes) {
    const step = [];
    for (const [row, column, text] of changes) {
      const id = `${row.id}|${column.column}`;
      const there = row.cells.get(column.column);
      const before = this.cells.get(id);
      const same = text.trim() === "" ? !there : Boolean(there) && price(text) === trim(there.amount);
      const after = same
        ? undefined
        : { slot: row.id, variant: row.variant.id, sku: row.variant.sku, name: row.variant.fullName, uom: row.uom.code, uomName: row.uom.name, column, rowId: there?.rowId ?? null, old: there?.amount ?? null, text: text.trim() };
      if (before?.text !== after?.text) step.push({ id, before, after });
    }
    if (!step.length) return;
    this.past.push(step);
    if (this.past.length > MOST_STEPS) this.past.shift();
    this.future = [];
    this.apply(step, "after");
  }

  apply(step, side) {
    for (const one of step) {
      if (one[side]) this.cells.set(one.id, { ...one[side] });
      else this.cells.delete(one.id);
    }
    this.keep();
  }

  undo() {
    const step = this.past.pop();
    if (!step) return;
    this.future.push(step);
    this.apply(step, "before");
  }

  redo() {
    const step = this.future.pop();
    if (!step) return;
    this.past.push(step);
    this.apply(step, "after");
  }

  clear() {
    const step = [...this.cells].map(([id, before]) => ({ id, before, after: undefined }));
    if (step.length) this.past.push(step);
    this.apply(step, "after");
  }

  // Published: there is nothing to go back to.
  forget() {
    this.cells.clear();
    this.past = [];
    this.future = [];
    this.keep();
  }

  keep() {
    try {
      if (this.cells.size) localStorage.setItem(this.key, JSON.stringify([...this.cells.values()].map(({ error: _error, ...one }) => one)));
      else localStorage.removeItem(this.key);
    } catch {
      // a full or forbidden storage costs only the convenience
    }
    this.changed();
  }

  // What the server is sent, and by place the cell that each line of it is.
  sent(list, effectiveAt) {
    const rows = [];
    const remove = [];
    const written = [];
    const removed = [];
    for (const cell of this.cells.values()) {
      const amount = price(cell.text);
      if (cell.text === "") {
        remove.push(cell.rowId);
        removed.push(cell);
      } else if (amount !== null) {
        const { min, from } = cell.column;
        rows.push({ variant: cell.variant, uom: cell.uom, minQuantity: min, amount, ...(from ? { validFrom: from } : {}) });
        written.push(cell);
      }
    }
    return { input: { priceList: list, rows, remove, ...(effectiveAt ? { effectiveAt } : {}) }, cells: [...written, ...removed] };
  }

  mark(problems, cells) {
    for (const cell of this.cells.values()) delete cell.error;
    for (const { index, message } of problems) if (cells[index]) cells[index].error = message;
    this.changed();
  }

  wrong(words) {
    const found = [];
    for (const cell of this.cells.values()) {
      const error = cell.error ?? (cell.text !== "" && price(cell.text) === null ? words.number : "");
      if (error) found.push({ cell, error });
    }
    return found;
  }
}
