// The talk about an order: what one writes stays until it is sent, whatever happens to the page around it.

import { toast } from "../overlay.js";
import { send, words } from "./send.js";

const files = new WeakMap(); // by composer: the files that will go with the message

const composerOf = (target) => target.closest?.("[data-composer]");
const draftKey = (form) => `said:${document.body.dataset.owner}:${form.dataset.composer}`;
const renew = () => window.htmx.trigger("#talk", "said");

const drawFiles = (form) => {
  form.querySelector("[data-composer-files]").replaceChildren(
    ...(files.get(form) ?? []).map((file) => {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.className = "file-chip";
      chip.dataset.composerDrop = file.name;
      chip.textContent = `${file.name} ×`;
      chip.file = file;
      return chip;
    }),
  );
};
const add = (form, found) => {
  files.set(form, [...(files.get(form) ?? []), ...found]);
  drawFiles(form);
};

const dress = (form) => {
  const field = form.elements["input.text"];
  field.dataset.shared ??= field.placeholder;
  field.placeholder = form.querySelector("[data-composer-internal]").checked ? field.dataset.internal : field.dataset.shared;
};

const say = async (form) => {
  const field = form.elements["input.text"];
  const taken = files.get(form) ?? [];
  if (form.dataset.busy !== undefined || (!field.value.trim() && !taken.length)) return field.focus();
  const wrong = form.querySelector("[data-composer-wrong]");
  const bar = form.querySelector("[data-composer-progress]");
  const data = new FormData(form);
  for (const file of taken) data.append("input.files", file);
  form.dataset.busy = "";
  bar.hidden = !taken.length;
  wrong.hidden = true;
  try {
    await send(data, (share) => (bar.value = share));
    field.value = "";
    field.style.height = "";
    sessionStorage.removeItem(draftKey(form));
    files.delete(form);
    drawFiles(form);
    renew();
    if (taken.length) window.htmx.trigger("#files", "renew");
  } catch (error) {
    wrong.textContent = words(error);
    wrong.hidden = false;
  } finally {
    delete form.dataset.busy;
    bar.hidden = true;
    field.focus();
  }
};

// What is in sight is read; the mark is set once for what is there now.
const read = async () => {
  const talk = document.getElementById("talk");
  if (!talk || !Number(talk.dataset.unread) || !talk.offsetParent || document.hidden) return;
  talk.dataset.unread = "0";
  const form = document.querySelector("[data-composer]");
  const data = new FormData();
  data.append("csrfmiddlewaretoken", JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"]);
  data.append("do", "Read");
  data.append("conversation", talk.dataset.talk);
  const last = [...talk.querySelectorAll("[data-message]")].at(-1);
  if (last) data.append("message", last.dataset.message);
  await send(data).then(() => document.getElementById("talk-count")?.classList.remove("is-new"), () => {});
  form?.dispatchEvent(new Event("read", { bubbles: true }));
};

const atEnd = () => {
  const list = document.querySelector("#talk .talk");
  if (list) list.scrollTop = list.scrollHeight;
};

const settle = () => {
  const form = document.querySelector("[data-composer]:not([data-seen])");
  if (!form) return;
  form.dataset.seen = "";
  form.elements["input.text"].value = sessionStorage.getItem(draftKey(form)) ?? "";
  dress(form);
};

export const begin = () => {
  document.addEventListener("submit", (event) => {
    if (!composerOf(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say(event.target);
  }, true);
  document.addEventListener("keydown", (event) => {
    const form = composerOf(event.target);
    if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      say(form);
    }
  });
  document.addEventListener("input", (event) => {
    const form = composerOf(event.target);
    if (form && event.target.name === "input.text") sessionStorage.setItem(draftKey(form), event.target.value);
  });
  document.addEventListener("change", (event) => {
    const form = composerOf(event.target);
    if (!form) return;
    if (event.target.matches("[data-composer-internal]")) dress(form);
    if (event.target.matches("[data-composer-pick]")) {
      add(form, event.target.files);
      event.target.value = "";
    }
  });
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-composer-drop]");
    if (chip) {
      const form = composerOf(chip);
      files.set(form, files.get(form).filter((file) => file !== chip.file));
      drawFiles(form);
    }
    if (event.target.closest("[role=tab][data-tab=messages]")) setTimeout(() => (atEnd(), read()));
  });
  document.addEventListener("paste", (event) => {
    const form = composerOf(event.target);
    if (form && event.clipboardData.files.length) add(form, event.clipboardData.files);
  });
  document.addEventListener("visibilitychange", read);
  document.addEventListener("htmx:afterSettle", (event) => {
    settle();
    if (!["talk", "main"].includes(event.detail.target.id) && !event.detail.elt.matches?.("#talk")) return;
    atEnd();
    read();
  });
  document.addEventListener("htmx:sendError", (event) => event.target.id === "talk" && toast(document.getElementById("toasts").dataset.offline, "warning"));
  settle();
};
