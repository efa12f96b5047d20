// Tables: choice of rows, columns, density, the keyboard, and rows that open by a click anywhere on them.

import { bind, typing } from "./keys.js";

const YEAR = 365 * 86400;
const keep = (name, value) => (document.cookie = `${name}=${value}; path=/; max-age=${YEAR}; samesite=lax`);
const boxesOf = (table) => [...table.querySelectorAll("tbody [data-row]:not(:disabled)")];

// ---- choice of rows: `data-rows="bar"` on the table, a checkbox per row, a bar that appears with what can be done

const sync = (table, all = false) => {
  const boxes = boxesOf(table);
  const chosen = boxes.filter((box) => box.checked);
  const head = table.querySelector("[data-rows-all]");
  if (head) {
    head.checked = chosen.length > 0 && chosen.length === boxes.length;
    head.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
  }
  for (const box of boxes) box.closest("tr").classList.toggle("chosen", box.checked);
  const bar = document.getElementById(table.dataset.rows);
  if (!bar) return;
  bar.hidden = chosen.length === 0;
  const more = bar.querySelector("[data-choose-all]");
  const whole = bar.querySelector("[data-all]");
  if (whole) whole.disabled = !all;
  if (more) more.hidden = all || chosen.length < boxes.length;
  const count = all && more ? more.dataset.chooseAll : chosen.length;
  for (const place of bar.querySelectorAll("[data-count]")) place.textContent = new Intl.NumberFormat("en").format(count);
};

let last = null;
const tableOf = (bar) => document.querySelector(`[data-rows="${CSS.escape(bar.id)}"]`);

document.addEventListener("click", (event) => {
  const bar = event.target.closest(".bulk");
  if (bar && event.target.closest("[data-choose-all]")) sync(tableOf(bar), true);
  if (bar && event.target.closest("[data-choose-none]")) {
    const table = tableOf(bar);
    for (const box of boxesOf(table)) box.checked = false;
    sync(table);
  }
  const box = event.target.closest("[data-row]");
  const table = event.target.closest("[data-rows]");
  if (!table) return;
  if (event.target.matches("[data-rows-all]")) {
    for (const one of boxesOf(table)) one.checked = event.target.checked;
  } else if (box && event.shiftKey && last) {
    const boxes = boxesOf(table);
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    if (from >= 0) for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
  }
  if (box) last = box;
  if (box || event.target.matches("[data-rows-all]")) sync(table);
});

// ---- a row is opened by a click anywhere on it, by the link in its first column

const opener = (row) => row.querySelector("td:first-child a[href], .is-choice + td a[href]");
document.addEventListener("click", (event) => {
  const row = event.target.closest(".grid-table tbody tr");
  if (!row || event.defaultPrevented || event.target.closest("a, button, input, select, textarea, label, summary, [data-stay]")) return;
  if (String(getSelection())) return; // words are being marked
  const link = opener(row);
  if (!link) return;
  if (event.ctrlKey || event.metaKey) window.open(link.href);
  else link.click();
});

// ---- columns, density, filters

document.addEventListener("change", (event) => {
  const box = event.target.closest("[data-column]");
  if (!box) return;
  const place = box.closest("[data-table]");
  const toggled = [...place.querySelectorAll("[data-column]")].filter((one) => one.checked !== (one.dataset.default === "on"));
  keep(`cols-${place.dataset.table}`, `${place.dataset.user}:${toggled.map((one) => one.dataset.column).join(".")}`);
  const menu = box.closest("details");
  const key = box.dataset.column;
  const address = new URL(location.href);
  address.searchParams.delete("cols"); // what a saved view says of columns ends with one's own choice
  history.replaceState(history.state, "", address);
  window.htmx.ajax("GET", location.pathname + location.search, { target: `#${place.id}`, select: `#${place.id}`, swap: "outerHTML show:none" }).then(() => {
    const again = document.querySelector(`#${CSS.escape(place.id)} [data-column="${CSS.escape(key)}"]`);
    if (menu && again) {
      again.closest("details").open = true;
      again.focus();
    }
  });
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-density-set]");
  if (!button) return;
  keep("density", button.dataset.densitySet);
  document.body.dataset.density = button.dataset.densitySet;
  for (const one of button.parentElement.children) one.setAttribute("aria-pressed", String(one === button));
});
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-narrows]")) return;
  const words = event.target.value.trim().toLowerCase();
  for (const one of event.target.closest(".dropdown-menu").querySelectorAll(".pick")) one.hidden = !one.textContent.toLowerCase().includes(words);
});

// ---- what a table wants once it is there: its search says what the address says, and a wide one scrolls by itself

const settle = () => {
  for (const wrap of document.querySelectorAll("[data-wrap]")) {
    const wide = wrap.firstElementChild.scrollWidth > wrap.clientWidth + 1;
    wrap.classList.toggle("scrolls", wide);
    if (wide) wrap.tabIndex = 0;
  }
  for (const tab of document.querySelectorAll(".table-views .tabs > [aria-current]")) {
    const bar = tab.parentElement;
    if (tab.offsetLeft + tab.offsetWidth > bar.scrollLeft + bar.clientWidth) bar.scrollLeft = tab.offsetLeft - 24;
  }
  for (const field of document.querySelectorAll("[data-table-search]")) {
    if (field !== document.activeElement) field.value = new URLSearchParams(location.search).get(field.name) ?? "";
  }
};
document.addEventListener("htmx:afterSettle", settle);
window.addEventListener("resize", settle);
settle();

// ---- keyboard

const rows = () => [...(document.querySelector(".grid-table")?.querySelectorAll("tbody tr") ?? [])];
const here = () => document.querySelector(".grid-table tr.cursor") ?? document.querySelector(".grid-table tr[aria-current]");
const has = (event) => rows().length > 0 && !typing(event.target);
const step = (by) => () => {
  const found = rows();
  const next = found[Math.max(0, Math.min(found.length - 1, found.indexOf(here()) + by))];
  if (!next) return false;
  if (next === here()) return true;
  here()?.classList.remove("cursor");
  next.classList.add("cursor");
  next.scrollIntoView({ block: "nearest" });
  const link = opener(next);
  link?.focus({ preventScroll: true });
  if (link?.dataset.pane && document.getElementById("split-pane")?.offsetParent) link.click();
  return true;
};
const choose = () => {
  const box = here()?.querySelector("[data-row]:not(:disabled)");
  box?.click();
  return Boolean(box);
};
bind("j", "next", "table", step(1), has);
bind("k", "previous", "table", step(-1), has);
bind("Enter", "open", "table", (event) => {
  const row = here();
  if (!row || event.target.closest?.("a, button, summary")) return false;
  opener(row)?.click();
  return true;
}, has);
bind("x", "choose", "table", choose, (event) => has(event) && Boolean(document.querySelector(".grid-table [data-row]")));
