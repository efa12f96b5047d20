// Checking out: dates by line, sums of split lines, and an order that is placed once however often one presses.

const form = () => document.querySelector("form[data-checkout]");
const number = (text) => Number(String(text).replace(",", ".")) || 0;
const round = (value) => Math.round(value * 1e6) / 1e6;
let key = "";

// ---- dates by line

const addPart = (line, quantity) => {
  const list = line.querySelector("[data-parts-of]");
  const part = line.querySelector("template").content.firstElementChild.cloneNode(true);
  part.querySelector("[data-part-quantity]").value = String(quantity);
  list.append(part);
  part.querySelector("[data-part-day]").value = list.children.length > 1 ? "" : form().querySelector("[data-day]").value;
  return part;
};
const sum = (line) => {
  const parts = [...line.querySelectorAll(".part")];
  const whole = number(line.dataset.whole);
  const total = round(parts.reduce((all, part) => all + number(part.querySelector("[data-part-quantity]").value), 0));
  const fits = !parts.length || total === whole;
  line.querySelector("[data-parts-sum]").textContent = fits ? "" : form().dataset.sum.replace("{sum}", total).replace("{whole}", whole);
  for (const part of parts) part.querySelector("[data-drop-part]").hidden = parts.length < 2;
  return fits;
};
const byLine = () => form().querySelector("[data-by-line]").getAttribute("aria-expanded") === "true";
const spread = (on) => {
  form().querySelector("[data-by-line]").setAttribute("aria-expanded", String(on));
  for (const line of form().querySelectorAll("[data-line]")) {
    line.querySelector("[data-parts]").hidden = !on;
    if (on && !line.querySelector(".part")) addPart(line, line.dataset.whole);
    sum(line);
  }
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("form[data-checkout] button");
  if (!button) return;
  const line = button.closest("[data-line]");
  if (button.matches("[data-by-line]")) spread(!byLine());
  else if (button.matches("[data-add-part]")) {
    // Half of the last part goes to the new date, in steps of what may be ordered.
    const last = [...line.querySelectorAll("[data-part-quantity]")].at(-1);
    const step = number(line.dataset.stepOf) || 1;
    const half = round(Math.floor(number(last.value) / 2 / step) * step);
    last.value = String(round(number(last.value) - half));
    addPart(line, half).querySelector("[data-part-day]").focus();
    sum(line);
  } else if (button.matches("[data-drop-part]")) {
    const part = button.closest(".part");
    const other = part.previousElementSibling ?? part.nextElementSibling;
    const field = other.querySelector("[data-part-quantity]");
    field.value = String(round(number(field.value) + number(part.querySelector("[data-part-quantity]").value)));
    part.remove();
    field.focus();
    sum(line);
  }
});
document.addEventListener("input", (event) => {
  const line = event.target.closest?.("form[data-checkout] [data-line]");
  if (line) sum(line);
});

// ---- placing

const wrong = (place, text) => {
  place.textContent = text;
  place.hidden = !text;
};
const say = (errors) => {
  const lines = [...form().querySelectorAll("[data-line]")];
  for (const line of lines) wrong(line.querySelector("[data-wrong]"), "");
  const files = form().querySelector("[data-files-wrong]");
  if (files) wrong(files, "");
  for (const error of errors) {
    const line = error.index == null || error.field === "file" ? null : lines[error.index]?.querySelector("[data-wrong]");
    if (line) wrong(line, [line.textContent, error.message].filter(Boolean).join(" "));
    else if (files && /^FILE|file/.test(`${error.code}${error.field ?? ""}`)) wrong(files, error.message);
  }
  const said = document.getElementById("checkout-said");
  const list = document.createElement("ul");
  list.className = "mb-0 ps-3";
  for (const text of new Set(errors.map((error) => error.message))) {
    const item = document.createElement("li");
    item.textContent = text;
    list.append(item);
  }
  const alert = document.createElement("div");
  alert.className = "alert alert-danger d-block";
  alert.setAttribute("role", "alert");
  alert.tabIndex = -1;
  alert.append(list);
  if (errors.some((error) => ["PRICE_CHANGED", "NOT_FOUND"].includes(error.code))) {
    const link = document.createElement("a");
    link.href = location.href;
    link.className = "alert-link";
    link.textContent = said.dataset.moved;
    alert.append(link);
  }
  said.replaceChildren(alert);
  alert.focus();
};

const body = () => {
  const sent = new FormData(form());
  if (byLine()) {
    let place = 0;
    for (const line of form().querySelectorAll("[data-line]")) {
      for (const part of line.querySelectorAll(".part")) {
        sent.set(`input.parts.${place}.line`, line.dataset.line);
        sent.set(`input.parts.${place}.quantity`, part.querySelector("[data-part-quantity]").value);
        sent.set(`input.parts.${place}.requestedOn`, part.querySelector("[data-part-day]").value);
        place += 1;
      }
    }
  }
  return sent;
};

const place = async (button) => {
  const words = button.textContent;
  button.disabled = true;
  button.textContent = form().dataset.going;
  key ||= crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  let errors;
  try {
    const answer = await fetch(location.pathname, { method: "POST", body: body(), headers: { Accept: "application/json", "Idempotency-Key": key } });
    if (!answer.ok) throw new Error(answer.status);
    const data = (await answer.json()).orderPlace;
    if (data.order) return void location.assign(`/orders/${encodeURIComponent(data.order.id)}/`);
    errors = data.errors;
    key = "";
  } catch {
    errors = [{ message: form().dataset.failed }];
  }
  button.disabled = false;
  button.textContent = words;
  say(errors);
};

document.addEventListener(
  "submit",
  (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const unfit = byLine() ? [...form().querySelectorAll("[data-line]")].filter((line) => !sum(line)) : [];
    if (unfit.length) return unfit[0].querySelector("[data-part-quantity]").focus();
    const button = event.submitter ?? form().querySelector("aside .btn-primary");
    if (!button.disabled) place(button);
  },
  true,
);
