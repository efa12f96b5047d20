// The cells of one row, and what they show.

import { quantity } from "../numbers.js";
import { EDITABLE, NUMBERS, textIn } from "./columns.js";

const make = (tag, name, ...children) => {
  const one = document.createElement(tag);
  if (name) one.className = name;
  one.append(...children);
  return one;
};

export const button = (name, text, label, act) => {
  const one = make("button", name, text);
  one.type = "button";
  one.tabIndex = -1;
  if (label) one.setAttribute("aria-label", label);
  if (act) one.addEventListener("click", act);
  return one;
};

export const build = (pad) => {
  const node = make("div", "pad-row");
  node.setAttribute("role", "row");
  node.numberCell = make("div", "pad-n");
  node.numberCell.setAttribute("role", "rowheader");
  node.numberCell.setAttribute("aria-colindex", "1");
  node.cells = pad.columns.map(({ column }, at) => {
    const value = make("span", "pad-value");
    const cell = make("div", `pad-cell pad-${column}${NUMBERS.includes(column) ? " end" : ""}`, value);
    cell.setAttribute("role", "gridcell");
    cell.setAttribute("aria-colindex", String(at + 2));
    cell.setAttribute("aria-readonly", String(!EDITABLE.includes(column)));
    cell.dataset.col = column;
    cell.value = value;
    if (column === "quantity") {
      cell.prepend(stepper(pad, "−", "less", -1));
      cell.append(stepper(pad, "+", "more", 1));
    }
    return cell;
  });
  node.removeButton = button("btn btn-icon btn-ghost-secondary", "×");
  node.removeButton.dataset.padRemove = "";
  const last = make("div", "pad-x", node.removeButton);
  last.setAttribute("role", "gridcell");
  node.note = make("div", "pad-note");
  node.note.setAttribute("role", "gridcell");
  node.append(node.numberCell, ...node.cells, last, node.note);
  return node;
};

const stepper = (pad, sign, word, by) => {
  const one = button("btn pad-step", sign, pad.words[word]);
  one.dataset.padStep = String(by);
  return one;
};

export const fill = (node, pad) => {
  const { row, check } = node;
  const wrong = Boolean(check?.errorCode);
  node.classList.toggle("wrong", wrong);
  node.classList.toggle("old", Boolean(row.code.trim()) && !pad.isFresh(row));
  node.classList.toggle("blank", !row.code.trim() && !row.quantity.trim());
  node.classList.toggle("nameless", !check?.name);
  for (const cell of node.cells) {
    const text = textIn(cell.dataset.col, row, check, pad);
    show(cell, text, pad, node);
  }
  note(node, pad);
};

const show = (cell, text, pad, node) => {
  const { col } = cell.dataset;
  if (cell.shown === text && col !== "stock") return;
  cell.shown = text;
  cell.title = text.length > 24 ? text : "";
  if (col === "stock" && text) {
    cell.value.replaceChildren(make("span", `status-quiet stock-${node.check.availability.level}`, text));
  } else if (col === "tier" && text) {
    cell.value.replaceChildren(button("btn-link-plain", text, "", () => pad.toNextTier(node.row)));
  } else cell.value.textContent = text;
};

// The second line of a row: what is wrong, and what can be done about it with one click.
const note = (node, pad) => {
  const { row, check, hint } = node;
  node.note.replaceChildren();
  const text = pad.noteOf(row, check);
  node.note.hidden = !text;
  if (!text) return;
  const kind = check?.errorCode ? "pad-wrong" : "text-secondary";
  node.note.append(make("span", kind, text));
  if (check?.snappedQuantity) {
    node.note.append(button("btn btn-sm", pad.say("take", quantity(check.snappedQuantity)), "", () => pad.take(row, check)));
  }
  const similar = hint?.suggestions ?? [];
  if (similar.length) node.note.append(make("span", "text-secondary", pad.words.meant));
  for (const one of similar) {
    const choice = button("btn btn-sm", one.sku, `${one.sku} ${one.fullName}`, () => pad.pick(row, one.sku));
    choice.title = one.fullName;
    node.note.append(choice);
  }
};
