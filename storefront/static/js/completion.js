// Completion of codes: one list for whichever row of the pad is being typed in. `ask(search)` brings variants, `take(row,
// variant)` puts the chosen one in.

export const list = {
  node: null,
  row: null,
  async open(row) {
    const search = row.codeField.value.trim();
    this.row = row;
    clearTimeout(this.timer);
    if (search.length < 2) return this.close();
    this.timer = setTimeout(async () => {
      const found = await this.ask(search);
      if (this.row !== row || row.codeField.value.trim() !== search || document.activeElement !== row.codeField) return;
      if (!found.length || (found.length === 1 && found[0].sku === search)) return this.close();
      this.draw(row, found);
    }, 120);
  },
  draw(row, found) {
    this.close();
    this.row = row;
    this.node = document.createElement("ul");
    this.node.className = "pad-list";
    this.node.id = "pad-list";
    this.node.setAttribute("role", "listbox");
    this.node.setAttribute("aria-label", row.codeField.getAttribute("aria-label"));
    found.forEach((variant, index) => {
      const one = document.createElement("li");
      one.setAttribute("role", "option");
      one.id = `pad-option-${index}`;
      one.variant = variant;
      one.append(words("sku", variant.sku), words("", variant.fullName));
      one.addEventListener("mousedown", (event) => {
        event.preventDefault();
        this.pick(one);
      });
      this.node.append(one);
    });
    row.codeField.parentElement.append(this.node);
    row.codeField.setAttribute("aria-expanded", "true");
    row.codeField.setAttribute("aria-controls", "pad-list");
  },
  move(by) {
    const options = [...this.node.children];
    const now = options.findIndex((one) => one.ariaSelected === "true");
    options[now]?.removeAttribute("aria-selected");
    const next = options[(now + by + options.length) % options.length];
    next.setAttribute("aria-selected", "true");
    next.scrollIntoView({ block: "nearest" });
    this.row.codeField.setAttribute("aria-activedescendant", next.id);
  },
  chosen() {
    return this.node?.querySelector('[aria-selected="true"]');
  },
  pick(option) {
    const { row } = this;
    this.close();
    this.take(row, option.variant);
  },
  close() {
    clearTimeout(this.timer);
    this.node?.remove();
    this.node = null;
    this.row?.codeField.setAttribute("aria-expanded", "false");
    this.row?.codeField.removeAttribute("aria-controls");
    this.row?.codeField.removeAttribute("aria-activedescendant");
  },
};

const words = (name, text) => {
  const one = document.createElement("span");
  one.className = name;
  one.textContent = text;
  return one;
};
