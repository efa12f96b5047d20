// A cart that is edited in place: what is typed is sent by itself, one write after the other, with the version one has
// seen; then the cart is shown as the server has it. Listeners stand on `document`, for htmx replaces the body.

const cart = () => document.getElementById("cart");
const told = (text, kind) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind } }));
const state = (name) => {
  const place = cart()?.querySelector("[data-autosave-state]");
  if (!place) return;
  place.dataset.state = name;
  place.textContent = name ? place.dataset[name] : "";
};

const waiting = new Map();
let timer;
let busy = false;

const put = (row, quantity, wait = 0) => {
  waiting.set(row.id || `${row.dataset.variant} ${row.dataset.uom}`, { variant: row.dataset.variant, uom: row.dataset.uom, quantity });
  clearTimeout(timer);
  timer = setTimeout(send, wait);
};

const post = async (variables) => {
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] };
  const answer = await fetch(`/carts/?cart=${encodeURIComponent(cart().dataset.cart)}`, { method: "POST", headers, body: JSON.stringify({ do: "WriteLines", variables }) });
  if (!answer.ok) throw new Error(answer.status);
  return (await answer.json()).cartLinesWrite;
};

async function send() {
  if (busy || !waiting.size || !cart()) return;
  busy = true;
  state("saving");
  const lines = [...waiting.values()];
  const keys = [...waiting.keys()];
  waiting.clear();
  const { cart: id, seller, version } = cart().dataset;
  try {
    const answer = await post({ input: { cart: id, seller, version: Number(version), mode: "SET", lines } });
    if (answer.errors.length) refused(answer.errors);
    else if (cart()?.dataset.cart === id) cart().dataset.version = answer.cart.version;
    busy = false;
    if (waiting.size) return void send();
    await renew(id);
    state(answer.errors.length ? "" : "saved");
    document.body.dispatchEvent(new CustomEvent("cartChanged", { bubbles: true }));
  } catch {
    busy = false;
    lines.forEach((line, place) => waiting.has(keys[place]) || waiting.set(keys[place], line));
    state("failed");
    timer = setTimeout(send, 5000);
  }
}

const refused = (errors) => {
  const stale = errors.some((error) => error.code === "CONFLICT");
  told(stale ? cart().dataset.stale : [...new Set(errors.map((error) => error.message))].join(" "), "danger");
};

// What one is typing meanwhile stays typed, and the cursor where it is.
async function renew(id) {
  const answer = await fetch(`/carts/?cart=${encodeURIComponent(id)}&part=cart`, { headers: { "HX-Request": "true" } });
  if (!answer.ok || waiting.size || cart()?.dataset.cart !== id) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("cart");
  if (!fresh) return location.reload();
  const held = document.activeElement;
  const label = held?.getAttribute?.("aria-label");
  const typed = held?.matches?.("[data-quantity]") && held.value !== held.defaultValue ? held.value : null;
  const picked = new Set([...cart().querySelectorAll("[data-pick]:checked")].map((one) => one.value));
  cart().replaceWith(fresh);
  window.htmx?.process(fresh);
  for (const one of fresh.querySelectorAll("[data-pick]")) one.checked = picked.has(one.value);
  for (const one of document.querySelectorAll("[data-version-of]")) one.value = fresh.dataset.version;
  choose();
  const again = (held?.id && document.getElementById(held.id)) || (label && fresh.querySelector(`[aria-label="${CSS.escape(label)}"]`));
  if (!again || held === document.body) return;
  again.focus({ preventScroll: true });
  if (typed !== null && again.matches("[data-quantity]")) again.value = typed;
}

const choose = () => {
  const bar = cart()?.querySelector("[data-bulk]");
  if (!bar) return;
  const count = cart().querySelectorAll("[data-pick]:checked").length;
  const words = bar.querySelector("[data-bulk-count]");
  words.textContent = words.dataset.words.replace("{n}", count);
  bar.hidden = !count;
};

const rowOf = (target) => target.closest("#cart tr[data-variant]");
const set = (row, quantity) => {
  const field = row.querySelector("[data-quantity]");
  field.value = String(Math.round(quantity * 1e6) / 1e6);
  put(row, field.value);
};

document.addEventListener("change", (event) => {
  if (event.target.matches("#cart [data-pick]")) return choose();
  if (event.target.matches("[data-move-to]")) {
    event.target.form.querySelector("[data-move-name]").hidden = Boolean(event.target.value);
    return;
  }
  if (!event.target.matches("#cart [data-quantity]")) return;
  const field = event.target;
  if (!field.value.trim()) field.value = field.defaultValue;
  if (field.value !== field.defaultValue || waiting.size) put(rowOf(field), field.value, 350);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.("#cart [data-quantity]")) return;
  event.preventDefault();
  const all = [...cart().querySelectorAll("[data-quantity]")];
  (all[all.indexOf(event.target) + 1] ?? event.target).select();
  if (event.target === all.at(-1)) event.target.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#cart button");
  if (!button) return;
  const row = rowOf(button);
  if (button.matches("[data-remove]")) put(row, "0");
  else if (button.matches("[data-take]")) set(row, Number(button.dataset.take));
  else if (button.matches("[data-add]")) set(row, Number(row.querySelector("[data-quantity]").value) + Number(button.dataset.add));
  else if (button.matches("[data-remove-chosen]")) for (const one of cart().querySelectorAll("[data-pick]:checked")) put(rowOf(one), "0");
});

// A cart that others write in too is looked at again when one comes back to it.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && cart()?.matches("[data-shared]") && !busy && !waiting.size) renew(cart().dataset.cart);
});
