// Files of an order: chosen or dropped, each with its progress; taken away again.

import { toast } from "../overlay.js";
import { send, words } from "./send.js";

const renew = () => window.htmx.trigger("#files", "renew");

const rowFor = (form, name) => {
  const row = document.createElement("p");
  const told = document.createElement("span");
  const bar = document.createElement("progress");
  told.textContent = name;
  bar.className = "bar-of";
  bar.max = 100;
  bar.setAttribute("aria-label", name);
  row.className = "upload";
  row.append(told, bar);
  form.querySelector("[data-uploads]").append(row);
  return { row, bar };
};
const refuse = ({ row, bar }, text) => {
  bar.remove();
  row.classList.add("wrong");
  row.firstChild.textContent = text;
};

const upload = async (form, found) => {
  let added = 0;
  for (const old of form.querySelectorAll(".upload.wrong")) old.remove();
  for (const file of found) {
    const shown = rowFor(form, file.name);
    if (file.size > Number(form.dataset.most) * 1024 * 1024) {
      refuse(shown, form.dataset.tooLarge.replace("{name}", file.name));
      continue;
    }
    const data = new FormData(form);
    data.append("file", file);
    try {
      await send(data, (share) => (shown.bar.value = share)); // one after another: a slow line is not shared by ten
      shown.row.remove();
      added += 1;
    } catch (error) {
      refuse(shown, `${file.name}: ${words(error)}`);
    }
  }
  if (added) renew();
};

const dropOn = (event) => event.target.closest?.("[data-upload]");

export const begin = () => {
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-upload-pick]")) return;
    upload(event.target.form, [...event.target.files]);
    event.target.value = "";
  });
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => {
      const form = dropOn(event);
      if (!form) return;
      event.preventDefault();
      form.dataset.over = "";
    });
  }
  document.addEventListener("dragleave", (event) => {
    const form = dropOn(event);
    if (form && !form.contains(event.relatedTarget)) delete form.dataset.over;
  });
  document.addEventListener("drop", (event) => {
    const form = dropOn(event);
    if (!form) return;
    event.preventDefault();
    delete form.dataset.over;
    upload(form, [...event.dataTransfer.files]);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-upload]")) event.preventDefault();
    if (!event.target.matches("[data-remove]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    send(new FormData(event.target)).then(renew, (error) => toast(words(error), "danger"));
  }, true);
};
