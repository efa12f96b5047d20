// What has been typed: lines that are never changed but replaced, so that a step back is the list as it was.

const MOST_STEPS = 200;
let last = 0;

const line = ({ code = "", quantity = "", uom = "" } = {}) => Object.freeze({ id: ++last, code, quantity, uom });
export const isEmpty = (row) => !row.code.trim() && !row.quantity.trim() && !row.uom.trim();

export class Lines {
  constructor(changed) {
    this.changed = changed;
    this.rows = [line()];
    this.past = [];
    this.future = [];
    this.typing = null;
  }

  filled() {
    return this.rows.filter((row) => row.code.trim());
  }

  // One step that can be taken back.
  put(rows) {
    this.past.push(this.rows);
    if (this.past.length > MOST_STEPS) this.past.shift();
    this.future = [];
    this.typing = null;
    this.become(rows);
  }

  become(rows) {
    const open = rows.length && isEmpty(rows.at(-1));
    this.rows = open ? rows : [...rows, line()];
    this.changed();
  }

  // Keys typed into one cell are one step together.
  type(index, field, value) {
    const cell = `${this.rows[index].id}:${field}`;
    const rows = this.with([[index, field, value]]);
    if (this.typing === cell) this.become(rows);
    else this.put(rows);
    this.typing = cell;
  }

  // What the program fills in belongs to the step before.
  amend(changes) {
    this.become(this.with(changes));
  }

  with(changes) {
    const rows = [...this.rows];
    for (const [index, field, value] of changes) {
      while (rows.length <= index) rows.push(line());
      const other = field === "code" && rows[index].code !== value ? { uom: "" } : {};
      rows[index] = Object.freeze({ ...rows[index], ...other, [field]: value });
    }
    return rows;
  }

  set(changes) {
    const news = changes.filter(([index, field, value]) => (this.rows[index]?.[field] ?? "") !== value);
    if (news.length) this.put(this.with(news));
  }

  replace(given) {
    this.put(given.map(line));
  }

  // New lines at a place; an empty line there gives way, and so do empty lines at the end.
  insert(index, given) {
    const rows = [...this.rows];
    rows.splice(index, rows[index] && isEmpty(rows[index]) ? 1 : 0, ...given.map(line));
    this.put(rows);
  }

  open(index, count) {
    const rows = [...this.rows];
    rows.splice(index, 0, ...Array.from({ length: count }, () => line()));
    this.put(rows);
  }

  remove(from, to = from) {
    const rows = this.rows.filter((_row, index) => index < from || index > to);
    this.put(rows);
  }

  keep(wanted) {
    this.put(this.rows.filter(wanted));
  }

  undo() {
    this.travel(this.past, this.future);
  }

  redo() {
    this.travel(this.future, this.past);
  }

  travel(from, to) {
    if (!from.length) return;
    to.push(this.rows);
    this.rows = from.pop();
    this.typing = null;
    this.changed();
  }
}

// What a drag of the fill handle writes: numbers in even steps go on, anything else begins again.
export const filling = (values, count) => {
  const numbers = values.map((value) => (/^\d+(\.\d+)?$/.test(value) ? Number(value) : NaN));
  const step = numbers[1] - numbers[0];
  const even = values.length > 1 && step !== 0 && numbers.every((number, at) => at === 0 || number - numbers[at - 1] === step);
  const next = (at) => Math.round((numbers.at(-1) + step * (at + 1)) * 1e6) / 1e6;
  return Array.from({ length: count }, (_none, at) => (even && next(at) > 0 ? String(next(at)) : values[at % values.length]));
};
