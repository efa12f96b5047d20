// Which columns stand in the sheet, in which order and how wide: dragged at the heading, kept under a name on the server.

import { DEFAULT, NARROWEST, NUMBERS, WIDEST, template, wholeWidth } from "./columns.js";

const FIXED = ["code", "quantity"];
const WAIT = 800;

export class Layouts {
  constructor(pad, kept) {
    this.pad = pad;
    this.all = kept;
    this.now = kept.find((one) => one.isOwn) ?? null;
    this.dialog = document.getElementById("pad-layout");
    pad.columns = this.now ? columnsOf(this.now) : DEFAULT;
    this.dialog.addEventListener("click", (event) => this.click(event));
    this.dialog.addEventListener("change", (event) => this.change(event));
    this.heading();
  }

  part(name) {
    return this.dialog.querySelector(`[data-pad-layout-${name}]`);
  }

  // ---- the heading of the sheet

  heading() {
    const { pad } = this;
    const cell = (name, text) => {
      const one = document.createElement("div");
      one.className = name;
      one.setAttribute("role", "columnheader");
      one.append(text);
      return one;
    };
    const hidden = document.createElement("span");
    hidden.className = "visually-hidden";
    hidden.textContent = pad.words["head-remove"];
    const heads = pad.columns.map(({ column }, at) => {
      const one = cell(`pad-head-cell${NUMBERS.includes(column) ? " end" : ""}`, pad.words[`head-${column}`]);
      const grip = document.createElement("span");
      grip.className = "pad-grip";
      grip.addEventListener("pointerdown", (event) => this.drag(event, at));
      one.append(grip);
      return one;
    });
    pad.part("head").replaceChildren(cell("pad-n", "#"), ...heads, cell("pad-x", hidden));
    pad.part("sheet").setAttribute("aria-colcount", String(pad.columns.length + 2));
    this.measure();
  }

  measure() {
    const sheet = this.pad.part("sheet");
    sheet.style.setProperty("--pad-columns", template(this.pad.columns));
    sheet.style.setProperty("--pad-width", `${wholeWidth(this.pad.columns)}px`);
  }

  drag(event, at) {
    event.preventDefault();
    event.stopPropagation();
    const start = event.target.parentElement.offsetWidth;
    const move = (moved) => {
      const width = Math.round(Math.min(WIDEST, Math.max(NARROWEST, start + moved.clientX - event.clientX)));
      this.pad.columns = this.pad.columns.map((one, n) => (n === at ? { ...one, width } : one));
      this.measure();
    };
    const end = () => {
      document.removeEventListener("pointermove", move);
      document.removeEventListener("pointerup", end);
      this.keep();
    };
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", end);
  }

  set(columns) {
    this.pad.columns = columns;
    this.heading();
    this.pad.editor.field.remove();
    this.pad.selection.hold();
    this.pad.grid.forget();
  }

  // ---- keeping

  keep() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write({}), WAIT);
  }

  async write(more) {
    const columns = this.pad.columns.map(({ column, width }) => ({ column: column.toUpperCase(), width: Math.round(width) }));
    const input = { ...(this.now ? { id: this.now.id } : { name: this.pad.words.myLayout }), columns, ...more };
    return this.answered("KeepLayout", { input }, "padLayoutWrite");
  }

  async answered(operation, variables, field) {
    const data = await this.pad.post(operation, variables).catch(() => null);
    const said = data?.[field];
    if (!said || said.errors.length) {
      this.pad.toast(said?.errors[0]?.message ?? this.pad.words.layoutFailed, "danger");
      return false;
    }
    if (said.layout) {
      this.now = said.layout;
      this.all = [said.layout, ...this.all.filter((one) => one.id !== said.layout.id)];
    }
    if (this.dialog.open) this.draw();
    return true;
  }

  // ---- the dialog

  open() {
    this.dialog.showModal();
    this.draw();
  }

  draw() {
    const choice = this.part("choice");
    choice.replaceChildren();
    if (!this.now) choice.add(new Option(this.pad.words.standardLayout, "", true, true));
    for (const one of this.all) choice.add(new Option(one.isOwn ? one.name : `${one.name} (${one.owner.displayName})`, one.id, false, one.id === this.now?.id));
    this.part("shared").checked = Boolean(this.now?.shared);
    this.part("delete").disabled = !this.now;
    const shown = this.pad.columns.map((one) => one.column);
    const rest = DEFAULT.filter((one) => !shown.includes(one.column));
    this.part("columns").replaceChildren(...[...this.pad.columns, ...rest].map((one, at) => this.line(one.column, at, shown)));
  }

  line(column, at, shown) {
    const there = shown.includes(column);
    const line = document.createElement("li");
    line.className = "pad-layout-line";
    const label = document.createElement("label");
    label.className = "form-check m-0";
    const box = document.createElement("input");
    Object.assign(box, { type: "checkbox", className: "form-check-input", checked: there, disabled: FIXED.includes(column) });
    box.dataset.padColumn = column;
    label.append(box, this.pad.words[`head-${column}`]);
    line.append(label);
    for (const [sign, word, step] of [["↑", "up", -1], ["↓", "down", 1]]) {
      const one = document.createElement("button");
      Object.assign(one, { type: "button", className: "btn btn-icon btn-ghost-secondary", textContent: sign });
      one.disabled = !there || !shown[at + step];
      one.setAttribute("aria-label", `${this.pad.words[word]}: ${this.pad.words[`head-${column}`]}`);
      Object.assign(one.dataset, { move: String(step), padColumn: column });
      line.append(one);
    }
    return line;
  }

  change(event) {
    const column = event.target.dataset.padColumn;
    if (column) {
      const { columns } = this.pad;
      const added = DEFAULT.find((one) => one.column === column);
      this.set(event.target.checked ? [...columns, added] : columns.filter((one) => one.column !== column));
      this.draw();
      this.keep();
    } else if (event.target === this.part("shared")) this.write({ shared: event.target.checked });
    else if (event.target === this.part("choice")) this.use(event.target.value);
  }

  async use(id) {
    if (!id || !(await this.answered("UseLayout", { id }, "padLayoutUse"))) return;
    this.set(columnsOf(this.now));
    this.draw();
  }

  async click(event) {
    const one = event.target.closest("button");
    if (one?.dataset.move) {
      const columns = [...this.pad.columns];
      const at = columns.findIndex(({ column }) => column === one.dataset.padColumn);
      columns.splice(at + Number(one.dataset.move), 0, ...columns.splice(at, 1));
      this.set(columns);
      this.draw();
      this.dialog.querySelector(`[data-move="${one.dataset.move}"][data-pad-column="${one.dataset.padColumn}"]`)?.focus();
      this.keep();
    } else if (one && one === this.part("save")) this.saveAs();
    else if (one && one === this.part("delete")) this.remove();
  }

  async saveAs() {
    const field = this.part("name");
    const name = field.value.trim();
    if (!name) return field.focus();
    clearTimeout(this.timer);
    const before = this.now;
    this.now = null;
    if (await this.write({ name })) field.value = "";
    else this.now = before;
  }

  async remove() {
    const gone = this.now;
    clearTimeout(this.timer);
    if (!gone || !(await this.answered("DeleteLayout", { id: gone.id }, "padLayoutDelete"))) return;
    this.all = this.all.filter((one) => one !== gone && one.id !== gone.id);
    this.now = this.all.find((one) => one.isOwn) ?? null;
    this.set(this.now ? columnsOf(this.now) : DEFAULT);
    this.draw();
  }
}

const columnsOf = (layout) => layout.columns.map(({ column, width }) => ({ column: column.toLowerCase(), width }));
