// Filling a range from its first cells, down to a row.

import { EDITABLE } from "./columns.js";
import { filling } from "./lines.js";

export const fillDown = (pad) => {
  const { top, bottom, left, right } = pad.selection.range();
  const from = top === bottom ? Math.max(0, top - 1) : top;
  fillRange(pad, { top: from, bottom: from, left, right }, bottom);
};

export const fillRange = (pad, { top, bottom, left, right }, to) => {
  const changes = [];
  for (let at = left; at <= right; at++) {
    const { column } = pad.columns[at];
    if (!EDITABLE.includes(column)) continue;
    const values = pad.lines.rows.slice(top, bottom + 1).map((row) => row[column]);
    const made = column === "quantity" ? filling(values, to - bottom) : Array.from({ length: to - bottom }, (_none, n) => values[n % values.length]);
    made.forEach((value, n) => changes.push([bottom + 1 + n, column, value]));
  }
  // codes before units: a new code forgets the unit of the old one
  pad.lines.set(changes.sort((a, b) => EDITABLE.indexOf(a[1]) - EDITABLE.indexOf(b[1])));
};
