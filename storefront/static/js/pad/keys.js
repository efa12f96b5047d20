// The manners of a spreadsheet: what keys, mouse and clipboard do in the sheet. Listeners stand on `document`, because the
// body is replaced when one goes from page to page; `the` gives the pad of now.

import { cellsOf, linesOf, textOf } from "./clipboard.js";
import { EDITABLE, textIn } from "./columns.js";
import { list } from "./completion.js";
import { fillDown } from "./fill.js";
import { isEmpty } from "./lines.js";
import { point } from "./mouse.js";

const SCANNED = /^\d{8,14}$/; // what a scanner types: only digits, and faster than any hand

export const listen = (the) => {
  const pad = () => the()?.root.isConnected && the();
  const inSheet = (target) => pad() && target === pad().editor.field;
  document.addEventListener("keydown", (event) => {
    if (!pad()) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (document.querySelector("dialog[open]")) return;
      event.preventDefault();
      pad().editor.stop();
      pad().leave("checkout");
    } else if (inSheet(event.target) && !event.isComposing) press(pad(), event);
  });
  for (const kind of ["copy", "cut", "paste"]) {
    document.addEventListener(kind, (event) => {
      if (!inSheet(event.target)) return;
      if (kind === "paste") paste(pad(), event);
      else if (!pad().editor.editing) copy(pad(), event, kind === "cut");
    });
  }
  document.addEventListener("pointerdown", (event) => pad() && point(pad(), event));
  document.addEventListener("dblclick", (event) => {
    if (pad() && event.target.closest?.(".pad-cell")) pad().editor.open();
  });
};

// ---- keys

const press = (pad, event) => {
  const { editor } = pad;
  const command = event.ctrlKey || event.metaKey;
  const act = command ? COMMANDS[event.key.toLowerCase()] : listed(event) ?? (editor.editing ? EDITING : MOVING)[event.key];
  if (event.key.length === 1 && !command) times(pad, event);
  if (!act || act(pad, event) === false) return;
  event.preventDefault();
};

// While completions are shown, arrows walk them and Enter takes the chosen one.
const listed = (event) => {
  if (!list.node) return null;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") return () => list.move(event.key === "ArrowDown" ? 1 : -1);
  if ((event.key === "Enter" || event.key === "Tab") && list.chosen()) return () => list.pick(list.chosen());
  if (event.key === "Escape") return () => list.close();
  return null;
};

const by = (rows, columns) => (pad, event) => {
  pad.editor.stop();
  pad.selection.by(rows, columns, { stretch: event.shiftKey });
};

const edge = (row, column) => (pad, event) => {
  const { focus } = pad.selection;
  const last = { row: pad.lines.rows.length - 1, column: pad.columns.length - 1 };
  const to = (at, end) => (at === null ? null : at < 0 ? 0 : end);
  pad.selection.go(to(row, last.row) ?? focus.row, to(column, last.column) ?? focus.column, { stretch: event.shiftKey });
};

// Enter goes the way an order is written: code, quantity, next line.
const enter = (pad, event) => {
  if (scanned(pad)) return;
  const { selection } = pad;
  pad.editor.stop();
  if (event.shiftKey) selection.by(-1, 0);
  else if (selection.column === "code") selection.go(selection.focus.row, selection.at("quantity"));
  else if (EDITABLE.includes(selection.column)) selection.go(selection.focus.row + 1, selection.at("code"));
  else selection.by(1, 0);
};

// Tab walks the cells one can write in; from the last, empty line it leaves the sheet.
const tab = (pad, event) => {
  const { selection, columns } = pad;
  const step = event.shiftKey ? -1 : 1;
  let { row, column } = selection.focus;
  if (step > 0 && isEmpty(pad.lines.rows[row]) && row === pad.lines.rows.length - 1) return false;
  do {
    column += step;
    if (column < 0 || column >= columns.length) {
      row += step;
      column = step > 0 ? 0 : columns.length - 1;
    }
  } while (row >= 0 && !EDITABLE.includes(columns[column].column));
  if (row < 0) return false;
  pad.editor.stop();
  selection.go(row, column);
  return true;
};

const clear = (pad) => {
  const { top, bottom, left, right } = pad.selection.range();
  const changes = [];
  for (let row = top; row <= bottom; row++) {
    for (let at = left; at <= right; at++) if (EDITABLE.includes(pad.columns[at].column)) changes.push([row, pad.columns[at].column, ""]);
  }
  pad.lines.set(changes);
};

const page = (direction) => (pad, event) => pad.selection.by(direction * 15, 0, { stretch: event.shiftKey });

const MOVING = {
  ArrowUp: by(-1, 0),
  ArrowDown: (pad, event) => (event.altKey ? pad.editor.open() : by(1, 0)(pad, event)),
  ArrowLeft: by(0, -1),
  ArrowRight: by(0, 1),
  Enter: enter,
  Tab: tab,
  F2: (pad) => pad.editor.open(),
  Delete: clear,
  Backspace: clear,
  Home: edge(null, -1),
  End: edge(null, 1),
  PageUp: page(-1),
  PageDown: page(1),
  Escape: (pad) => pad.selection.go(pad.selection.focus.row, pad.selection.focus.column),
};

const inText = (pad, event, move) => (pad.editor.editing === "opened" ? false : move(pad, event));

const EDITING = {
  Enter: enter,
  Tab: tab,
  Escape: (pad) => pad.editor.back(),
  ArrowUp: by(-1, 0),
  ArrowDown: by(1, 0),
  ArrowLeft: (pad, event) => inText(pad, event, by(0, -1)),
  ArrowRight: (pad, event) => inText(pad, event, by(0, 1)),
  F2: (pad) => {
    pad.editor.editing = "opened";
  },
};

const whenStill = (act) => (pad, event) => (pad.editor.editing ? false : act(pad, event));

const COMMANDS = {
  a: whenStill((pad) => pad.selection.everything()),
  d: (pad) => fillDown(pad),
  z: (pad, event) => pad.step(event.shiftKey ? "redo" : "undo"),
  y: (pad) => pad.step("redo"),
  delete: (pad) => pad.removeChosen(),
  "-": (pad) => pad.removeChosen(),
  "+": (pad) => pad.openAbove(),
  "=": (pad, event) => (event.shiftKey ? pad.openAbove() : false),
  home: whenStill(edge(-1, -1)),
  end: whenStill(edge(1, 1)),
  arrowup: whenStill(edge(-1, null)),
  arrowdown: whenStill(edge(1, null)),
  arrowleft: whenStill(edge(null, -1)),
  arrowright: whenStill(edge(null, 1)),
  " ": whenStill((pad) => pad.selection.rows(pad.selection.range().top, pad.selection.range().bottom)),
};

// ---- a hand scanner types like a keyboard: it is known by its speed

let typed = [];

const times = (pad, event) => {
  const now = performance.now();
  if (typed.length && now - typed.at(-1).at > 40) typed = [];
  typed.push({ key: event.key, at: now });
};

const scanned = (pad) => {
  const code = typed.map((one) => one.key).join("");
  const fast = typed.length > 1 && performance.now() - typed[0].at < 40 * typed.length;
  typed = [];
  if (!fast || !SCANNED.test(code) || !pad.editor.editing || pad.editor.field.value.trim() !== code) return false;
  pad.editor.back();
  pad.scan(code);
  pad.selection.go(pad.lines.rows.length - 1, pad.selection.at("code"));
  return true;
};

// ---- clipboard

const chosen = (pad) => {
  const { top, bottom, left, right } = pad.selection.range();
  return pad.lines.rows.slice(top, bottom + 1).map((row) => {
    const check = pad.checkOf(row);
    return pad.columns.slice(left, right + 1).map(({ column }) => textIn(column, row, check, pad, true));
  });
};

const copy = (pad, event, cut) => {
  event.preventDefault();
  event.clipboardData.setData("text/plain", textOf(chosen(pad)));
  if (cut) clear(pad);
};

const paste = (pad, event) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const many = /[\t\n]/.test(text.trim());
  if (!many && pad.editor.editing) return;
  event.preventDefault();
  const { selection } = pad;
  if (many && selection.column === "code") pad.insert(linesOf(cellsOf(text)), selection.range().top);
  else pasteCells(pad, many ? cellsOf(text) : [[text.trim()]]);
};

// A block goes into the cells below and beside the active one; a single cell fills the whole range.
const pasteCells = (pad, cells) => {
  const { top, bottom, left, right } = pad.selection.range();
  const high = cells.length === 1 ? bottom - top + 1 : cells.length;
  const wide = cells.length === 1 && cells[0].length === 1 ? right - left + 1 : Math.max(...cells.map((row) => row.length));
  const changes = [];
  for (let row = 0; row < high; row++) {
    for (let at = 0; at < wide; at++) {
      const column = pad.columns[left + at]?.column;
      const source = cells[row % cells.length];
      const value = source[at % source.length];
      if (EDITABLE.includes(column)) changes.push([top + row, column, value]);
    }
  }
  pad.lines.set(changes);
};
