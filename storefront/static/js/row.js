// The fields and cells of one row of the pad; what they show is the pad's business.

export const build = (row) => {
  const cell = (name, ...children) => {
    const one = document.createElement("span");
    one.setAttribute("role", "cell");
    if (name) one.className = name;
    one.append(...children);
    return one;
  };
  const input = (value, mode) => {
    const one = document.createElement("input");
    one.className = "form-control";
    one.value = value;
    one.autocomplete = "off";
    one.spellcheck = false;
    if (mode) one.inputMode = mode;
    return one;
  };
  row.node = document.createElement("div");
  row.node.className = "pad-row";
  row.node.setAttribute("role", "row");
  row.node.row = row;
  row.codeField = input(row.code);
  row.codeField.dataset.field = "code";
  row.codeField.setAttribute("role", "combobox");
  row.codeField.setAttribute("aria-expanded", "false");
  row.codeField.setAttribute("aria-autocomplete", "list");
  row.quantityField = input(row.quantity, "decimal");
  row.quantityField.dataset.field = "quantity";
  row.quantityField.classList.add("text-end", "tabular");
  row.uomCell = cell("pad-uom");
  row.goodsCell = cell("pad-goods");
  row.stockCell = cell("pad-stock");
  row.priceCell = cell("text-end tabular pad-price");
  row.amountCell = cell("text-end tabular pad-amount");
  row.removeButton = document.createElement("button");
  row.removeButton.type = "button";
  row.removeButton.className = "btn btn-icon btn-ghost-secondary";
  row.removeButton.dataset.padRemove = "";
  row.removeButton.tabIndex = -1;
  row.removeButton.textContent = "×";
  row.node.append(cell("pad-n", ""), cell("pad-code", row.codeField), cell("pad-quantity", row.quantityField), row.uomCell, row.goodsCell, row.stockCell, row.priceCell, row.amountCell, cell("pad-x", row.removeButton));
};
