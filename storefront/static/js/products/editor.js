// The editor of a product: pictures in their order, files dropped on it, and the axes of a generator of variants.

import { toast } from "../overlay.js";
import { Server } from "../pad/server.js";

// ---- pictures: dragged, or moved by their arrows; the order is kept at once

const list = () => document.querySelector("[data-media-list]");
const idsOf = () => [...list().children].map((one) => one.dataset.media);
const ends = () => {
  const items = [...list().children];
  items.forEach((one, at) => {
    one.querySelector('[data-media-move="-1"]').disabled = at === 0;
    one.querySelector('[data-media-move="1"]').disabled = at === items.length - 1;
  });
};
const keep = async (before) => {
  ends();
  const media = idsOf();
  if (media.join() === before.join()) return;
  const answer = await new Server(location.pathname).post("OrderMedia", { id: document.querySelector('[name="product.id"]').value, media }).catch(() => null);
  const errors = answer?.productMediaReorder.errors ?? [{ message: document.getElementById("toasts").dataset.failed }];
  if (errors.length) toast(errors[0].message, "danger");
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-media-move]");
  if (!button) return;
  const before = idsOf();
  const item = button.closest("[data-media]");
  if (button.dataset.mediaMove === "1") item.nextElementSibling?.after(item);
  else item.previousElementSibling?.before(item);
  button.focus();
  keep(before);
});

document.addEventListener("pointerdown", (event) => {
  const picture = event.target.closest("[data-media] > img");
  if (!picture || event.button !== 0 || !picture.parentElement.querySelector("[data-media-move]")) return;
  event.preventDefault();
  const item = picture.parentElement;
  const before = idsOf();
  item.classList.add("moving");
  const move = (moved) => {
    const under = document.elementFromPoint(moved.clientX, moved.clientY)?.closest("[data-media]");
    if (!under || under === item) return;
    const { left, width } = under.getBoundingClientRect();
    if (moved.clientX > left + width / 2) under.after(item);
    else under.before(item);
  };
  const end = () => {
    document.removeEventListener("pointermove", move);
    document.removeEventListener("pointerup", end);
    item.classList.remove("moving");
    keep(before);
  };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", end);
});

// ---- files dropped where they can be chosen

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const place = event.target.closest?.("[data-drop]");
    if (!place) return;
    event.preventDefault();
    place.classList.toggle("over", kind === "dragover");
    if (kind !== "drop" || !event.dataTransfer.files.length) return;
    const field = place.querySelector("input[type=file]");
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// ---- the axes of a generator: each attribute has its own values; typed ones become a field each

document.addEventListener("change", (event) => {
  const choice = event.target.closest("[data-axis-attribute]");
  if (!choice) return;
  for (const values of choice.closest("[data-axis]").querySelectorAll("[data-values-of]")) {
    values.hidden = values.dataset.valuesOf !== choice.value;
    for (const field of values.querySelectorAll("input")) field.disabled = values.hidden;
  }
}, true);
document.addEventListener("input", (event) => {
  const field = event.target.closest("[data-typed-values]");
  if (!field) return;
  const made = field.closest("[data-values-of]").querySelector("[data-made-values]");
  made.replaceChildren(
    ...field.value.split(/[,，、;；\n]/).map((one) => one.trim()).filter(Boolean).map((value) => {
      const hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = field.dataset.typedValues;
      hidden.value = value;
      return hidden;
    }),
  );
}, true);
