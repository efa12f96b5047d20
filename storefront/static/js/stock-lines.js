// Lines of a stock document: typed, or pasted as a block from a spreadsheet. All of them are posted as one document; what is
// refused is said beside its line.

import { cellsOf } from "./pad/clipboard.js";
import { Server } from "./pad/server.js";
import { instant } from "./prices/review.js";

const NUMBERS = ["quantity", "counted", "change"];
const FIRST = 8;
const MOST = 5_000;

const number = (text) => {
  const plain = text.normalize("NFKC").replace(/[\s,，]/g, "").replace("−", "-");
  return /^-?\d+(\.\d{1,6})?$/.test(plain) ? plain : null;
};

class Lines {
  constructor(form) {
    this.form = form;
    this.columns = form.dataset.columns.split(" ");
    this.words = Object.fromEntries([...form.querySelectorAll("[data-lines-words] dt")].map((dt) => [dt.textContent, dt.nextElementSibling.textContent]));
    this.body = form.querySelector("[data-lines-body]");
    this.heads = [...form.querySelectorAll("thead th")].slice(1, -1).map((head) => head.textContent.trim());
    this.server = new Server(location.pathname);
    for (let n = 0; n < FIRST; n++) this.add();
    this.tell();
    form.dataset.ready = "";
  }

  add() {
    const row = document.createElement("tr");
    const n = this.body.children.length + 1;
    const head = Object.assign(document.createElement("td"), { className: "lines-n", textContent: n });
    row.append(head);
    for (const name of this.columns) {
      const cell = document.createElement("td");
      const field = Object.assign(document.createElement("input"), { className: `form-control${NUMBERS.includes(name) ? " text-end tabular" : ""}`, autocomplete: "off", inputMode: NUMBERS.includes(name) ? "decimal" : "text", placeholder: matchMedia("(max-width: 767px)").matches ? this.heads[this.columns.indexOf(name)] : "" });
      field.dataset.cell = name;
      field.setAttribute("aria-label", this.words[name].replace("{n}", n));
      cell.append(field);
      row.append(cell);
    }
    const last = document.createElement("td");
    const remove = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-icon btn-ghost-secondary", textContent: "×" });
    remove.dataset.linesRemove = "";
    remove.setAttribute("aria-label", this.words.remove.replace("{n}", n));
    last.append(remove);
    row.append(last);
    this.body.append(row);
    return row;
  }

  cells(row) {
    return [...row.querySelectorAll("[data-cell]")];
  }

  filled() {
    return [...this.body.children].filter((row) => this.cells(row).some((field) => field.value.trim()));
  }

  renumber() {
    [...this.body.children].forEach((row, at) => {
      row.firstChild.textContent = at + 1;
      for (const field of this.cells(row)) field.setAttribute("aria-label", this.words[field.dataset.cell].replace("{n}", at + 1));
      row.querySelector("[data-lines-remove]").setAttribute("aria-label", this.words.remove.replace("{n}", at + 1));
    });
  }

  remove(row) {
    row.nextElementSibling?.classList.contains("lines-wrong") && row.nextElementSibling.remove();
    row.remove();
    if (!this.body.children.length) this.add();
    this.renumber();
    this.tell();
  }

  paste(field, text) {
    const rows = cellsOf(text).slice(0, MOST);
    if (rows.length < 2 && (rows[0]?.length ?? 0) < 2) return false;
    this.clear();
    const across = this.columns.indexOf(field.dataset.cell);
    let row = field.closest("tr");
    for (const values of rows) {
      row ??= this.add();
      const fields = this.cells(row);
      values.forEach((value, at) => fields[across + at] && (fields[across + at].value = value));
      row = row.nextElementSibling;
    }
    if (!row) this.add();
    this.tell();
    return true;
  }

  down(field, way) {
    let row = way > 0 ? field.closest("tr").nextElementSibling : field.closest("tr").previousElementSibling;
    while (row?.classList.contains("lines-wrong")) row = way > 0 ? row.nextElementSibling : row.previousElementSibling;
    if (!row && way > 0) row = this.add();
    row?.querySelector(`[data-cell="${field.dataset.cell}"]`)?.focus();
  }

  clear() {
    for (const one of this.body.querySelectorAll(".lines-wrong")) one.remove();
    for (const field of this.form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  }

  // A row below the line says what is wrong with it.
  refuse(row, name, message) {
    const field = row.querySelector(`[data-cell="${name}"]`) ?? this.cells(row)[0];
    field.setAttribute("aria-invalid", "true");
    const note = document.createElement("tr");
    note.className = "lines-wrong";
    const cell = Object.assign(document.createElement("td"), { colSpan: this.columns.length + 2, textContent: message });
    note.append(cell);
    row.after(note);
  }

  line(row) {
    const line = {};
    for (const field of this.cells(row)) {
      const text = field.value.trim();
      if (!text) continue;
      line[field.dataset.cell] = NUMBERS.includes(field.dataset.cell) ? number(text) : text;
    }
    for (const field of this.form.querySelectorAll("[data-default]")) line[field.dataset.default] ||= field.value;
    return line;
  }

  async post() {
    this.clear();
    const rows = this.filled();
    if (!rows.length) return this.toast(this.words.none, "danger");
    const bad = rows.flatMap((row) => this.cells(row).filter((field) => NUMBERS.includes(field.dataset.cell) && (field.value.trim() ? number(field.value) === null : field.dataset.cell === "quantity")));
    if (bad.length) {
      for (const field of bad) this.refuse(field.closest("tr"), field.dataset.cell, this.words.number);
      return bad[0].focus();
    }
    const input = { lines: rows.map((row) => this.line(row)) };
    for (const [name, value] of new FormData(this.form)) if (value) input[name] = name === "occurredAt" ? instant(value, this.form.dataset.zone) : value;
    const button = this.form.querySelector("[data-lines-post]");
    button.disabled = true;
    try {
      const answer = Object.values(await this.server.post(this.form.dataset.lines, { input }))[0];
      if (answer.errors.length) return this.refused(answer.errors, rows);
      const { number: made } = answer.entry;
      this.toast(this.form.dataset.done.replace("{n}", made));
      this.form.dataset.clean = "";
      window.htmx.ajax("GET", this.form.dataset.goal.replace("{n}", encodeURIComponent(made)), { target: "body", swap: "innerHTML", push: this.form.dataset.goal.replace("{n}", encodeURIComponent(made)) });
    } catch {
      this.toast(this.words.failed, "danger");
    } finally {
      button.disabled = false;
    }
    return null;
  }

  refused(errors, rows) {
    for (const { index, field, message } of errors) {
      if (rows[index]) this.refuse(rows[index], field, message);
      else this.toast(message, "danger");
    }
    this.body.querySelector("[aria-invalid]")?.focus();
  }

  tell() {
    const { length } = this.filled();
    this.form.querySelector("[data-lines-count]").textContent = (length === 1 ? this.words.one : this.words.count).replace("{n}", length);
  }

  toast(text, kind = "success") {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind } }));
  }
}

const known = new WeakMap();
const of = (target) => {
  const form = target.closest?.("form[data-lines]");
  return form ? known.get(form) : null;
};
const settle = () => {
  const form = document.querySelector("form[data-lines]");
  if (form && !known.has(form)) known.set(form, new Lines(form));
};
document.addEventListener("htmx:afterSettle", settle);
settle();
document.addEventListener("input", (event) => of(event.target)?.tell());
document.addEventListener("paste", (event) => {
  if (event.target.matches?.("[data-cell]") && of(event.target)?.paste(event.target, event.clipboardData.getData("text/plain"))) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("[data-cell]") || event.isComposing) return;
  const way = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!way || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  of(event.target)?.down(event.target, way);
});
document.addEventListener("click", (event) => {
  const lines = of(event.target);
  if (!lines) return;
  if (event.target.closest("[data-lines-add]")) lines.add().querySelector("[data-cell]").focus();
  const remove = event.target.closest("[data-lines-remove]");
  if (remove) lines.remove(remove.closest("tr"));
});
document.addEventListener("submit", (event) => {
  const lines = of(event.target);
  if (!lines) return;
  event.preventDefault();
  event.stopPropagation();
  lines.post();
}, true);
