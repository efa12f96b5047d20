// The one field in which everything is typed. It stands in the active cell and always has the focus there, so that the
// first key of any input method begins an edit.

import { EDITABLE } from "./columns.js";
import { list } from "./completion.js";

export class Editor {
  constructor(pad) {
    this.pad = pad;
    this.editing = ""; // "", "typed" (arrows leave the cell) or "opened" (arrows move in the text)
    const field = document.createElement("input");
    field.className = "pad-editor";
    field.autocomplete = "off";
    field.spellcheck = false;
    field.autocapitalize = "off";
    this.field = field;
    this.handle = document.createElement("span");
    this.handle.className = "pad-fill";
    this.handle.dataset.padFill = "";
    field.addEventListener("input", () => this.typed());
    field.addEventListener("blur", () => this.stop());
  }

  get row() {
    return this.pad.lines.rows[this.pad.selection.focus.row];
  }

  get canEdit() {
    return EDITABLE.includes(this.pad.selection.column);
  }

  // Stand in the active cell, as far as it is drawn.
  place() {
    const { focus } = this.pad.selection;
    const cell = this.pad.grid.cell(focus.row, focus.column);
    if (!cell) return;
    if (this.field.parentElement !== cell) {
      const had = document.activeElement === this.field;
      this.stop();
      list.close();
      cell.append(this.field);
      this.name(cell);
      this.show();
      if (had) this.field.focus({ preventScroll: true });
    } else if (!this.editing) this.show();
    const corner = this.pad.part("body").querySelector(".pad-cell.corner");
    if (corner && this.handle.parentElement !== corner) corner.append(this.handle);
  }

  name(cell) {
    const { column } = this.pad.selection;
    const n = this.pad.selection.focus.row + 1;
    const word = EDITABLE.includes(column) ? this.pad.say(column, n) : `${this.pad.words[`head-${column}`]}, ${n}`;
    this.field.setAttribute("aria-label", word);
    this.field.inputMode = column === "quantity" ? "decimal" : "text";
    this.field.readOnly = !EDITABLE.includes(column);
    this.field.dataset.field = column;
    this.field.classList.toggle("end", cell.classList.contains("end"));
    const completes = { role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list" };
    for (const [attribute, value] of Object.entries(completes)) {
      if (column === "code" || column === "uom") this.field.setAttribute(attribute, value);
      else this.field.removeAttribute(attribute);
    }
  }

  show() {
    const text = this.canEdit ? (this.row?.[this.pad.selection.column] ?? "") : (this.field.parentElement?.shown ?? "");
    const shown = this.pad.selection.column === "uom" && !this.editing ? (this.field.parentElement?.shown ?? text) : text;
    if (this.field.value !== shown) this.field.value = shown;
    this.field.classList.toggle("editing", Boolean(this.editing));
    if (document.activeElement === this.field && !this.editing) this.field.select();
  }

  focus() {
    this.place();
    if (document.activeElement !== this.field) this.field.focus({ preventScroll: true });
    if (!this.editing) this.field.select();
  }

  // F2, a double click, or a finger: the text as it is, the cursor at its end.
  open() {
    if (!this.canEdit) return;
    this.before = this.row[this.pad.selection.column];
    this.editing = "opened";
    this.field.value = this.before;
    this.field.classList.add("editing");
    this.field.setSelectionRange(this.before.length, this.before.length);
    if (this.pad.selection.column === "uom") this.units();
  }

  typed() {
    if (!this.canEdit) return;
    const { column, focus } = { column: this.pad.selection.column, focus: this.pad.selection.focus };
    if (!this.editing) {
      this.before = this.row[column];
      this.editing = "typed";
      this.field.classList.add("editing");
    }
    this.pad.lines.type(focus.row, column, this.field.value);
    if (column === "code") list.open(this.field, this.row, (search) => this.pad.complete(search));
    if (column === "uom") this.units();
  }

  units() {
    const check = this.pad.checkOf(this.row);
    const units = (check?.uomCodes ?? []).map((code) => ({ sku: code, fullName: this.pad.uomName(code), uom: code }));
    const typed = this.editing === "typed" ? this.field.value.trim().toLowerCase() : "";
    const fitting = units.filter((one) => !typed || one.sku.toLowerCase().startsWith(typed) || one.fullName.toLowerCase().startsWith(typed));
    if (fitting.length) list.draw(this.field, this.row, fitting);
    else list.close();
  }

  // What was typed stays; the list of completions goes.
  stop() {
    list.close();
    if (!this.editing) return;
    this.editing = "";
    this.pad.lines.typing = null;
    this.pad.settled();
    this.show();
  }

  back() {
    const { column, focus } = { column: this.pad.selection.column, focus: this.pad.selection.focus };
    list.close();
    if (!this.editing) return;
    this.editing = "";
    this.pad.lines.typing = null;
    if (this.row[column] !== this.before) this.pad.lines.amend([[focus.row, column, this.before]]);
    this.show();
    this.field.select();
  }

  // The row it stands in is no longer drawn.
  leave(node) {
    if (node.contains(this.field)) {
      this.stop();
      this.field.remove();
    }
  }
}
