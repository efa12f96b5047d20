// The share sheet of the device, where it has one: the paper itself, or the address of the order.

import { toast } from "../overlay.js";

const show = () => {
  if (!navigator.share) return;
  for (const button of document.querySelectorAll("[data-share]")) button.hidden = false;
};

const share = async (button) => {
  const title = button.dataset.shareName.replace(/\.pdf$/, "");
  const link = { title, url: location.origin + location.pathname };
  try {
    const answer = await fetch(button.dataset.share);
    const file = answer.ok ? new File([await answer.blob()], button.dataset.shareName, { type: "application/pdf" }) : null;
    await navigator.share(file && navigator.canShare?.({ files: [file] }) ? { title, files: [file] } : link);
  } catch (error) {
    if (error.name === "AbortError") return; // closed by the one who opened it
    if (error.name === "NotAllowedError") return void navigator.share(link).catch(() => {}); // the paper took too long to make
    toast(document.getElementById("toasts").dataset.failed, "danger");
  }
};

export const begin = () => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-share]");
    if (button) share(button);
  });
  document.addEventListener("htmx:afterSettle", show);
  show();
};
