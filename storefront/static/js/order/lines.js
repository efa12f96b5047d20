// Lines of a long order: narrowed while one types, filled all at once, fetched as far as they are wanted.

import { toast } from "../overlay.js";

const narrow = (field) => {
  const place = document.querySelector(field.dataset.sifts);
  if (!place) return;
  const wanted = field.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length) place.querySelector("[data-rows-more]")?.dispatchEvent(new Event("more")); // what is not here cannot be found
  let shown = 0;
  const rows = place.querySelectorAll("tr[data-words]");
  for (const row of rows) {
    row.hidden = !wanted.every((word) => row.dataset.words.includes(word));
    if (!row.hidden) shown += 1;
  }
  const told = field.closest(".lines-bar, [data-pick-bar]").querySelector("[data-narrowed]");
  if (told) told.textContent = wanted.length ? `${shown} / ${rows.length}` : "";
};

// A dialog whose rows are still on their way cannot be sent: what is not there yet would be left out.
const settle = () => {
  for (const field of document.querySelectorAll("[data-sifts]")) if (field.value) narrow(field);
  for (const rows of document.querySelectorAll("[data-pick-rows]")) {
    const form = rows.closest("form");
    const count = rows.querySelectorAll("tr[data-words]").length;
    form.querySelector("[data-pick-bar]").hidden = count < 2;
    form.querySelector("[data-pick-bar] .table-search").hidden = count < 12;
    const waits = rows.closest(":disabled") === null && (Boolean(rows.querySelector("[data-rows-more]")) || rows.querySelector(".skeleton") !== null);
    for (const button of form.querySelectorAll(".sheet-foot .btn-primary, .sheet-foot .btn-danger")) button.disabled = waits;
  }
};

const goTo = (link) => {
  document.querySelector(`[role=tab][data-tab="${link.dataset.goto}"]`)?.click();
  const place = document.getElementById(link.hash.slice(1));
  place?.scrollIntoView({ block: "start", behavior: "smooth" });
  place?.classList.add("found");
  setTimeout(() => place?.classList.remove("found"), 2000);
};

export const begin = () => {
  document.addEventListener("input", (event) => event.target.matches("[data-sifts]") && narrow(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-sifts]")) event.preventDefault(); // searching does not ship
  });
  document.addEventListener("change", (event) => {
    const part = event.target.dataset.partOnly && document.getElementById(event.target.dataset.partOnly);
    if (!part) return;
    part.hidden = part.disabled = !event.target.checked;
    settle();
  });
  document.addEventListener("click", (event) => {
    const pick = event.target.closest("[data-pick]");
    if (pick) {
      for (const field of pick.closest("form").querySelectorAll("tr:not([hidden]) [data-whole]")) field.value = pick.dataset.pick === "all" ? field.dataset.whole : "0";
    }
    const link = event.target.closest("a[data-goto]");
    if (link) {
      event.preventDefault();
      goTo(link);
    }
    const copied = event.target.closest("[data-copy-text], [data-copy-link]");
    if (copied) navigator.clipboard.writeText(copied.dataset.copyText ?? location.origin + location.pathname).then(() => toast(copied.dataset.told));
  });
  document.addEventListener("htmx:afterSettle", settle);
  settle();
};
