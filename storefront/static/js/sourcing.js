// The quote sheet by keyboard, like the order pad: Enter and arrows move between lines, a pasted column or block fills
// the cells below and beside.

const cells = (row) => [...row.querySelectorAll("input:not([type=hidden]), select")];
const rows = (sheet) => [...sheet.querySelectorAll("[data-row]")];

const placeOf = (field) => {
  const row = field.closest("[data-row]");
  const all = rows(row.closest("[data-sheet]"));
  return { all, line: all.indexOf(row), column: cells(row).indexOf(field) };
};

const go = (field, step) => {
  const { all, line, column } = placeOf(field);
  const next = all[line + step];
  if (!next) return false;
  const to = cells(next)[column];
  to.focus();
  if (to.select) to.select();
  return true;
};

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!field.closest?.("[data-sheet] [data-row]") || event.isComposing) return;
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if (event.key === "Enter" && plain) {
    // Sending is never an accident of the Enter key.
    event.preventDefault();
    go(field, event.shiftKey ? -1 : 1);
  } else if (field.tagName === "INPUT" && field.type === "text" && plain && !event.shiftKey) {
    if (event.key === "ArrowDown" && go(field, 1)) event.preventDefault();
    if (event.key === "ArrowUp" && go(field, -1)) event.preventDefault();
  }
});

document.addEventListener("paste", (event) => {
  const field = event.target;
  if (!field.closest?.("[data-sheet] [data-row]")) return;
  const text = event.clipboardData.getData("text").replace(/\r?\n$/, "");
  if (!/[\t\n]/.test(text)) return;
  event.preventDefault();
  const { all, line, column } = placeOf(field);
  text.split(/\r?\n/).forEach((given, down) => {
    const row = all[line + down];
    if (!row) return;
    given.split("\t").forEach((value, across) => {
      const cell = cells(row)[column + across];
      if (!cell) return;
      cell.value = value.trim();
      cell.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
});
