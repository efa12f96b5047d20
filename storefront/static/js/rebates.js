// The tier table of a rebate policy tells overlaps and holes as one types; whom and what it is for are picked one by one.

const number = (text) => (text.trim() === "" ? null : Number(text.replaceAll(",", "")));
const rows = (table) => [...table.querySelectorAll("tbody tr[data-tier]")];
const field = (row, name) => row.querySelector(`[data-name="${name}"]`);

// Bands of all tables are one list, each with the number of its table.
const rename = (table) => {
  let place = 0;
  [...table.closest("form").querySelectorAll("[data-tiers]")].forEach((each, number) => {
    for (const row of rows(each)) {
      field(row, "line").value = number + 1;
      for (const one of row.querySelectorAll("[data-name]")) one.name = `input.tiers.${place}.${one.dataset.name}`;
      place += 1;
    }
  });
};

const say = (row, text) => {
  const said = row.querySelector("[data-said]");
  said.textContent = text;
  said.hidden = !text;
  for (const one of row.querySelectorAll("input")) one.classList.toggle("is-invalid", Boolean(text));
};

const check = (table) => {
  const bands = rows(table)
    .map((row) => ({ row, lower: number(field(row, "lower").value), upper: number(field(row, "upper").value) }))
    .filter((band) => band.lower !== null);
  for (const row of rows(table)) say(row, "");
  bands.sort((one, other) => one.lower - other.lower);
  bands.forEach((band, place) => {
    const next = bands[place + 1];
    if (Number.isNaN(band.lower) || Number.isNaN(band.upper)) say(band.row, table.dataset.number);
    else if (band.upper !== null && band.upper <= band.lower) say(band.row, table.dataset.empty);
    else if (next && (band.upper === null || band.upper > next.lower)) say(band.row, table.dataset.overlap);
    else if (next && band.upper < next.lower) say(band.row, table.dataset.gap);
    else if (!next && band.upper !== null) say(band.row, table.dataset.open);
  });
};

const added = (table) => {
  const row = table.querySelector("template").content.firstElementChild.cloneNode(true);
  const last = rows(table).at(-1);
  table.querySelector("tbody").append(row);
  if (last) {
    field(row, "lower").value = field(last, "upper").value;
    field(row, "reward").value = field(last, "reward").value;
  }
  rename(table);
  field(row, field(row, "lower").value ? "value" : "lower").focus();
};

document.addEventListener("input", (event) => {
  const table = event.target.closest("[data-tiers]");
  if (!table) return;
  const row = event.target.closest("[data-tier]");
  if (event.target.dataset.name === "upper") {
    const next = rows(table)[rows(table).indexOf(row) + 1];
    // The next band begins where this one ends, unless somebody has said otherwise.
    if (next && (field(next, "lower").value === "" || field(next, "lower").value === event.target.dataset.was)) {
      field(next, "lower").value = event.target.value;
    }
    event.target.dataset.was = event.target.value;
  }
  check(table);
});
// What was typed before this module had come.
document.querySelectorAll("[data-tiers]").forEach(check);
document.addEventListener("focusin", (event) => {
  if (event.target.dataset?.name === "upper") event.target.dataset.was = event.target.value;
});

// ---- tables: each with fields named by its place

const sections = (form) => [...form.querySelectorAll("[data-table]")];

const renameTables = (form) => {
  const all = sections(form);
  all.forEach((section, place) => {
    for (const one of section.querySelectorAll("[name^='input.lines.']")) {
      one.name = one.name.replace(/^input\.lines\.\w+\./, `input.lines.${place}.`);
    }
    section.querySelector("[data-table-drop]").hidden = all.length === 1;
  });
  rename(form.querySelector("[data-tiers]"));
  form.dispatchEvent(new Event("input", { bubbles: true }));
};

const addTable = (form) => {
  const blank = form.querySelector("[data-table-blank]");
  const made = blank.content.firstElementChild.cloneNode(true);
  const mark = `t${Date.now()}`;
  for (const one of made.querySelectorAll("[id], [for], [aria-describedby]")) {
    for (const name of ["id", "for", "aria-describedby"]) {
      if (one.hasAttribute(name)) one.setAttribute(name, one.getAttribute(name).replace("new", mark));
    }
  }
  blank.before(made);
  renameTables(form);
  made.querySelector("select").focus();
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-table-add], [data-table-drop]");
  if (!button) return;
  const form = button.closest("form");
  if (button.matches("[data-table-add]")) addTable(form);
  else {
    button.closest("[data-table]").remove();
    renameTables(form);
  }
});

// ---- picks: chips with hidden fields, named by their place

const renamePicks = (box) =>
  [...box.querySelectorAll("[data-pick]")].forEach((pick, place) => {
    for (const one of pick.querySelectorAll("[data-name]")) one.name = `${box.dataset.picks}.${place}.${one.dataset.name}`;
  });

const hidden = (name, value) => {
  const input = document.createElement("input");
  input.type = "hidden";
  input.dataset.name = name;
  input.value = value;
  return input;
};

const pick = (box, kind, id, words) => {
  if (!id) return;
  const same = [...box.querySelectorAll("[data-pick]")].some((one) => one.querySelector(`[data-name="${kind}"]`)?.value === id);
  if (same) return;
  const excludes = box.querySelector("[data-pick-excludes]")?.value === "true";
  const chip = box.querySelector("template").content.firstElementChild.cloneNode(true);
  chip.querySelector("[data-words]").textContent = words;
  chip.querySelector("[data-out]").hidden = !excludes;
  if (kind !== "everyone") chip.append(hidden(kind, id));
  chip.append(hidden("excludes", String(excludes)));
  box.querySelector("[data-picked]").append(chip);
  renamePicks(box);
  box.dispatchEvent(new Event("input", { bubbles: true }));
};

document.addEventListener("change", (event) => {
  const box = event.target.closest("[data-picks]");
  if (!box) return;
  if (event.target.matches("[data-pick-add]") && event.target.value) {
    const [kind, id] = event.target.value.split("|");
    pick(box, kind, id, event.target.selectedOptions[0].textContent.trim());
    event.target.value = "";
  } else if (event.target.matches("[data-combo-value]") && event.target.value) {
    const combo = event.target.closest(".combo").querySelector("[role=combobox]");
    pick(box, event.target.closest("[data-pick-kind]").dataset.pickKind, event.target.value, combo.value);
    event.target.value = "";
    combo.value = "";
    combo.dataset.words = "";
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const table = button.closest(".rebate-tiers")?.querySelector("[data-tiers]");
  if (table && button.matches("[data-tier-add]")) added(table);
  if (table && button.matches("[data-tier-drop]")) {
    button.closest("[data-tier]").remove();
    rename(table);
    check(table);
    table.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const box = button.closest("[data-picks]");
  if (box && button.matches("[data-pick-drop]")) {
    button.closest("[data-pick]").remove();
    renamePicks(box);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
