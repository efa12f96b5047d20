// Rows of a promotion that are added, dropped and numbered as one types: tiers, components, gifts, bearers.

const rows = (set) => [...set.querySelectorAll("[data-rowset-rows] > [data-row]")];

// A list without a row is told as such: what is not sent stays as it was.
const tellEmpty = (set, name, any) => {
  let empty = set.querySelector(":scope > [data-empty]");
  if (any) empty?.remove();
  else if (!empty) {
    empty = document.createElement("input");
    empty.type = "hidden";
    empty.dataset.empty = "";
    empty.name = name;
    set.append(empty);
  }
};

const rename = (set) => {
  const all = rows(set);
  all.forEach((row, place) => {
    for (const one of row.querySelectorAll("[data-name]")) one.name = `${set.dataset.rowset}.${place}.${one.dataset.name}`;
  });
  tellEmpty(set, set.dataset.rowset, all.length > 0);
};

const changed = (set) => {
  rename(set);
  set.dispatchEvent(new Event("input", { bubbles: true }));
};

const add = (set, kind, id, words) => {
  const row = set.querySelector(":scope > template").content.firstElementChild.cloneNode(true);
  if (kind) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.dataset.name = kind;
    input.value = id;
    row.querySelector("[data-words]").textContent = words;
    row.querySelector("[data-words]").after(input);
  }
  set.querySelector("[data-rowset-rows]").append(row);
  changed(set);
  row.querySelector("input:not([type=hidden])")?.focus();
};

document.addEventListener("change", (event) => {
  const set = event.target.closest("[data-rowset]");
  if (!set) return;
  if (event.target.matches("[data-row-pick]") && event.target.value) {
    const [kind, id] = event.target.value.split("|");
    add(set, kind, id, event.target.selectedOptions[0].textContent.trim());
    event.target.value = "";
  } else if (event.target.matches("[data-combo-value]") && event.target.value) {
    const combo = event.target.closest(".combo").querySelector("[role=combobox]");
    add(set, event.target.closest("[data-row-kind]").dataset.rowKind, event.target.value, combo.value);
    event.target.value = "";
    combo.value = "";
    combo.dataset.words = "";
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const set = button?.closest("[data-rowset]");
  if (!set) return;
  if (button.matches("[data-row-add]")) add(set);
  if (button.matches("[data-row-drop]")) {
    button.closest("[data-row]").remove();
    changed(set);
  }
});

document.addEventListener("input", (event) => {
  const box = event.target.closest?.("[data-picks]");
  if (box) tellEmpty(box, box.dataset.picks, Boolean(box.querySelector("[data-pick]")));
});
