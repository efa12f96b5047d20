// The manners of catalogue and product: views that are remembered, goods beside each other, suggestions, pictures, panels.

const say = (text, kind = "success", action) => document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind, action } }));
const one = (selector, root = document) => root.querySelector(selector);

// ---- the view is remembered by this browser

document.addEventListener("click", (event) => {
  const view = event.target.closest("[data-view]")?.dataset.view;
  if (view) document.cookie = `catalog-view=${view};path=/;max-age=31536000;samesite=lax${location.protocol === "https:" ? ";secure" : ""}`;
});

// ---- comparing: up to four products, kept while one looks on

const MOST = 4;
const place = () => `compare:${one("[data-tray-org]")?.dataset.trayOrg ?? ""}`;
const chosen = () => {
  try {
    return JSON.parse(localStorage.getItem(place()) || "[]");
  } catch {
    return [];
  }
};
const choose = (goods) => {
  try {
    localStorage.setItem(place(), JSON.stringify(goods));
  } catch {
    // without storage nothing is remembered
  }
  tray();
};
const address = (goods) => `/catalog/compare/?${goods.map(({ id }) => `ids=${encodeURIComponent(id)}`).join("&")}`;

const tray = () => {
  const goods = chosen();
  for (const button of document.querySelectorAll("[data-compare]")) button.setAttribute("aria-pressed", String(goods.some(({ id }) => id === button.dataset.compare)));
  const bar = one("[data-tray]");
  if (!bar) return;
  bar.hidden = !goods.length;
  one("[data-tray-go]", bar).href = address(goods);
  one("[data-tray-goods]", bar).replaceChildren(
    ...goods.map(({ id, name, picture }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "tray-one";
      button.dataset.uncompare = id;
      button.title = name;
      button.setAttribute("aria-label", bar.dataset.remove.replace("{name}", name));
      if (picture) {
        const image = document.createElement("img");
        image.src = picture;
        image.alt = "";
        button.append(image);
      } else button.dataset.letters = name.slice(0, 2); // drawn by the sheet of styles: its name is said already
      return button;
    }),
  );
};

document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-compare]");
  const gone = event.target.closest("[data-uncompare]");
  if (add) {
    const goods = chosen();
    const without = goods.filter(({ id }) => id !== add.dataset.compare);
    if (without.length < goods.length) choose(without);
    else if (goods.length >= MOST) say(one("[data-tray]").dataset.full, "warning");
    else choose([...goods, { id: add.dataset.compare, name: add.dataset.name, picture: add.dataset.pictureUrl }]);
  } else if (gone) {
    choose(chosen().filter(({ id }) => id !== gone.dataset.uncompare));
    if (one("[data-comparison]")) {
      const ids = new URLSearchParams(location.search).getAll("ids").filter((id) => id !== gone.dataset.uncompare);
      location.assign(address(ids.map((id) => ({ id }))));
    }
  } else if (event.target.closest("[data-tray-clear]")) choose([]);
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-differences]")) one("[data-comparison]").classList.toggle("differences", event.target.checked);
});

// ---- suggestions below the field one searches in

let asked = 0;
let timer = 0;
const close = (field) => {
  one(".suggestions", field.parentElement)?.remove();
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
};
const suggest = async (field) => {
  const search = field.value.trim();
  const turn = ++asked;
  if (search.length < 2) return close(field);
  const query = new URLSearchParams({ do: "Suggest", search });
  if (field.dataset.suggest) query.set("seller", field.dataset.suggest);
  const answer = await fetch(`/catalog/?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (turn !== asked || !answer?.ok || document.activeElement !== field) return;
  const found = (await answer.json()).variantSuggestions ?? [];
  close(field);
  if (!found.length) return;
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.getAttribute("aria-label"));
  found.forEach((variant, number) => {
    const item = document.createElement("li");
    item.setAttribute("role", "option");
    item.id = `suggestion-${number}`;
    item.dataset.to = `/catalog/${variant.product.id}/${field.dataset.suggest ? `?seller=${encodeURIComponent(field.dataset.suggest)}` : ""}`;
    if (variant.thumbnail) {
      const image = document.createElement("img");
      image.src = variant.thumbnail;
      image.alt = "";
      item.append(image);
    }
    const words = document.createElement("span");
    const sku = document.createElement("span");
    sku.className = "sku";
    sku.textContent = variant.sku;
    words.append(variant.fullName, sku);
    item.append(words);
    list.append(item);
  });
  field.parentElement.append(list);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-controls", "suggestions");
  field.setAttribute("aria-expanded", "true");
};
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-suggest]")) return;
  clearTimeout(timer);
  timer = setTimeout(() => suggest(event.target), 120);
});
document.addEventListener("focusout", (event) => {
  if (event.target.matches?.("[data-suggest]")) setTimeout(() => close(event.target), 150);
});
document.addEventListener("mousedown", (event) => {
  const item = event.target.closest(".suggestions [data-to]");
  if (item) location.assign(item.dataset.to);
});
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("[data-suggest]")) return;
  const list = one(".suggestions", event.target.parentElement);
  if (!list) return;
  const items = [...list.children];
  const now = items.findIndex((item) => item.ariaSelected === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    items[now]?.removeAttribute("aria-selected");
    const next = items[(now + (event.key === "ArrowDown" ? 1 : items.length - (now < 0 ? 0 : 1)) + items.length) % items.length];
    next.setAttribute("aria-selected", "true");
    event.target.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  } else if (event.key === "Enter" && now >= 0) {
    event.preventDefault();
    location.assign(items[now].dataset.to);
  } else if (event.key === "Escape") {
    event.preventDefault();
    close(event.target);
  }
});

// ---- pictures: a strip, and all of it large

const pictures = () => [...document.querySelectorAll("[data-show]")];
let at = 0;
const show = (number) => {
  const all = pictures();
  if (!all.length) return;
  at = (number + all.length) % all.length;
  const { src, full, alt } = all[at].dataset;
  const picture = one("#picture");
  picture.src = src;
  picture.alt = alt;
  all.forEach((button, place) => (place === at ? button.setAttribute("aria-current", "true") : button.removeAttribute("aria-current")));
  const box = one("#lightbox");
  if (box?.open) enlarge(box, full, alt, all.length);
};
const enlarge = (box, full, alt, count) => {
  const large = one("[data-large]", box);
  large.src = full;
  large.alt = alt;
  one("[data-place]", box).textContent = `${at + 1} / ${count}`;
  one("[data-magnify]", box).classList.remove("magnified");
  for (const turn of box.querySelectorAll("[data-turn]")) turn.hidden = count < 2;
};
document.addEventListener("click", (event) => {
  const small = event.target.closest("[data-show]");
  if (small) show(Number(small.dataset.show));
  const box = one("#lightbox");
  if (event.target.closest("[data-zoom]")) {
    box.showModal();
    show(at);
    one("[data-magnify]", box).focus();
  }
  const turn = event.target.closest("[data-turn]");
  if (turn) show(at + Number(turn.dataset.turn));
  const magnify = event.target.closest("[data-magnify]");
  if (magnify) {
    const bounds = magnify.getBoundingClientRect();
    magnify.classList.toggle("magnified");
    magnify.scrollTo({ left: ((event.clientX - bounds.left) / bounds.width) * (magnify.scrollWidth - bounds.width), top: ((event.clientY - bounds.top) / bounds.height) * (magnify.scrollHeight - bounds.height) });
  }
});
document.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const strip = event.target.closest?.("[data-strip]");
  const box = one("#lightbox[open]");
  if (!step || !(strip || box) || box?.querySelector(".magnified")) return;
  event.preventDefault();
  show(at + step);
  if (strip && !box) pictures()[at].focus();
});

// ---- panels of variants, layers of a matrix, the address to hand on

const open = (variant) => {
  const panels = [...document.querySelectorAll("[data-panel]")];
  if (!panels.some((panel) => panel.dataset.panel === variant)) return;
  for (const panel of panels) panel.hidden = panel.dataset.panel !== variant;
  const choice = one("[data-panel-choice]");
  if (choice) choice.value = variant;
};
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-panel-choice]")) open(event.target.value);
  if (event.target.matches("[data-layer-choice]")) for (const layer of document.querySelectorAll("[data-layer]")) layer.hidden = layer.dataset.layer !== event.target.value;
});
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-qty]")) open(event.target.dataset.qty);
});
document.addEventListener("click", async (event) => {
  const opener = event.target.closest("[data-panel-open]");
  if (opener) open(opener.dataset.panelOpen);
  const share = event.target.closest("[data-share]");
  if (!share) return;
  const url = location.href;
  if (navigator.share && matchMedia("(pointer: coarse)").matches) return navigator.share({ title: share.dataset.title, url }).catch(() => null);
  try {
    await navigator.clipboard.writeText(url);
  } catch {
    const field = document.createElement("input");
    field.value = url;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  say(share.dataset.copied);
});

// ---- typed quantities into a list: a new one, or below the lines of one that is there

document.addEventListener("click", async (event) => {
  if (!event.target.closest("[data-to-list]")) return;
  const { sheet } = one("[data-sheet]");
  const choice = one("[data-list-choice]");
  one("[data-list-problem]").hidden = true;
  one("#to-list").showModal();
  const { savedLists } = await sheet.post("Lists", { seller: sheet.bySeller()[0][0] }).catch(() => ({ savedLists: [] }));
  while (choice.options.length > 1) choice.remove(1);
  for (const list of savedLists) choice.add(new Option(`${list.name} (${list.lineCount})`, list.id));
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-list-choice]")) one("[data-list-new]").hidden = Boolean(event.target.value);
});
document.addEventListener("submit", async (event) => {
  if (!event.target.matches("[data-list-form]")) return;
  event.preventDefault();
  const { sheet } = one("[data-sheet]");
  const [seller, lines] = sheet.bySeller()[0];
  const typed = lines.map(({ variant, quantity, uom }) => ({ variant, quantity, uom }));
  const id = one("[data-list-choice]").value;
  const input = id ? { id, added: typed } : { seller, name: one("[data-list-name]").value, lines: typed };
  const problem = one("[data-list-problem]");
  try {
    const { savedListWrite: answer } = await sheet.post("SaveToList", { input });
    problem.textContent = answer.errors.map(({ message }) => message).join(" ");
    problem.hidden = !answer.errors.length;
    if (answer.errors.length) return;
    one("#to-list").close();
    const { id: made, name } = answer.savedList;
    say(one("[data-saved]").dataset.saved.replace("{name}", name), "success", { label: name, url: `/lists/${made}/` });
  } catch {
    problem.textContent = sheet.words.failed;
    problem.hidden = false;
  }
});

document.addEventListener("htmx:afterSettle", tray);
tray();
