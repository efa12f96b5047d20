// The settings: a secret to copy, the fields of an address in its country's order, where a department cannot go.
import { toast } from "./overlay.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy-from]");
  if (button) {
    const field = document.getElementById(button.dataset.copyFrom);
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.select(); // without the permission, or off https: chosen, and the keyboard does the rest
      if (!document.execCommand("copy")) return;
    }
    button.querySelector("span").textContent = button.dataset.copied;
    toast(button.dataset.copied);
  }
  const mover = event.target.closest("[data-barred]");
  if (mover) {
    const barred = new Set(mover.dataset.barred.split(" "));
    for (const option of document.querySelectorAll("#move-unit option")) option.disabled = barred.has(option.value);
  }
  if (event.target.closest("[data-dialog=address]")) order();
});

document.addEventListener("focusin", (event) => event.target.matches?.("[data-selects]") && event.target.select());

// from the largest part to the smallest where people write so, the other way round elsewhere
const LARGEST_FIRST = new Set(["CN", "TW", "HK", "MO", "JP", "KR"]);
const PARTS = {
  true: ["region", "city", "district", "street", "postalCode"],
  false: ["street", "district", "city", "region", "postalCode"],
};
const order = () => {
  const form = document.querySelector("[data-address]");
  if (!form) return;
  const country = form.querySelector('[name="input.country"]').value;
  for (const part of PARTS[LARGEST_FIRST.has(country)]) {
    form.append(form.querySelector(`[name="input.${part}"]`).closest(".field"));
  }
};
document.addEventListener("change", (event) => event.target.matches('[data-address] [name="input.country"]') && order());

document.addEventListener("input", (event) => {
  if (event.target.name !== "input.numberPrefix") return;
  event.target.value = event.target.value.toUpperCase();
  document.querySelector("[data-prefix-shown]").textContent = event.target.value;
});
