// What opens over a page: dialogs, the question before what cannot be undone, the drawer, toasts.
// Listeners stand on `document`, because htmx replaces the body.

const byId = (id) => document.getElementById(id);

// ---- dialogs: `data-dialog="id"` opens, `data-close` closes, `data-open` on the dialog opens it when it arrives

export const open = (dialog) => {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  const first = dialog.querySelector("[aria-invalid=true], [autofocus], input:not([type=hidden]), select, textarea");
  if (first) first.focus();
};

// `data-fill-sku="A-1"` puts A-1 into every [data-slot="sku"] of the dialog: one dialog serves all rows of a table
const fill = (dialog, name, value) => {
  const slot = name.charAt(0).toLowerCase() + name.slice(1);
  for (const place of dialog?.querySelectorAll(`[data-slot="${CSS.escape(slot)}"]`) ?? []) {
    if ("value" in place && place.tagName !== "LI") place.value = value;
    else place.textContent = value;
  }
};

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    for (const menu of document.querySelectorAll("details.dropdown[open]")) menu.open = false;
    const dialog = byId(opener.dataset.dialog);
    for (const [name, value] of Object.entries(opener.dataset)) {
      if (name.startsWith("fill")) fill(dialog, name.slice(4), value);
    }
    open(dialog);
    return;
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  if (event.target.matches("dialog") && event.target.open) event.target.close(); // the ground around it
  event.target.closest("[data-dismiss]")?.closest("[data-toast]")?.remove();
});

// ---- before what cannot be undone: `data-confirm="Delete “Pan”?"` on the button that would do it

export const ask = ({ title, text = "", action = "", calm = false, typed = "" }) =>
  new Promise((answer) => {
    const dialog = byId("confirm");
    const button = dialog.querySelector("[data-yes]");
    const field = dialog.querySelector("[data-typed]");
    const input = field.querySelector("input");
    dialog.querySelector("h2").textContent = title;
    dialog.querySelector("[data-text]").textContent = text;
    dialog.querySelector("[data-text]").hidden = !text;
    button.textContent = action || button.dataset.word;
    button.className = calm ? "btn btn-primary" : "btn btn-danger";
    field.hidden = !typed;
    field.querySelector("strong").textContent = typed;
    input.value = "";
    button.disabled = Boolean(typed);
    input.oninput = () => (button.disabled = input.value.trim() !== typed);
    button.onclick = () => dialog.close("yes");
    dialog.returnValue = "";
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
    (typed ? input : dialog.querySelector("[data-close]")).focus();
  });

document.addEventListener(
  "click",
  async (event) => {
    const button = event.target.closest?.("[data-confirm]");
    if (!button || button.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (button.form && !button.formNoValidate && !button.form.reportValidity()) return;
    const { confirm: title, confirmText: text, confirmAction: action, confirmType: typed } = button.dataset;
    if (!(await ask({ title, text, action, typed, calm: "confirmCalm" in button.dataset }))) return button.focus();
    button.confirmed = true;
    button.click();
    button.confirmed = false;
  },
  true,
);

// ---- the drawer, `data-drawer="/orders/1/?part=drawer"`, and the pane of a split view, `data-pane="…"`, which is a drawer
// where there is no room for it; the address keeps what is shown

const pane = () => {
  const found = byId("split-pane");
  return found?.offsetParent ? found : null;
};
const ours = (url) => /^\/(?![/\\])/.test(url);
const remember = (name, url) => {
  const address = new URL(location.href);
  if (url) address.searchParams.set(name, url);
  else address.searchParams.delete(name);
  history.replaceState(history.state, "", address);
};

const closed = () => {
  remember("drawer", "");
  if (!pane()) remember("pane", "");
};

export const show = (url, from = null, name = "drawer") => {
  const place = (name === "pane" && pane()) || byId("drawer-body");
  if (!place || !ours(url)) return;
  const wait = byId("drawer-wait");
  if (wait) place.replaceChildren(wait.content.cloneNode(true));
  if (place.id === "drawer-body" && !byId("drawer").open) byId("drawer").showModal();
  for (const row of document.querySelectorAll("tr[aria-current]")) row.removeAttribute("aria-current");
  from?.closest("tr")?.setAttribute("aria-current", "true");
  remember(name, url);
  window.htmx.ajax("GET", url, { source: place, target: place, swap: "innerHTML" });
};

document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest?.("[data-drawer], [data-pane]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (link.dataset.pane && pane() && link.closest("tr[aria-current]")) return; // shown already: on to its page
    event.preventDefault();
    event.stopImmediatePropagation();
    if (link.dataset.drawer) show(link.dataset.drawer, link);
    else show(link.dataset.pane, link, "pane");
  },
  true,
);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id !== "drawer-body") return;
  const title = event.detail.target.querySelector("[data-drawer-title]");
  if (!title) return;
  byId("drawer").setAttribute("aria-label", title.textContent.trim());
  if (!event.detail.target.contains(document.activeElement)) byId("drawer").querySelector("[data-close]")?.focus();
});
document.addEventListener("close", (event) => event.target.id === "drawer" && closed(), true);

// ---- toasts

export const toast = (text, kind = "success", action = null) => {
  const tray = byId("toasts");
  if (!tray || !text) return null;
  const note = document.createElement("div");
  note.className = `toast-note ${kind}`;
  note.dataset.toast = "";
  const words = document.createElement("span");
  words.textContent = text;
  note.append(words);
  if (action) {
    const more = document.createElement(action.url ? "a" : "button");
    more.className = "toast-do";
    more.textContent = action.label;
    if (action.url) more.href = action.url;
    else more.addEventListener("click", action.run);
    note.append(more);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close";
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", tray.dataset.closeLabel);
  note.append(close);
  tray.append(note);
  if (!action) fade(note);
  return note;
};
const fade = (note) => {
  if (!note.matches(".danger, .error, .warning")) setTimeout(() => note.remove(), 6000);
};
document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.kind, event.detail.action));
document.addEventListener("htmx:responseError", () => toast(byId("toasts")?.dataset.failed, "danger"));
document.addEventListener("htmx:sendError", () => toast(byId("toasts")?.dataset.offline, "danger"));

// ---- what a page wants once it is there

const settle = () => {
  for (const dialog of document.querySelectorAll("dialog[data-open]")) open(dialog);
  for (const note of document.querySelectorAll("[data-toast]:not([data-seen])")) {
    note.dataset.seen = "";
    fade(note);
  }
  document.querySelector("dialog[open] [data-problems], [data-problems]")?.focus();
};
const deep = () => {
  if (!window.htmx || byId("drawer")?.open) return;
  const address = new URLSearchParams(location.search);
  if (address.get("pane")) show(address.get("pane"), document.querySelector(`[data-pane="${CSS.escape(address.get("pane"))}"]`), "pane");
  if (address.get("drawer")) show(address.get("drawer"));
};
document.addEventListener("htmx:afterSettle", (event) => {
  settle();
  if (event.detail.target === document.body) deep();
});
settle();
if (document.readyState === "complete") deep();
else window.addEventListener("load", deep, { once: true });
