// What the changes of the sheet would do, for whom, before they are published; and publishing them.

import { quantity } from "../numbers.js";
import { trim } from "./changes.js";

const make = (tag, name, text = "") => {
  const one = document.createElement(tag);
  if (name) one.className = name;
  if (text) one.textContent = text;
  return one;
};

// A time as it is typed, meant in the organization's zone.
export const instant = (text, zone) => {
  if (!text) return null;
  const utc = new Date(`${text}Z`);
  const there = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(utc);
  return new Date(2 * utc - new Date(`${there.replace(" ", "T")}Z`)).toISOString();
};

export class Review {
  constructor(sheet) {
    this.sheet = sheet;
    this.dialog = document.getElementById("review");
    this.least = this.dialog.querySelector("[data-review-least]");
    this.at = this.dialog.querySelector("[data-review-at]");
    this.button = this.dialog.querySelector("[data-review-publish]");
    this.least.addEventListener("change", () => this.ask());
    this.at.addEventListener("change", () => this.ask());
    this.button.addEventListener("click", () => this.publish());
  }

  get sent() {
    return this.sheet.changes.sent(this.sheet.list, instant(this.at.value, this.sheet.zone));
  }

  open() {
    const { sheet } = this;
    if (!sheet.changes.count || this.dialog.open) return;
    const wrong = sheet.changes.wrong(sheet.words);
    if (wrong.length) return sheet.toProblem();
    this.at.value = "";
    this.least.value = "";
    this.dialog.showModal();
    this.ask();
  }

  async ask() {
    const { sheet } = this;
    const { input, cells } = this.sent;
    this.dialog.setAttribute("aria-busy", "true");
    this.button.disabled = true;
    try {
      const answer = await sheet.server.post("Preview", { input, least: this.least.value || null });
      this.show(answer.priceRowsPreview, cells);
    } catch {
      sheet.toast(sheet.words.failed, "danger");
    } finally {
      this.dialog.removeAttribute("aria-busy");
    }
  }

  show(found, cells) {
    const { words } = this.sheet;
    const part = (name) => this.dialog.querySelector(`[data-review-${name}]`);
    for (const name of ["rise", "fall", "new", "ended", "same"]) part(name).textContent = quantity(found[`${name}Count`]);
    const whom = found.partnerCount ? words.whom.replace("{n}", found.partnerCount).replace("{first}", found.firstCount) : words.nobody;
    const names = found.partnerNames.join(words.comma) + (found.partnerCount > found.partnerNames.length ? " …" : "");
    part("whom").textContent = names ? `${whom} ${names}` : whom;
    part("rows").replaceChildren(...found.changes.map((change) => this.line(change, cells[change.index])));
    part("none").hidden = found.changes.length > 0;
    part("table").hidden = !found.changes.length;
    this.sheet.changes.mark(found.problems, cells);
    const problems = part("problems");
    problems.hidden = !found.problems.length;
    problems.replaceChildren(...found.problems.slice(0, 20).map(({ index, message }) => make("li", "", cells[index] ? `${cells[index].sku}: ${message}` : message)));
    this.button.disabled = Boolean(found.problems.length);
  }

  line(change, cell) {
    const { sheet } = this;
    const row = make("tr");
    const goods = make("td");
    goods.append(make("span", "fw-medium", cell.name), make("span", "sku ms-2", cell.sku));
    const percent = change.percent === null ? "" : `${Number(change.percent) > 0 ? "+" : ""}${trim(change.percent).replace("-", "−")} %`;
    const colour = Number(change.percent) > 0 ? "review-up" : "review-down";
    const cells = [goods, make("td", "text-nowrap", `${sheet.tierName(cell.column)} ${cell.uomName}`), make("td", "text-nowrap", cell.column.from ? sheet.since(cell.column.from) : "")];
    cells.push(make("td", "text-end tabular", change.old === null ? "—" : sheet.figure(change.old)));
    cells.push(make("td", "text-end tabular fw-medium", change.new === null ? sheet.words.gone : sheet.figure(change.new)));
    cells.push(make("td", `text-end tabular ${change.percent === null ? "" : colour}`, percent));
    row.append(...cells);
    return row;
  }

  async publish() {
    const { sheet } = this;
    const { input, cells } = this.sent;
    this.button.disabled = true;
    try {
      const { priceRowsWrite: answer } = await sheet.server.post("Publish", { input });
      if (answer.errors.length) {
        sheet.changes.mark(answer.errors, cells);
        sheet.toast(answer.errors[0].message, "danger");
        return;
      }
      this.dialog.close();
      sheet.changes.forget();
      sheet.toast(sheet.words.published.replace("{n}", answer.writtenCount));
      await sheet.reload();
    } catch {
      sheet.toast(sheet.words.failed, "danger");
    } finally {
      this.button.disabled = false;
    }
  }
}
