// The frame around every page: menus, tabs, and small manners. Listeners stand on `document`, because htmx replaces the body.

const byId = (id) => document.getElementById(id);

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

// ---- tabs: one part of a page is shown; the address keeps which

const choose = (tab) => {
  for (const one of tab.parentElement.children) {
    const on = one === tab;
    one.setAttribute("aria-selected", String(on));
    one.tabIndex = on ? 0 : -1;
    byId(one.getAttribute("aria-controls")).hidden = !on;
  }
};
document.addEventListener("click", (event) => {
  const tab = event.target.closest("[role=tab]");
  if (!tab) return;
  choose(tab);
  history.replaceState(history.state, "", `#${tab.dataset.tab}`);
});
document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[role=tab]");
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !by) return;
  const all = [...tab.parentElement.children];
  const next = all[(all.indexOf(tab) + by + all.length) % all.length];
  next.focus();
  next.click();
});

// ---- what a page wants once it is there

const settle = () => {
  for (const box of document.querySelectorAll("details[data-fold]:not([data-seen])")) {
    box.dataset.seen = "";
    box.open = !matchMedia("(max-width: 991px)").matches;
  }
  for (const tabs of document.querySelectorAll("[data-tabs]:not([data-seen])")) {
    tabs.dataset.seen = "";
    const wanted = tabs.querySelector(`[data-tab="${CSS.escape(location.hash.slice(1))}"]`);
    if (wanted) choose(wanted);
  }
};
document.addEventListener("htmx:afterSettle", settle);
settle();

// A boosted visit replaces the body: tell where one is, as a browser would.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target === document.body && document.activeElement === document.body) byId("main")?.focus({ preventScroll: true });
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
