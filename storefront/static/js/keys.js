// The keyboard: what is bound, where it holds, and the help that is made of it (`?`).
//   bind("j", "next", "table", run, when)   "next" names its words on the help's dialog (data-word-next)

import { open } from "./overlay.js";

const byId = (id) => document.getElementById(id);
const bound = [];

export const typing = (target) => Boolean(target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"));
export const bind = (key, word, group, run, when = () => true) => bound.push({ key, word, group, run, when });

let going = 0;
const modal = () => document.querySelector("dialog[open]");
const press = (event, element) => {
  event.preventDefault();
  element.click();
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || modal()) return;
  if (going && Date.now() - going < 1500) {
    going = 0;
    const place = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (place) press(event, place);
    return;
  }
  if (event.key === "g") {
    going = Date.now();
    return;
  }
  const own = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)].find((one) => one.offsetParent && !one.disabled);
  if (own) return press(event, own);
  const found = bound.find((one) => one.key === event.key && one.when(event));
  if (found && found.run(event) !== false) event.preventDefault();
});

// ---- the help

const line = (keys, words) => {
  const row = document.createElement("div");
  const term = document.createElement("dt");
  for (const key of keys) {
    const one = document.createElement("kbd");
    one.textContent = key;
    term.append(one, " ");
  }
  const told = document.createElement("dd");
  told.textContent = words;
  row.append(term, told);
  return row;
};
const names = { Enter: "↵", ArrowDown: "↓", ArrowUp: "↑", Escape: "Esc" };

const draw = (help) => {
  const groups = { all: [], table: [], page: [], go: [] };
  for (const { key, word, group, when } of bound) {
    if (group !== "table" || when({ target: document.body })) (groups[group] ??= []).push(line(key.split("+").map((one) => names[one] ?? one), help.dataset[`word${word[0].toUpperCase()}${word.slice(1)}`] ?? word));
  }
  for (const one of document.querySelectorAll("[data-key]")) {
    groups.page.push(line([one.dataset.key], one.dataset.keyLabel ?? one.ariaLabel ?? one.textContent.trim()));
  }
  for (const one of document.querySelectorAll(".side [data-go]")) groups.go.push(line(["g", one.dataset.go], one.textContent.trim()));
  for (const place of help.querySelectorAll("[data-group]")) {
    const lines = groups[place.dataset.group] ?? [];
    place.hidden = !lines.length;
    place.querySelector("dl").replaceChildren(...lines);
  }
};
export const help = () => {
  draw(byId("help"));
  open(byId("help"));
};
document.addEventListener("click", (event) => event.target.closest("[data-dialog='help']") && draw(byId("help")), true);

bind("/", "search", "all", () => {
  const field = document.querySelector("[data-focus='/']");
  field?.focus();
  return Boolean(field);
});
bind("Ctrl+K", "palette", "all", () => false, () => false);
bind("?", "help", "all", help);
bind("Escape", "close", "all", () => false, () => false);
