// Lines from elsewhere: a past order, a saved list, another cart, a file.

import { plain } from "../numbers.js";

const make = (tag, name, text = "") => {
  const one = document.createElement(tag);
  one.className = name;
  one.textContent = text;
  return one;
};

export class Sources {
  constructor(pad) {
    this.pad = pad;
    this.dialog = document.getElementById("pad-copy");
    this.field = this.dialog.querySelector("[data-pad-find]");
    this.found = this.dialog.querySelector("[data-pad-found]");
    this.field.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.find(), 200);
    });
    this.dialog.addEventListener("click", (event) => {
      const one = event.target.closest("[data-pad-from]");
      if (!one) return;
      this.dialog.close();
      this.read(one.dataset.padFrom, one.value);
    });
  }

  open() {
    this.dialog.showModal();
    this.field.value = "";
    this.field.focus();
    this.find();
  }

  async find() {
    const search = this.field.value.trim();
    const data = await this.pad.post("Sources", { seller: this.pad.seller, search }).catch(() => null);
    if (search !== this.field.value.trim()) return;
    this.found.replaceChildren();
    if (!data) return void this.found.append(make("p", "text-secondary m-0", this.pad.words.failed));
    const fits = (name) => !search || name.toLowerCase().includes(search.toLowerCase());
    const orders = data.orders.edges.map(({ node }) => ({
      id: node.id,
      name: node.number,
      more: [node.placedAt?.slice(0, 10), node.statusLabel, node.buyerReference].filter(Boolean).join(" · "),
      count: node.lineCount,
    }));
    const lists = data.savedLists.filter((one) => fits(one.name)).map((one) => ({ id: one.id, name: one.name, more: "", count: one.lineCount }));
    const carts = data.carts
      .filter((one) => one.seller.id === this.pad.seller && fits(one.seller.name))
      .map((one) => ({ id: one.id, name: one.name || one.seller.name, more: "", count: one.lineCount }));
    this.group(this.pad.words.pastOrders, "Order", orders);
    this.group(this.pad.words.savedLists, "List", lists);
    this.group(this.pad.words.carts, "Cart", carts);
    if (!this.found.children.length) this.found.append(make("p", "text-secondary m-0", this.pad.words.nothing));
  }

  group(title, kind, rows) {
    if (!rows.length) return;
    this.found.append(make("h3", "pad-found-title", title));
    for (const { id, name, more, count } of rows) {
      const one = make("button", "dropdown-item pad-found");
      one.type = "button";
      one.value = id;
      one.dataset.padFrom = kind;
      one.append(make("span", "pad-found-name", name), make("span", "text-secondary", more), make("span", "ms-auto text-secondary", this.pad.say("lines", count)));
      this.found.append(one);
    }
  }

  read(kind, id) {
    return this.take(() => this.pad.post(`Read${kind}`, { ...this.pad.sides(), id }), true);
  }

  readFile(file) {
    return this.take(() => this.pad.send("ReadFile", { ...this.pad.sides(), file }));
  }

  readText(text) {
    return this.take(() => this.pad.post("ReadText", { ...this.pad.sides(), text }));
  }

  // What was found goes to the end of the sheet. Where nothing was there before, it is priced already.
  async take(ask, wasSold = false) {
    const { pad } = this;
    pad.busy(true);
    try {
      const found = (await ask()).orderPasteParse;
      for (const error of found.errors) pad.toast(error.message, "danger");
      const lines = found.lines.map((line) => ({
        code: line.sku ?? line.code,
        quantity: line.quantity ? plain(line.quantity) : line.quantityText,
        uom: line.uomCode ?? "",
      }));
      if (!lines.length) return;
      pad.insert(lines, pad.lines.rows.length - 1, found);
      const gone = !wasSold ? 0 : found.lines.filter((line) => ["UNKNOWN_VARIANT", "NOT_IN_ASSORTMENT"].includes(line.errorCode)).length;
      const told = [pad.say("read", lines.length)];
      if (found.mergedCount) told.push(pad.say("merged", found.mergedCount));
      if (gone) told.push(pad.say("gone", gone));
      pad.toast(told.join(" "), gone ? "warning" : "success");
    } catch {
      pad.toast(pad.words.failed, "danger");
    } finally {
      pad.busy(false);
    }
  }
}
