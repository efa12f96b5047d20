// Rows that are dragged: onto another in a tree (`data-tree`), between others in a list (`data-arrange`). The server
// checks and draws the page again; the row keeps the focus.

const KEPT = "tree-focus";
let dragged = null;

const rowOf = (event) => event.target.closest?.(".node[draggable=true]");
const rows = (node) => [...node.parentElement.querySelectorAll(":scope > .node")];
const clear = () => {
  for (const one of document.querySelectorAll(".node.over, .node-root.over")) one.classList.remove("over");
};
const below = (node) => {
  const all = rows(node);
  const from = all.indexOf(node);
  const end = all.findIndex((one, at) => at > from && Number(one.dataset.level) <= Number(node.dataset.level));
  return all.slice(from, end < 0 ? all.length : end);
};

const move = (node, parent) => {
  const form = document.getElementById("tree-move");
  if (!form || node.dataset.parent === parent || below(node).some((one) => one.dataset.node === parent)) return;
  form.elements.id.value = node.dataset.node;
  form.elements.parent.value = parent;
  sessionStorage.setItem(KEPT, node.dataset.node);
  form.requestSubmit();
};

const arrange = (node, place) => {
  const form = document.getElementById("arrange");
  const ids = rows(node).map((one) => one.dataset.node);
  const from = ids.indexOf(node.dataset.node);
  if (!form || place < 0 || place >= ids.length || place === from) return;
  ids.splice(place, 0, ids.splice(from, 1)[0]);
  form.querySelectorAll("[name=ids]").forEach((field, at) => {
    field.value = ids[at];
  });
  sessionStorage.setItem(KEPT, node.dataset.node);
  form.requestSubmit();
};

document.addEventListener("dragstart", (event) => {
  const node = rowOf(event);
  if (!node) return;
  dragged = node;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", node.dataset.node);
  // once the browser has taken its picture of the row
  setTimeout(() => {
    node.classList.add("dragged");
    node.closest(".card").classList.add("is-dragging");
  });
});
document.addEventListener("dragover", (event) => {
  const goal = dragged && event.target.closest?.(".node, [data-tree-root]");
  if (!goal) return;
  clear();
  if (goal === dragged || below(dragged).includes(goal)) return;
  event.preventDefault();
  goal.classList.add("over");
});
document.addEventListener("drop", (event) => {
  const goal = dragged && event.target.closest?.(".node, [data-tree-root]");
  if (!goal) return;
  event.preventDefault();
  if (goal.closest("[data-arrange]")) arrange(dragged, rows(goal).indexOf(goal));
  else move(dragged, goal.dataset.node ?? "");
});
document.addEventListener("dragend", () => {
  clear();
  dragged?.classList.remove("dragged");
  dragged?.closest(".card")?.classList.remove("is-dragging");
  dragged = null;
});

document.addEventListener("keydown", (event) => {
  const node = event.altKey && rowOf(event);
  if (!node) return;
  const all = rows(node);
  const at = all.indexOf(node);
  if (node.closest("[data-arrange]") && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    arrange(node, at + (event.key === "ArrowUp" ? -1 : 1));
  } else if (node.closest("[data-tree]") && event.key === "ArrowRight") {
    event.preventDefault();
    const beside = all.slice(0, at).findLast((one) => Number(one.dataset.level) <= Number(node.dataset.level));
    if (beside && beside.dataset.level === node.dataset.level) move(node, beside.dataset.node);
  } else if (node.closest("[data-tree]") && event.key === "ArrowLeft" && node.dataset.parent) {
    event.preventDefault();
    move(node, all.find((one) => one.dataset.node === node.dataset.parent)?.dataset.parent ?? "");
  }
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-shift]");
  const node = button?.closest(".node");
  if (node) arrange(node, rows(node).indexOf(node) + Number(button.dataset.shift));
});

const focus = () => {
  const kept = sessionStorage.getItem(KEPT);
  const node = kept && document.querySelector(`.node[data-node="${CSS.escape(kept)}"] .node-name`);
  if (!node) return;
  sessionStorage.removeItem(KEPT);
  node.focus();
};
document.addEventListener("htmx:afterSettle", focus);
focus();
