// Entering an order for a dealer: the pad has no cart then, its lines become the order at once.

export class Place {
  constructor(pad, dialog) {
    this.pad = pad;
    this.dialog = dialog;
    this.form = dialog.querySelector("form");
    this.told = dialog.querySelector("[data-pad-place-told]");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  open(rows) {
    this.rows = rows;
    this.key = `pad-${crypto.getRandomValues(new Uint32Array(4)).join("-")}`; // the same for every try of this order
    this.told.textContent = "";
    this.dialog.querySelector("[data-pad-place-total]").textContent = this.pad.part("gross").textContent;
    this.dialog.showModal();
  }

  input() {
    const lines = this.rows.map((row) => this.pad.checkOf(row)).filter((check) => check?.variantId);
    const said = Object.fromEntries([...new FormData(this.form)].filter(([_name, value]) => value));
    return {
      ...said,
      buyer: this.pad.buyer,
      acceptedTotal: this.pad.found.total.gross.amount,
      lines: lines.map(({ variantId, quantity, uomCode }) => ({ variant: variantId, quantity, uom: uomCode })),
    };
  }

  async send() {
    const button = this.form.querySelector("button:not([type=button])");
    button.disabled = true;
    try {
      const { order, errors } = (await this.pad.post("Enter", { input: this.input() }, this.key)).orderEnter;
      if (!order) return void (this.told.textContent = errors.map((error) => error.message).join(" "));
      const gone = new Set(this.rows.map((row) => row.id));
      this.pad.lines.keep((row) => !gone.has(row.id));
      await this.pad.keepNow();
      location.assign(`/orders/${encodeURIComponent(order.id)}/`);
    } catch {
      this.told.textContent = this.pad.words.failed;
    } finally {
      button.disabled = false;
    }
  }
}
