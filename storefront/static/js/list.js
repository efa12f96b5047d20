// A saved list: its order by dragging or by the arrow keys, its quantities, and with whom it is shared.

const list = () => document.querySelector("[data-list]");
const rows = () => [...list().querySelectorAll("tr[data-line]")];
const quantityOf = (row) => row.querySelector("[data-list-quantity]");
const state = (name) => {
  const place = list().querySelector("[data-autosave-state]");
  if (!place) return;
  place.dataset.state = name;
  place.textContent = place.dataset[name] ?? "";
};

let last = Promise.resolve();
const save = (typed = false) => {
  const lines = rows()
    .map((row) => ({ variant: row.dataset.variant, uom: row.dataset.uom, quantity: (typed ? quantityOf(row).value : quantityOf(row).defaultValue) || "0" }))
    .filter((line) => Number(line.quantity) > 0);
  const { list: id } = list().dataset;
  state("saving");
  last = last.then(async () => {
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] };
    try {
      const answer = await fetch(location.pathname, { method: "POST", headers, body: JSON.stringify({ do: "Write", variables: { input: { id, lines } } }) });
      if (!answer.ok) throw new Error(answer.status);
      const { errors } = (await answer.json()).savedListWrite;
      state(errors.length ? "refused" : "saved");
      if (errors.length) return document.dispatchEvent(new CustomEvent("toast", { detail: { text: errors[0].message, kind: "danger" } }));
      if (typed) for (const row of rows()) keep(row);
    } catch {
      state("failed");
    }
  });
};
const keep = (row) => {
  const field = quantityOf(row);
  if (Number(field.value) > 0) field.defaultValue = field.value;
  else row.remove();
  const button = list().querySelector("[data-list-keep]");
  if (button) button.hidden = true;
};

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-list-quantity]")) return;
  const button = list().querySelector("[data-list-keep]");
  if (button) button.hidden = !rows().some((row) => quantityOf(row).value !== quantityOf(row).defaultValue);
});

// ---- the order

let dragged = null;
let moved = false;
document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest?.("[data-grip]");
  if (!grip || event.button) return;
  event.preventDefault();
  grip.setPointerCapture(event.pointerId);
  grip.focus();
  dragged = grip.closest("tr");
  moved = false;
  dragged.classList.add("dragged");
});
document.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  const over = document.elementFromPoint(event.clientX, event.clientY)?.closest?.("tr[data-line]");
  if (!over || over === dragged || over.parentElement !== dragged.parentElement) return;
  const { top, height } = over.getBoundingClientRect();
  const below = event.clientY > top + height / 2;
  const before = below ? over.nextElementSibling : over;
  if (before === dragged || before === dragged.nextElementSibling) return;
  over.parentElement.insertBefore(dragged, before);
  moved = true;
});
const drop = () => {
  if (!dragged) return;
  dragged.classList.remove("dragged");
  dragged = null;
  if (moved) save();
};
document.addEventListener("pointerup", drop);
document.addEventListener("pointercancel", drop);
document.addEventListener("keydown", (event) => {
  const grip = event.target.closest?.("[data-grip]");
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!grip || !by) return;
  event.preventDefault();
  const row = grip.closest("tr");
  const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (by < 0) other.before(row);
  else other.after(row);
  grip.focus();
  save();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  if (button.matches("[data-list-remove]")) {
    button.closest("tr").remove();
    save();
  } else if (button.matches("[data-list-keep]")) save(true);
  else if (button.matches("[data-add-share]")) addShare(button);
  else if (button.matches("[data-drop-share]")) {
    const dialog = button.closest("dialog");
    button.closest("li").remove();
    dialog.querySelector("[data-no-shares]").disabled = dialog.querySelectorAll(".share-row").length > 0;
  }
});

// ---- with whom it is shared

let fresh = 1000;
const addShare = (button) => {
  const dialog = button.closest("dialog");
  const row = dialog.querySelector("[data-share-row]").content.firstElementChild.cloneNode(true);
  fresh += 1;
  for (const one of row.querySelectorAll("[data-name], [name]")) {
    if (one.dataset.name) one.dataset.name = one.dataset.name.replace(".N.", `.${fresh}.`);
    if (one.name) one.name = one.name.replace(".N.", `.${fresh}.`);
  }
  dialog.querySelector("[data-shares]").append(row);
  dialog.querySelector("[data-no-shares]").disabled = true;
  row.querySelector("select").focus();
};
