// Forms: unsaved work is not lost by leaving, drafts save themselves, one field asks the server while one types.

import { ask } from "./overlay.js";

// ---- `data-guard`: asks before unsaved work is left

const dirty = () => document.querySelector("form[data-guard][data-dirty]");
const touched = (event) => {
  const form = event.target.form;
  if (form?.matches("[data-guard]") && event.isTrusted !== false) form.dataset.dirty = "";
};
document.addEventListener("input", touched);
document.addEventListener("change", touched);
document.addEventListener("reset", (event) => {
  delete event.target.dataset.dirty;
  for (const combo of event.target.querySelectorAll("[data-combo-value]")) combo.value = combo.defaultValue;
});
document.addEventListener("submit", (event) => delete event.target.dataset.dirty);
window.addEventListener("beforeunload", (event) => dirty() && event.preventDefault());
document.addEventListener("htmx:confirm", async (event) => {
  const form = dirty();
  if (!form || event.detail.target !== document.body || form.contains(event.detail.elt)) return;
  event.preventDefault();
  const words = document.getElementById("confirm").dataset;
  if (!(await ask({ title: words.leave, text: words.leaveText, action: words.leaveAction }))) return;
  delete form.dataset.dirty;
  event.detail.issueRequest(true);
});

// ---- a field for files says which were chosen in the reader's language; the browser's own words stand behind it

const named = (field) => {
  const face = field.parentElement.querySelector("[data-file-name]");
  if (face) face.textContent = [...field.files].map(({ name }) => name).join(", ") || face.dataset.none;
};
document.addEventListener("change", (event) => event.target.type === "file" && named(event.target));
document.addEventListener("reset", (event) => setTimeout(() => event.target.querySelectorAll("input[type=file]").forEach(named)));

// ---- `data-autosave`: a draft is posted while it is written; the answer is the bare data

const timers = new WeakMap();
const tell = (form, state) => {
  const place = form.querySelector("[data-autosave-state]") ?? document.querySelector("[data-autosave-state]");
  if (!place) return;
  place.dataset.state = state;
  place.textContent = place.dataset[state];
};
const mark = (form, errors) => {
  for (const place of form.querySelectorAll("[data-refused]:not([data-autosave-state])")) {
    const last = place.dataset.refused.split(".").at(-1);
    const wrong = errors.filter((error) => error.field?.split(".").at(-1) === last);
    const field = form.elements[place.dataset.refused];
    place.textContent = wrong.map((error) => error.message).join(" ");
    place.hidden = !wrong.length;
    for (const one of field?.length && !field.tagName ? field : field ? [field] : []) {
      one.classList.toggle("is-invalid", wrong.length > 0);
      if (wrong.length) one.setAttribute("aria-invalid", "true");
      else one.removeAttribute("aria-invalid");
    }
  }
};
const save = async (form) => {
  tell(form, "saving");
  try {
    const answer = await fetch(form.action || location.href, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    const data = await answer.json();
    const errors = Object.values(data).flatMap((payload) => payload?.errors ?? []);
    mark(form, errors);
    tell(form, errors.length ? "refused" : "saved");
    if (!errors.length) form.dispatchEvent(new CustomEvent("autosaved", { bubbles: true, detail: data }));
  } catch {
    tell(form, "failed");
    timers.set(form, setTimeout(save, 5000, form));
  }
};
const soon = (event) => {
  const form = event.target.form;
  if (!form?.matches("[data-autosave]")) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(save, event.type === "change" ? 150 : 900, form));
};
document.addEventListener("input", soon);
document.addEventListener("change", soon);

// ---- a combobox: a list that is narrowed, or asked for, while one types

const listOf = (field) => document.getElementById(field.getAttribute("aria-controls"));
const options = (field) => [...listOf(field).querySelectorAll("[role=option]:not([hidden])")];
const spread = (field, on) => {
  listOf(field).hidden = !on;
  field.setAttribute("aria-expanded", String(on));
  if (!on) field.removeAttribute("aria-activedescendant");
};
const point = (field, option) => {
  for (const one of listOf(field).querySelectorAll(".now")) one.classList.remove("now");
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.id ||= `${field.id}-${[...option.parentElement.children].indexOf(option)}`;
  option.classList.add("now");
  option.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", option.id);
};
const take = (field, option) => {
  const value = field.parentElement.querySelector("[data-combo-value]");
  value.value = option?.dataset.value ?? "";
  field.value = option?.dataset.words ?? option?.textContent ?? "";
  field.dataset.words = field.value;
  for (const one of listOf(field).querySelectorAll("[role=option]")) one.setAttribute("aria-selected", String(one === option));
  spread(field, false);
  value.dispatchEvent(new Event("change", { bubbles: true }));
};
const at = (row, path) => path.split(".").reduce((found, step) => found?.[step], row);
const found = (field, rows) => {
  const list = listOf(field);
  list.replaceChildren(
    ...rows.map((edge) => {
      const row = edge.node ?? edge;
      const option = document.createElement("li");
      option.setAttribute("role", "option");
      option.dataset.value = at(row, field.dataset.id);
      option.dataset.words = at(row, field.dataset.text);
      const words = document.createElement("span");
      words.textContent = option.dataset.words;
      option.append(words);
      if (field.dataset.hint) {
        const hint = document.createElement("span");
        hint.className = "sku";
        hint.textContent = at(row, field.dataset.hint) ?? "";
        option.append(hint);
      }
      return option;
    }),
  );
  if (!rows.length) {
    const nothing = document.createElement("li");
    nothing.className = "combo-none";
    nothing.textContent = field.dataset.none;
    list.append(nothing);
  }
  spread(field, true);
  point(field, options(field)[0]);
};
const seek = async (field) => {
  const words = field.value.trim();
  const url = new URL(field.dataset.source, location.href);
  url.searchParams.set("search", words);
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (answer.ok && field.value.trim() === words) found(field, at(await answer.json(), field.dataset.path) ?? []);
};
const combo = (target) => target.closest?.("[role=combobox][data-none]");

document.addEventListener("input", (event) => {
  const field = combo(event.target);
  if (!field) return;
  if (field.dataset.source) {
    clearTimeout(timers.get(field));
    timers.set(field, setTimeout(seek, 150, field));
    return;
  }
  const words = field.value.trim().toLowerCase();
  for (const one of listOf(field).querySelectorAll("[role=option]")) one.hidden = !one.textContent.toLowerCase().includes(words);
  spread(field, true);
  point(field, options(field)[0]);
});
document.addEventListener("click", (event) => {
  const field = combo(event.target);
  if (field && !field.dataset.source && listOf(field).hidden) {
    for (const one of listOf(field).children) one.hidden = false;
    spread(field, true);
  } else if (field?.dataset.source && listOf(field).hidden) seek(field);
});
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest?.(".combo-list [role=option]");
  if (!option) return;
  event.preventDefault();
  take(option.closest(".combo").querySelector("[role=combobox]"), option);
});
document.addEventListener("keydown", (event) => {
  const field = combo(event.target);
  if (!field) return;
  const shown = !listOf(field).hidden;
  const all = options(field);
  const now = all.findIndex((one) => one.classList.contains("now"));
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!shown) return field.dataset.source ? seek(field) : spread(field, true);
    point(field, all[(now + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length]);
  } else if (event.key === "Enter" && shown && all[now]) {
    event.preventDefault();
    take(field, all[now]);
  } else if (event.key === "Escape" && shown) {
    event.preventDefault();
    event.stopPropagation();
    spread(field, false);
  }
});
document.addEventListener("focusout", (event) => {
  const field = combo(event.target);
  if (!field) return;
  spread(field, false);
  // what was typed and not chosen is no value: nothing where it was emptied, what stood there before otherwise
  if (!field.value.trim()) take(field, null);
  else if (field.value !== (field.dataset.words ?? field.defaultValue)) field.value = field.dataset.words ?? field.defaultValue;
});

// ---- a text that grows with what is written; a number with the comma of a keyboard that has no point

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.matches("[data-number]") && /^-?\d+,\d*$/.test(field.value)) field.value = field.value.replace(",", ".");
  if (field.matches("[data-grows]") && field.scrollHeight > field.clientHeight) field.style.height = `${Math.min(field.scrollHeight + 2, 480)}px`;
});

// ---- a button outside its form (`form="…"`): htmx sends the name of one inside alone, so it goes along as a field

document.addEventListener(
  "submit",
  (event) => {
    const button = event.submitter;
    if (!button?.name || event.target.contains(button)) return;
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value });
    event.target.append(field);
    setTimeout(() => field.remove());
  },
  true,
);
