// The tree of categories: a branch is moved by its handle or by its arrows, and the server says what stands now.

import { toast } from "../overlay.js";
import { Server } from "../pad/server.js";

const STEP = 24; // sideways pixels a level
const list = () => document.querySelector("[data-branches]");
const branches = () => [...(list()?.querySelectorAll("[data-branch]") ?? [])];
const levelOf = (node) => Number(node.dataset.level);

// A branch with all that stands below it.
const withBelow = (node) => {
  const all = branches();
  const from = all.indexOf(node);
  let to = from + 1;
  while (to < all.length && levelOf(all[to]) > levelOf(node)) to++;
  return all.slice(from, to);
};
const beside = (node) => branches().filter((one) => one.dataset.parent === node.dataset.parent);

const place = async (node, parent, before, again = "") => {
  const id = node.dataset.branch;
  const answer = await new Server(location.pathname).post("Place", { id, parent: parent || null, before: before || null }).catch(() => null);
  const errors = answer ? answer.categoryPlace.errors : [{ message: document.getElementById("toasts").dataset.failed }];
  if (errors.length) toast(errors.map((one) => one.message).join(" "), "danger");
  await window.htmx.ajax("GET", `${location.pathname}?part=tree`, { target: "#categories", swap: "innerHTML" });
  const now = document.querySelector(`[data-branch="${CSS.escape(id)}"]`);
  now?.scrollIntoView({ block: "nearest" });
  if (again) now?.querySelector(`[data-move="${again}"]`)?.focus();
  if (!errors.length) toast(list().dataset.labelMoved);
};

// ---- by arrows

const MOVES = {
  up(node) {
    const family = beside(node);
    const at = family.indexOf(node);
    return at > 0 ? [node.dataset.parent, family[at - 1].dataset.branch] : null;
  },
  down(node) {
    const family = beside(node);
    const at = family.indexOf(node);
    return at < family.length - 1 ? [node.dataset.parent, family[at + 2]?.dataset.branch] : null;
  },
  out(node) {
    const parent = branches().find((one) => one.dataset.branch === node.dataset.parent);
    if (!parent) return null;
    const family = beside(parent);
    return [parent.dataset.parent, family[family.indexOf(parent) + 1]?.dataset.branch];
  },
  in(node) {
    const family = beside(node);
    const at = family.indexOf(node);
    return at > 0 ? [family[at - 1].dataset.branch, null] : null;
  },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  const node = button.closest("[data-branch]");
  const goal = MOVES[button.dataset.move](node);
  if (goal) place(node, ...goal, button.dataset.move);
});

// ---- by hand: up and down chooses the gap, sideways the level

const goalAt = (moving, x, y, startX) => {
  const others = branches().filter((one) => !moving.includes(one));
  let after = -1;
  others.forEach((one, at) => {
    const { top, height } = one.getBoundingClientRect();
    if (y > top + height / 2) after = at;
  });
  const above = others[after];
  const next = others[after + 1];
  const most = above ? levelOf(above) + 1 : 0;
  const least = next ? levelOf(next) : 0;
  const wanted = levelOf(moving[0]) + Math.round((x - startX) / STEP);
  const level = Math.max(Math.min(wanted, most), Math.min(least, most));
  let parent = null;
  for (let at = after; at >= 0 && !parent; at--) if (levelOf(others[at]) < level) parent = others[at];
  let before = null;
  for (const one of others.slice(after + 1)) {
    if (levelOf(one) < level) break;
    if (levelOf(one) === level) {
      before = one;
      break;
    }
  }
  return { above, level, parent: parent?.dataset.branch ?? null, before: before?.dataset.branch ?? null };
};

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest("[data-grip]");
  if (!grip || event.button !== 0) return;
  event.preventDefault();
  const node = grip.closest("[data-branch]");
  const moving = withBelow(node);
  const line = document.createElement("li");
  line.className = "twig-line";
  line.setAttribute("aria-hidden", "true");
  let goal = null;
  for (const one of moving) one.classList.add("moving");
  const move = (moved) => {
    goal = goalAt(moving, moved.clientX, moved.clientY, event.clientX);
    line.className = `twig-line depth-${goal.level}`;
    if (goal.above) goal.above.after(line);
    else list().prepend(line);
  };
  const end = () => {
    document.removeEventListener("pointermove", move);
    document.removeEventListener("pointerup", end);
    document.removeEventListener("keydown", stop, true);
    line.remove();
    for (const one of moving) one.classList.remove("moving");
    if (goal && (goal.parent !== (node.dataset.parent || null) || goal.before !== nextOf(node))) place(node, goal.parent, goal.before);
  };
  const stop = (pressed) => {
    if (pressed.key !== "Escape") return;
    goal = null;
    end();
  };
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", end);
  document.addEventListener("keydown", stop, true);
});
const nextOf = (node) => {
  const family = beside(node);
  return family[family.indexOf(node) + 1]?.dataset.branch ?? null;
};

// ---- a new attribute: what can be chosen is asked for where there is something to choose

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-kind]")) return;
  event.target.closest("form").querySelector("[data-choices]").hidden = event.target.value !== "CHOICE";
});
// a choice needs a code; the English word, else the Chinese one, is good enough
document.addEventListener("input", (event) => {
  const row = event.target.closest(".choice-row");
  const code = row?.querySelector("[data-choice-code]");
  if (!code || event.target === code) {
    if (code) code.dataset.own = "";
    return;
  }
  if ("own" in code.dataset && code.value) return;
  const [, chinese, english] = row.querySelectorAll("input");
  code.value = (english.value || chinese.value).trim().toLowerCase().replace(/\s+/g, "-").slice(0, 60);
});
