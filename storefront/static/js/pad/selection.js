// Where one stands in the sheet: an active cell, and the cell from which a range is stretched to it.

export class Selection {
  constructor(pad) {
    this.pad = pad;
    this.focus = { row: 0, column: 0 };
    this.anchor = { row: 0, column: 0 };
  }

  range() {
    return {
      top: Math.min(this.anchor.row, this.focus.row),
      bottom: Math.max(this.anchor.row, this.focus.row),
      left: Math.min(this.anchor.column, this.focus.column),
      right: Math.max(this.anchor.column, this.focus.column),
    };
  }

  get isMany() {
    const { top, bottom, left, right } = this.range();
    return top !== bottom || left !== right;
  }

  get column() {
    return this.pad.columns[this.focus.column].column;
  }

  at(column) {
    return this.pad.columns.findIndex((one) => one.column === column);
  }

  // Go to a cell; `stretch` keeps the other corner of the range.
  go(row, column, { stretch = false, quiet = false } = {}) {
    const last = this.pad.lines.rows.length - 1;
    this.focus = { row: Math.max(0, Math.min(row, last)), column: Math.max(0, Math.min(column, this.pad.columns.length - 1)) };
    if (!stretch) this.anchor = { ...this.focus };
    if (quiet) return;
    this.pad.grid.reveal(this.focus.row);
    this.pad.editor.focus();
  }

  by(rows, columns, options) {
    this.go(this.focus.row + rows, this.focus.column + columns, options);
  }

  rows(from, to) {
    this.anchor = { row: from, column: 0 };
    this.focus = { row: to, column: this.pad.columns.length - 1 };
    this.pad.grid.marks();
    this.pad.editor.focus();
  }

  everything() {
    this.anchor = { row: 0, column: 0 };
    this.focus = { row: Math.max(0, this.pad.lines.rows.length - 2), column: this.pad.columns.length - 1 };
    this.pad.grid.marks();
  }

  // The list may have become shorter.
  hold() {
    const last = this.pad.lines.rows.length - 1;
    for (const corner of [this.focus, this.anchor]) {
      corner.row = Math.min(corner.row, last);
      corner.column = Math.min(corner.column, this.pad.columns.length - 1);
    }
  }
}
