// The preview of a bulletin: what is typed, and where one language is empty the other one, as its readers get it.

document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-bulletin]");
  if (!form) return;
  for (const place of document.querySelectorAll("[data-shows]")) {
    place.textContent = form.elements[place.dataset.shows].value.trim() || form.elements[place.dataset.else].value.trim();
  }
});
