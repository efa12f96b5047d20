// Completion under the field of the active cell: goods for a code, units for a unit.

const WAIT = 120;

export const list = {
  node: null,
  take: null,
  open(field, row, ask) {
    const search = field.value.trim();
    clearTimeout(this.timer);
    if (search.length < 2) return this.close();
    this.timer = setTimeout(async () => {
      const found = await ask(search);
      if (field.value.trim() !== search || document.activeElement !== field || !field.isConnected) return;
      if (!found.length || (found.length === 1 && found[0].sku === search)) return this.close();
      this.draw(field, row, found);
    }, WAIT);
  },
  draw(field, row, found) {
    this.close();
    this.field = field;
    this.row = row;
    this.node = document.createElement("ul");
    this.node.className = "pad-list";
    this.node.id = "pad-list";
    this.node.setAttribute("role", "listbox");
    this.node.setAttribute("aria-label", field.getAttribute("aria-label"));
    found.forEach((one, index) => this.node.append(this.option(one, index)));
    document.getElementById("pad").append(this.node);
    this.place();
    field.setAttribute("aria-expanded", "true");
    field.setAttribute("aria-controls", "pad-list");
  },
  option(one, index) {
    const node = document.createElement("li");
    node.setAttribute("role", "option");
    node.id = `pad-option-${index}`;
    node.choice = one;
    const code = document.createElement("span");
    code.className = "sku";
    code.textContent = one.sku;
    const name = document.createElement("span");
    name.textContent = one.fullName;
    node.append(code, name);
    node.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.pick(node);
    });
    return node;
  },
  // Beside the field, but in the pad itself: the sheet would cut it off.
  place() {
    const field = this.field.getBoundingClientRect();
    const whole = document.getElementById("pad").getBoundingClientRect();
    const below = innerHeight - field.bottom;
    const up = below < 220 && field.top > below;
    this.node.style.left = `${Math.max(0, field.left - whole.left)}px`;
    this.node.style[up ? "bottom" : "top"] = `${up ? whole.bottom - field.top + 2 : field.bottom - whole.top + 2}px`;
    this.node.style.minWidth = `${field.width}px`;
  },
  move(by) {
    const options = [...this.node.children];
    const now = options.indexOf(this.chosen());
    options[now]?.removeAttribute("aria-selected");
    const next = options[now < 0 && by < 0 ? options.length - 1 : (now + by + options.length) % options.length];
    next.setAttribute("aria-selected", "true");
    next.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", next.id);
  },
  chosen() {
    return this.node?.querySelector('[aria-selected="true"]') ?? null;
  },
  pick(option) {
    const { row } = this;
    this.close();
    this.take(row, option.choice);
  },
  close() {
    clearTimeout(this.timer);
    this.node?.remove();
    this.node = null;
    if (this.field?.hasAttribute("aria-expanded")) this.field.setAttribute("aria-expanded", "false");
    this.field?.removeAttribute("aria-controls");
    this.field?.removeAttribute("aria-activedescendant");
  },
};
