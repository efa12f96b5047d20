// The palette (Ctrl-K): one field that goes anywhere. Places and actions are there at once; the server is asked for the rest.

import { typing } from "./keys.js";

const byId = (id) => document.getElementById(id);
const RECENT = "recent";
const MOST = 6;

// ---- what was open lately: pages below a list, per user

const key = () => `${RECENT}-${byId("palette")?.dataset.user}`;
const lately = () => {
  try {
    return JSON.parse(localStorage.getItem(key())) ?? [];
  } catch {
    return [];
  }
};
const note = () => {
  const palette = byId("palette");
  const title = document.querySelector("main h1")?.textContent.trim();
  const path = location.pathname;
  if (!palette?.dataset.user || !title || path.split("/").filter(Boolean).length < 2) return;
  if (document.querySelector(`.menu-link[href="${CSS.escape(path)}"]`)) return;
  const kept = [{ path, title }, ...lately().filter((one) => one.path !== path)].slice(0, MOST);
  localStorage.setItem(key(), JSON.stringify(kept));
};
document.addEventListener("htmx:afterSettle", (event) => event.detail.target === document.body && note());
note();

// ---- open, narrow, ask

const all = () => [...byId("palette").querySelectorAll(".palette-one")].filter((one) => !one.closest("[hidden], [data-old]"));
const point = (one) => {
  for (const other of byId("palette").querySelectorAll("[aria-selected=true]")) other.setAttribute("aria-selected", "false");
  const field = byId("palette-field");
  if (!one) return field.removeAttribute("aria-activedescendant");
  one.setAttribute("aria-selected", "true");
  one.id ||= `palette-${Math.random().toString(36).slice(2)}`;
  field.setAttribute("aria-activedescendant", one.id);
  one.scrollIntoView({ block: "nearest" });
};
const recent = () => {
  const place = byId("palette-recent");
  const model = byId("palette-recent-one");
  const found = lately().filter((one) => one.path !== location.pathname);
  place.hidden = !found.length;
  place.querySelector("[role=group]").replaceChildren(
    ...found.map(({ path, title }) => {
      const one = model.content.firstElementChild.cloneNode(true);
      one.href = path;
      one.querySelector("[data-words]").textContent = title;
      return one;
    }),
  );
};
const narrow = (words) => {
  for (const group of byId("palette").querySelectorAll("[data-fixed]")) {
    const ones = [...group.querySelectorAll(".palette-one")];
    for (const one of ones) one.hidden = Boolean(words) && !`${one.textContent} ${one.dataset.also ?? ""}`.toLowerCase().includes(words);
    group.hidden = ones.every((one) => one.hidden) || (group.id === "palette-recent" && Boolean(words));
  }
};
let timer = 0;
let asked = 0;
let eager = false; // Enter was pressed before the answer came
const seek = async (words) => {
  const place = byId("palette-found");
  const mine = ++asked;
  if (words.length < 2) {
    place.replaceChildren();
    delete place.dataset.old;
    return finish(words);
  }
  const answer = await fetch(`/palette/?search=${encodeURIComponent(words)}`, { headers: { "X-Palette": "1" } }).catch(() => null);
  if (mine !== asked) return;
  const text = answer?.ok ? await answer.text() : "";
  if (mine !== asked) return;
  place.innerHTML = text;
  delete place.dataset.old;
  finish(words);
};
const finish = (words) => {
  const found = all();
  byId("palette-none").hidden = found.length > 0 || words.length < 2;
  if (!found.some((one) => one.getAttribute("aria-selected") === "true")) point(found[0]);
  if (eager) found[0]?.click();
  eager = false;
};

export const show = () => {
  const palette = byId("palette");
  if (!palette || palette.open) return;
  byId("palette-field").value = "";
  byId("palette-found").replaceChildren();
  delete byId("palette-found").dataset.old;
  byId("palette-none").hidden = true;
  recent();
  narrow("");
  palette.showModal();
  byId("palette-field").focus();
  point(all()[0]);
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    const other = document.querySelector("dialog[open]:not(#palette)");
    if (other) return;
    event.preventDefault();
    if (byId("palette")?.open) byId("palette").close();
    else show();
    return;
  }
  if (!byId("palette")?.open || event.isComposing) return;
  const found = all();
  const now = found.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    point(found[(now + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length]);
  } else if (event.key === "Enter" && typing(event.target)) {
    event.preventDefault();
    if (found[now]) found[now].click();
    else eager = byId("palette-found").dataset.old !== undefined;
  }
});
document.addEventListener("input", (event) => {
  if (event.target.id !== "palette-field") return;
  const words = event.target.value.trim().toLowerCase();
  byId("palette-found").dataset.old = "";
  eager = false;
  narrow(words);
  point(all()[0]);
  clearTimeout(timer);
  timer = setTimeout(seek, 120, words);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette]")) return show();
  const one = event.target.closest(".palette-one");
  if (!one) return;
  byId("palette").close();
  if (one.dataset.click) document.querySelector(one.dataset.click)?.click();
});
