// The order inbox: what is done in the pane renews the list beside it, and what is chosen is printed or exported.

import { show, toast } from "./overlay.js";

const TABLE = "t-orders";
const rows = () => [...document.querySelectorAll(`#${TABLE} tbody tr`)];
const linkOf = (row) => row?.querySelector("[data-pane]");

// ---- after a move: the same order as it is now, or, where it fits the list no more, the one that took its place

const renew = async () => {
  const here = Math.max(0, rows().findIndex((row) => row.matches(".cursor, [aria-current]")));
  const pane = linkOf(rows()[here])?.dataset.pane;
  const address = new URL(location.href);
  for (const name of ["drawer", "pane"]) address.searchParams.delete(name);
  await window.htmx.ajax("GET", address.pathname + address.search, { target: `#${TABLE}`, select: `#${TABLE}`, swap: "outerHTML show:none" });
  const found = rows();
  const next = found.find((row) => linkOf(row)?.dataset.pane === pane) ?? found[Math.min(here, found.length - 1)];
  const link = linkOf(next);
  if (link) {
    next.classList.add("cursor");
    link.focus({ preventScroll: true });
    show(link.dataset.pane, link, "pane");
  } else if (document.getElementById("split-pane")) location.reload();
  document.body.dispatchEvent(new Event("ordersMoved"));
};

if (!window.inboxHeard) {
  window.inboxHeard = true; // a boosted visit runs this file once more
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.matches?.("form[data-moves]") && event.detail.xhr.status === 204) setTimeout(renew); // once that request is over
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-inbox-layout]");
    if (!button) return;
    document.cookie = `inbox=${button.dataset.inboxLayout}; path=/office/; max-age=31536000; samesite=lax`;
    location.assign(location.pathname + location.search);
  });

  // ---- the chosen ones: `data-bulk-open` is an address that takes their ids under `data-bulk-name`

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-bulk-open]");
    if (!button) return;
    const bar = button.closest(".bulk");
    const all = bar.querySelector("[data-all]");
    const whole = all && !all.disabled;
    const { bulkOpen, bulkName, bulkMost, bulkTold } = button.dataset;
    const ids = rows().map((row) => row.querySelector("[data-row]:checked")?.value).filter(Boolean);
    if (bulkMost && (whole || ids.length > Number(bulkMost))) return void toast(bulkTold, "warning");
    const address = new URL(bulkOpen, location.origin);
    if (whole) for (const [name, value] of new URLSearchParams(location.search)) address.searchParams.append(name, value);
    else for (const id of ids) address.searchParams.append(bulkName, id);
    window.open(address, "_blank");
  });
}
