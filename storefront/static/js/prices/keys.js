// Keys, clipboard and mouse of the sheet.

import { cellsOf, textOf } from "../pad/clipboard.js";
import { trim } from "./changes.js";

export const listen = (the) => {
  const sheet = () => the()?.root.isConnected && the();
  const inside = (target) => sheet() && target === sheet().editor.field;
  document.addEventListener("keydown", (event) => inside(event.target) && !event.isComposing && press(sheet(), event));
  for (const kind of ["copy", "cut", "paste"]) {
    document.addEventListener(kind, (event) => {
      if (!inside(event.target)) return;
      if (kind === "paste") paste(sheet(), event);
      else if (!sheet().editor.editing) copy(sheet(), event, kind === "cut");
    });
  }
  document.addEventListener("pointerdown", (event) => sheet() && point(sheet(), event));
  document.addEventListener("dblclick", (event) => sheet() && event.target.closest?.(".price-cell") && sheet().editor.open());
};

const by = (rows, columns) => (sheet, event) => {
  sheet.editor.stop();
  sheet.selection.by(rows, columns, { stretch: event.shiftKey });
};
const back = (act) => (sheet, event) => act(sheet, event.shiftKey ? -1 : 1);
const enter = back((sheet, way) => {
  sheet.editor.stop();
  sheet.selection.by(way, 0);
});
const tab = (sheet, event) => {
  const { focus } = sheet.selection;
  const next = focus.column + (event.shiftKey ? -1 : 1);
  if (next < 0 || next >= sheet.columns.length) return false;
  sheet.editor.stop();
  sheet.selection.go(focus.row, next);
  return true;
};
const edge = (row, column) => (sheet, event) => {
  const { focus } = sheet.selection;
  const last = { row: sheet.lines.rows.length - 1, column: sheet.columns.length - 1 };
  const to = (way, now, end) => (way === null ? now : way < 0 ? 0 : end);
  sheet.selection.go(to(row, focus.row, last.row), to(column, focus.column, last.column), { stretch: event.shiftKey });
};
const clear = (sheet) => sheet.each((row, column) => [row, column, ""]);
const inText = (move) => (sheet, event) => (sheet.editor.editing === "opened" ? false : move(sheet, event));

const MOVING = {
  ArrowUp: by(-1, 0),
  ArrowDown: by(1, 0),
  ArrowLeft: by(0, -1),
  ArrowRight: by(0, 1),
  Enter: enter,
  Tab: tab,
  F2: (sheet) => sheet.editor.open(),
  Delete: clear,
  Backspace: clear,
  Home: edge(null, -1),
  End: edge(null, 1),
  PageUp: by(-15, 0),
  PageDown: by(15, 0),
  Escape: (sheet) => sheet.selection.go(sheet.selection.focus.row, sheet.selection.focus.column),
};
const EDITING = {
  Enter: enter,
  Tab: tab,
  Escape: (sheet) => {
    sheet.editor.stop(false);
    sheet.editor.focus();
  },
  ArrowUp: by(-1, 0),
  ArrowDown: by(1, 0),
  ArrowLeft: inText(by(0, -1)),
  ArrowRight: inText(by(0, 1)),
};
const still = (act) => (sheet, event) => (sheet.editor.editing ? false : act(sheet, event));
const COMMANDS = {
  a: still((sheet) => sheet.everything()),
  d: (sheet) => fillDown(sheet),
  z: (sheet, event) => sheet.step(event.shiftKey ? "redo" : "undo"),
  y: (sheet) => sheet.step("redo"),
  home: still(edge(-1, -1)),
  end: still(edge(1, 1)),
  arrowup: still(edge(-1, null)),
  arrowdown: still(edge(1, null)),
  arrowleft: still(edge(null, -1)),
  arrowright: still(edge(null, 1)),
  enter: (sheet) => {
    sheet.editor.stop();
    sheet.review.open();
  },
};

const press = (sheet, event) => {
  const command = event.ctrlKey || event.metaKey;
  const act = command ? COMMANDS[event.key.toLowerCase()] : (sheet.editor.editing ? EDITING : MOVING)[event.key];
  if (!act || act(sheet, event) === false) return;
  event.preventDefault();
};

// ---- clipboard

const copy = (sheet, event, cut) => {
  event.preventDefault();
  const { top, bottom, left, right } = sheet.selection.range();
  const rows = sheet.lines.rows.slice(top, bottom + 1);
  const cells = rows.map((row) => sheet.columns.slice(left, right + 1).map((column) => (column.price && !column.text ? trim(sheet.text(row, column)) : sheet.text(row, column))));
  event.clipboardData.setData("text/plain", textOf(cells));
  if (cut) clear(sheet);
};

const paste = (sheet, event) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const many = /[\t\n]/.test(text.trim());
  if (!many && sheet.editor.editing) return;
  event.preventDefault();
  if (!sheet.may) return;
  sheet.editor.stop();
  const cells = cellsOf(text);
  if (sheet.editor.column.column === "sku" && many) sheet.pasteBySku(cells);
  else pasteCells(sheet, many ? cells : [[text.trim()]]);
};

// A block goes below and beside the active cell; a single cell fills the whole range.
const pasteCells = (sheet, cells) => {
  const { top, bottom, left, right } = sheet.selection.range();
  const single = cells.length === 1;
  const high = single ? bottom - top + 1 : cells.length;
  const wide = single && cells[0].length === 1 ? right - left + 1 : Math.max(...cells.map((row) => row.length));
  const changes = [];
  for (let at = 0; at < high; at++) {
    const row = sheet.lines.rows[top + at];
    const source = cells[at % cells.length];
    for (let place = 0; row && place < wide; place++) {
      const column = sheet.columns[left + place];
      if (column?.price) changes.push([row, column, source[place % source.length] ?? ""]);
    }
  }
  sheet.changes.set(changes);
  sheet.selection.anchor = { row: top, column: left };
  sheet.selection.focus = { row: Math.min(top + high, sheet.lines.rows.length) - 1, column: Math.min(left + wide, sheet.columns.length) - 1 };
  sheet.grid.marks();
};

export const fillDown = (sheet) => {
  sheet.editor.stop();
  const { top, bottom, left, right } = sheet.selection.range();
  const from = top === bottom ? Math.max(0, top - 1) : top;
  const changes = [];
  for (let at = from + 1; at <= bottom; at++) {
    for (let place = left; place <= right; place++) {
      const column = sheet.columns[place];
      if (column.price) changes.push([sheet.lines.rows[at], column, sheet.text(sheet.lines.rows[from], column)]);
    }
  }
  if (sheet.may) sheet.changes.set(changes);
};

// ---- mouse and finger

const placeOf = (target) => {
  const cell = target.closest(".price-cell");
  const node = target.closest(".price-row");
  return cell && node ? { row: node.index, column: node.cells.indexOf(cell) } : null;
};

const point = (sheet, event) => {
  if (event.button !== 0 || !event.target.closest("[data-price-body]")) return;
  const place = placeOf(event.target);
  if (!place) return;
  if (event.target === sheet.editor.field) {
    if (!sheet.editor.editing && event.pointerType === "touch") setTimeout(() => sheet.editor.open());
    if (sheet.editor.editing || event.pointerType === "touch") return;
  }
  if (event.pointerType === "touch") {
    // a finger that scrolls chooses nothing
    event.target.addEventListener("click", () => (sheet.editor.stop(), sheet.selection.go(place.row, place.column)), { once: true });
    return;
  }
  event.preventDefault();
  sheet.editor.stop();
  sheet.selection.go(place.row, place.column, { stretch: event.shiftKey });
  const move = (moved) => {
    const under = document.elementFromPoint(moved.clientX, moved.clientY);
    const there = under?.closest?.("[data-price-body]") && placeOf(under);
    const { focus } = sheet.selection;
    if (there && (there.row !== focus.row || there.column !== focus.column)) sheet.selection.go(there.row, there.column, { stretch: true });
  };
  const end = () => {
    document.removeEventListener("pointermove", move);
    document.removeEventListener("pointerup", end);
    sheet.editor.focus();
  };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", end);
};
