// Choosing by mouse and finger: cells, ranges, whole rows, and the fill handle.

import { fillRange } from "./fill.js";

const rowAt = (pad, y) => pad.grid.at(y - pad.part("body").getBoundingClientRect().top);

const placeOf = (target) => {
  const cell = target.closest(".pad-cell");
  const node = target.closest(".pad-row");
  return cell && node ? { row: node.index, column: node.cells.indexOf(cell) } : null;
};

export const point = (pad, event) => {
  if (event.button !== 0 || !event.target.closest("[data-pad-body]")) return;
  if (event.target.closest("[data-pad-fill]")) return drag(pad, event, { fills: true });
  if (event.target.closest("button")) return;
  const number = event.target.closest(".pad-n");
  if (number) {
    event.preventDefault();
    const row = number.parentElement.index;
    pad.selection.rows(event.shiftKey ? pad.selection.anchor.row : row, row);
    return drag(pad, event, { rows: true });
  }
  const place = placeOf(event.target);
  if (!place) return;
  if (event.target === pad.editor.field) {
    if (pad.editor.editing) return;
    if (event.pointerType === "touch") return setTimeout(() => pad.editor.open());
  }
  event.preventDefault();
  pad.editor.stop();
  pad.selection.go(place.row, place.column, { stretch: event.shiftKey });
  if (event.pointerType === "touch") pad.editor.open();
  else drag(pad, event, {});
};

const drag = (pad, event, { fills = false, rows = false }) => {
  event.preventDefault();
  const start = pad.selection.range();
  let to = start.bottom;
  const move = (moved) => {
    const row = rowAt(pad, moved.clientY);
    if (fills) {
      to = Math.max(row, start.bottom);
      pad.part("body").style.setProperty("--pad-fill-to", `${pad.grid.tops[to + 1]}px`);
      pad.selection.anchor = { row: start.top, column: start.left };
      pad.selection.focus = { row: Math.max(to, start.bottom), column: start.right };
      pad.grid.marks();
    } else if (rows) pad.selection.rows(pad.selection.anchor.row, row);
    else {
      const under = document.elementFromPoint(moved.clientX, moved.clientY);
      const place = under?.closest("[data-pad-body]") ? placeOf(under) : null;
      if (place && (place.row !== pad.selection.focus.row || place.column !== pad.selection.focus.column)) {
        pad.selection.go(place.row, place.column, { stretch: true });
      }
    }
    const edgeOf = pad.part("scroll").getBoundingClientRect();
    if (moved.clientY > Math.min(edgeOf.bottom, innerHeight) - 24) pad.scroll(24);
  };
  const end = () => {
    document.removeEventListener("pointermove", move);
    document.removeEventListener("pointerup", end);
    if (fills && to > start.bottom) fillRange(pad, start, Math.min(to, pad.lines.rows.length + 499));
    pad.editor.focus();
  };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", end);
};
