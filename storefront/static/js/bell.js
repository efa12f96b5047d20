// The bell in the header: how much is unread, and what comes in while one looks. One window of a browser holds the line,
// and tells the others: a browser has six lines to a server, and every live page wants one, too.

import { show, toast } from "./overlay.js";

const bell = () => document.querySelector("[data-bell]");
const channel = "BroadcastChannel" in window ? new BroadcastChannel("entrepot-bell") : null;
let count = null;
let line = null;

const paint = () => {
  const place = bell();
  if (!place || count === null) return;
  const badge = place.querySelector("[data-bell-count]");
  badge.hidden = !count;
  badge.textContent = count > 99 ? "99+" : count;
  place.setAttribute("aria-label", count ? `${place.dataset.labelUnread} ${count}` : place.dataset.label);
  navigator.setAppBadge?.(count).catch(() => {});
};
const heard = ({ unread, notice = null }, told = false) => {
  count = unread;
  paint();
  if (notice && document.visibilityState === "visible") toast(notice.title, "info");
  if (!told) channel?.postMessage({ unread, notice });
};
const ask = async () => {
  if (!bell()) return;
  const answer = await fetch("/notifications/?do=Count", { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok) heard({ unread: (await answer.json()).notificationsUnreadCount });
};
channel?.addEventListener("message", ({ data }) => heard(data, true));

const listen = () => {
  line = new EventSource(bell().dataset.bell);
  line.addEventListener("next", (event) => {
    const found = JSON.parse(event.data).data?.notificationReceived;
    if (found) heard({ unread: found.unreadCount, notice: found.notification });
  });
  line.addEventListener("complete", () => line.close());
};
const hold = () => {
  if (line || !bell()) return;
  if (!navigator.locks) return listen();
  line = true;
  navigator.locks.request("entrepot-bell", () => new Promise(() => bell() && listen())); // kept as long as the window is
};

const start = () => {
  ask();
  hold();
};
if (document.readyState === "complete") start();
else window.addEventListener("load", start, { once: true });
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target !== document.body) return;
  paint();
  hold();
});

// ---- what is opened is read; all may be read at once

const read = (id) => {
  const body = new FormData();
  body.set("do", "Read");
  body.set("ids", id);
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  return fetch("/notifications/", { method: "POST", body, keepalive: true, headers: { Accept: "application/json", "X-CSRFToken": token } }).then(ask, () => {});
};
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-read]");
  if (link) read(link.dataset.read);
}, true);
document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.target.matches?.("[data-bell-read]")) return;
  ask();
  show("/notifications/?part=drawer");
});
