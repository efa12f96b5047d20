// The application that is installed: registers the worker, tells of a new version, offers to install, and sees to it that
// what is kept of pages is only ever of the one who is signed in.

import { outbox } from "./offline.js";
import { ask, toast } from "./overlay.js";

const byId = (id) => document.getElementById(id);
const OWNER = "kept-for";
const whose = () => document.body.dataset.owner ?? "";

const forget = async () => {
  localStorage.removeItem(OWNER);
  for (const name of await caches.keys()) if (name === "pages") await caches.delete(name);
  for (const key of Object.keys(localStorage)) if (key.startsWith("recent-")) localStorage.removeItem(key);
};
const check = async () => {
  if (!("caches" in window) || document.body.dataset.offline !== undefined) return;
  const owner = whose();
  if (owner && localStorage.getItem(OWNER) === owner) return;
  if (localStorage.getItem(OWNER) !== null || !owner) await forget();
  if (owner) localStorage.setItem(OWNER, owner);
};

const ready = (worker) => {
  const words = byId("toasts")?.dataset;
  const note = toast(words?.update, "update", { label: words?.updateAction, run: () => worker.postMessage("take-over") });
  if (note) note.dataset.update = "";
};
const register = async () => {
  const line = await navigator.serviceWorker.register("/service-worker.js");
  if (line.waiting && navigator.serviceWorker.controller) ready(line.waiting);
  line.addEventListener("updatefound", () => {
    const worker = line.installing;
    worker.addEventListener("statechange", () => {
      if (worker.state === "installed" && navigator.serviceWorker.controller) ready(worker);
    });
  });
};
if ("serviceWorker" in navigator) {
  let controlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (controlled) location.reload();
    controlled = true;
  });
  const start = () => register().catch(() => {}); // a browser that forbids it is still a browser
  if (document.readyState === "complete") start();
  else window.addEventListener("load", start, { once: true });
}

// ---- sign-out, another organization, another language

let waiting = 0;
document.addEventListener("outbox:changed", (event) => (waiting = event.detail.count));
document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    const goal = new URL(form.action, location.href).pathname;
    const leaves = goal.startsWith("/accounts/logout");
    if (leaves && waiting && !form.dataset.sure) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const words = byId("confirm").dataset;
      if (!(await ask({ title: words.unsent, text: words.unsentText, action: words.unsentAction }))) return;
      form.dataset.sure = "1";
      await outbox.clear();
      form.requestSubmit();
      return;
    }
    if (leaves || goal === "/session/organization/" || goal === "/session/partner-view/stop/") forget();
    if (goal === "/session/language/") navigator.serviceWorker?.ready.then((line) => line.active?.postMessage("language"));
  },
  true,
);

// ---- no line: said once at the head of every page, until there is one again

const line = () => {
  document.documentElement.toggleAttribute("data-no-line", !navigator.onLine);
};
window.addEventListener("online", line);
window.addEventListener("offline", line);
line();

// ---- to install: the browser says when it may be offered

let offer = null;
const offered = () => {
  for (const button of document.querySelectorAll("[data-install]")) button.hidden = !offer;
};
window.addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offer = event;
  offered();
});
window.addEventListener("appinstalled", () => {
  offer = null;
  offered();
});
document.addEventListener("click", async (event) => {
  if (!event.target.closest("[data-install]") || !offer) return;
  await offer.prompt();
  offer = null;
  offered();
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target !== document.body) return;
  offered();
  check();
});
check();
