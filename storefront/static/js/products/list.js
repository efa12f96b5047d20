// From the list of products into their sheet: those that are chosen, or all that the filters leave.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-edit-sheet]");
  if (!button) return;
  const bar = button.closest("form");
  const all = bar.querySelector("[data-all]");
  const address = new URL(button.dataset.editSheet, location.href);
  if (all && !all.disabled) address.search = location.search;
  else for (const box of document.querySelectorAll("tbody [data-row]:checked")) address.searchParams.append("ids", box.value);
  location.assign(address);
});
