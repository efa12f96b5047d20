// The frame around every page: menus, dialogs, toasts, keyboard, and what happens when the server cannot be reached.
// Listeners stand on `document`, because htmx replaces the body.

const byId = (id) => document.getElementById(id);

// ---- dialogs: `data-dialog="id"` opens, `data-close` closes, `data-open` on the dialog opens it when it arrives

const open = (dialog) => {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  const first = dialog.querySelector("[aria-invalid=true], [autofocus], input:not([type=hidden]), select, textarea");
  if (first) first.focus();
};

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    closeMenus();
    const dialog = byId(opener.dataset.dialog);
    for (const [name, value] of Object.entries(opener.dataset)) {
      if (name.startsWith("fill")) fill(dialog, name.slice(4), value);
    }
    open(dialog);
    return;
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  if (event.target.matches("dialog") && event.target.open) event.target.close(); // the ground around it
  const note = event.target.closest("[data-dismiss]");
  if (note) note.closest("[data-toast]")?.remove();
});

// `data-fill-sku="A-1"` puts A-1 into every [data-slot="sku"] of the dialog: one dialog serves all rows of a table
const fill = (dialog, name, value) => {
  const slot = name.charAt(0).toLowerCase() + name.slice(1);
  for (const place of dialog?.querySelectorAll(`[data-slot="${slot}"]`) ?? []) {
    if ("value" in place && place.tagName !== "BUTTON" && place.tagName !== "LI") place.value = value;
    else if (place.tagName === "BUTTON") place.value = value;
    else place.textContent = value;
  }
};

// ---- menus made of <details>: one open at a time, Escape and a click elsewhere close them, arrows walk them

const closeMenus = (but) => {
  for (const menu of document.querySelectorAll("details.dropdown[open]")) if (menu !== but) menu.open = false;
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.dropdown")));
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.dropdown[open]");
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const items = [...menu.querySelectorAll(".dropdown-item, .theme-choice button")];
    const now = items.indexOf(document.activeElement);
    items[(now + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length]?.focus();
  }
});

// ---- toasts

const toast = (text, kind = "success") => {
  const tray = byId("toasts");
  if (!tray || !text) return;
  const note = document.createElement("div");
  note.className = `toast-note ${kind}`;
  note.dataset.toast = "";
  const words = document.createElement("span");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", tray.dataset.closeLabel);
  note.append(words, close);
  tray.append(note);
  fade(note);
};
const fade = (note) => {
  if (!note.matches(".danger, .error, .warning")) setTimeout(() => note.remove(), 6000);
};
document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.kind));
document.addEventListener("htmx:responseError", () => toast(byId("toasts")?.dataset.failed, "danger"));
document.addEventListener("htmx:sendError", () => toast(byId("toasts")?.dataset.offline, "danger"));

// ---- what a page wants once it is there

const settle = () => {
  for (const box of document.querySelectorAll("details[data-fold]:not([data-seen])")) {
    box.dataset.seen = "";
    box.open = !matchMedia("(max-width: 991px)").matches;
  }
  for (const dialog of document.querySelectorAll("dialog[data-open]")) open(dialog);
  for (const note of document.querySelectorAll("[data-toast]:not([data-seen])")) {
    note.dataset.seen = "";
    fade(note);
  }
  document.querySelector("dialog[open] [data-problems], [data-problems]")?.focus();
};
document.addEventListener("htmx:afterSettle", settle);
settle();

// A boosted visit replaces the body: tell where one is, as a browser would.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target === document.body && document.activeElement === document.body) byId("main")?.focus({ preventScroll: true });
});

// ---- keyboard: `/` search, `?` help, `g` and a letter go somewhere

let going = 0;
const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (going && Date.now() - going < 1500) {
    going = 0;
    const place = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (place) {
      event.preventDefault();
      place.click();
    }
    return;
  }
  if (event.key === "/") {
    event.preventDefault();
    document.querySelector('[data-focus="/"]')?.focus();
  } else if (event.key === "?") {
    event.preventDefault();
    open(byId("help"));
  } else if (event.key === "g") going = Date.now();
});

// ---- small manners of forms

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches("[data-submit]")) field.form.requestSubmit();
  if (field.matches("[data-toggles]")) byId(field.dataset.toggles).hidden = field.value !== field.dataset.when;
});

// A wrong or missing number in a stepper: the arrows beside it move by the allowed step.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const field = button.parentElement.querySelector("input");
  const step = Number(field.dataset.by) > 0 ? Number(field.dataset.by) : 1;
  const least = Number(field.min) || 0;
  const next = (Number(field.value) || 0) + step * Number(button.dataset.step);
  field.value = String(Math.max(least, Math.round(next * 1e6) / 1e6));
  field.dispatchEvent(new Event("change", { bubbles: true }));
});

// A choice between things of several kinds: the option says under which name its value is sent (`data-name`).
document.addEventListener("change", (event) => {
  if (!event.target.matches("select[data-names]")) return;
  const sent = event.target.parentElement.querySelector("input[type=hidden]");
  sent.name = event.target.selectedOptions[0].dataset.name;
  sent.value = event.target.value;
});

// "Show all" of a long list of choices; pictures of a gallery.
document.addEventListener("click", (event) => {
  const more = event.target.closest("[data-more]");
  if (more) {
    for (const one of more.parentElement.querySelectorAll(".more")) one.classList.remove("more");
    more.remove();
  }
  const small = event.target.closest("[data-picture]");
  const large = byId("picture");
  if (small && large) {
    large.href = small.dataset.full;
    large.querySelector("img").src = small.dataset.picture;
  }
});

// The dot of a live page: green while events come, grey while the line is down.
const live = (on) => () => document.querySelector("[data-live]")?.setAttribute("data-live", on);
document.addEventListener("htmx:sseOpen", live("on"));
document.addEventListener("htmx:sseError", live("off"));

// A form that must not be sent twice.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-once]")) return;
  for (const button of event.target.querySelectorAll("button:not([type=button])")) setTimeout(() => (button.disabled = true));
});
