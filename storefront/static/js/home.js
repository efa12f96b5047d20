// Adding by SKU: the field asks the seller that is chosen, and is empty again for the next one.

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-quick-seller]")) return;
  const field = event.target.form.querySelector("[role=combobox][data-source]");
  field.dataset.source = `?do=Complete&seller=${encodeURIComponent(event.target.value)}`;
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("[data-quick-add]");
  if (!form || !event.detail.successful) return;
  const told = JSON.parse(event.detail.xhr.getResponseHeader("HX-Trigger") ?? "{}");
  if (told.toast?.kind === "danger") return;
  const field = form.querySelector("[role=combobox]");
  form.querySelector("[data-combo-value]").value = "";
  field.value = "";
  field.dataset.words = "";
  form.querySelector("#quick-quantity").value = "1";
  field.focus();
});
