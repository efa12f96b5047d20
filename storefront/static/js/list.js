// One number, two forms: what is typed as the quantity to order is also what "keep these quantities" would keep.
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-copied]")) event.target.closest("[data-line]").querySelector("[data-copy]").value = event.target.value;
});
