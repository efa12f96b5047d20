// Rows one can choose: `data-rows` on the table, a checkbox per row, a bar that appears with what can be done with them.

const sync = (table) => {
  const boxes = [...table.querySelectorAll("tbody [data-row]:not(:disabled)")];
  const chosen = boxes.filter((box) => box.checked);
  const all = table.querySelector("[data-rows-all]");
  if (all) {
    all.checked = chosen.length > 0 && chosen.length === boxes.length;
    all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
  }
  for (const box of boxes) box.closest("tr").classList.toggle("chosen", box.checked);
  const bar = document.getElementById(table.dataset.rows);
  if (bar) {
    bar.hidden = chosen.length === 0;
    for (const place of bar.querySelectorAll("[data-count]")) place.textContent = String(chosen.length);
  }
};

let last = null;

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-row]");
  const table = event.target.closest("[data-rows]");
  if (!table) return;
  if (event.target.matches("[data-rows-all]")) {
    for (const one of table.querySelectorAll("tbody [data-row]:not(:disabled)")) one.checked = event.target.checked;
  } else if (box && event.shiftKey && last) {
    const boxes = [...table.querySelectorAll("tbody [data-row]:not(:disabled)")];
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    if (from >= 0) for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
  }
  if (box) last = box;
  sync(table);
});
