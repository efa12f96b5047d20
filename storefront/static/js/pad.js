// The quick-order pad: a sheet in which an order is typed, pasted or scanned. Lines are what was typed; the server reads
// them all together, so that tiers over the whole order show, and its answer is drawn beside them. Nothing is changed
// without the user: quantities off their step are offered.

import { money, plain, quantity } from "./numbers.js";
import { list } from "./pad/completion.js";
import { Editor } from "./pad/editor.js";
import { Grid } from "./pad/grid.js";
import { listen } from "./pad/keys.js";
import { Layouts } from "./pad/layouts.js";
import { Lines, isEmpty } from "./pad/lines.js";
import { Scanner } from "./pad/scan.js";
import { Place } from "./pad/place.js";
import { Selection } from "./pad/selection.js";
import { Sender } from "./pad/sender.js";
import { Server } from "./pad/server.js";
import { Sources } from "./pad/sources.js";
import { erase, read, write } from "./pad/store.js";

const WAIT = 250; // after the last key, before asking for prices
const WAIT_LONG = 700; // where many lines are asked for together
const MANY = 200;
const HINTS_AT_ONCE = 150;

class Pad {
  constructor(root) {
    this.root = root;
    this.words = Object.fromEntries([...document.querySelectorAll("#pad-words dt")].map((dt) => [dt.textContent, dt.nextElementSibling.textContent]));
    this.units = Object.fromEntries(JSON.parse(document.getElementById("pad-units").textContent).map(({ code, name }) => [code, name]));
    this.server = new Server(root.dataset.post);
    this.checks = new Map(); // by the id of a line: { row, check, merged }
    this.hints = new WeakMap(); // by line: next tier and similar goods
    this.lines = new Lines(() => this.changed());
    this.selection = new Selection(this);
    this.editor = new Editor(this);
    this.layouts = new Layouts(this, JSON.parse(document.getElementById("pad-layouts").textContent));
    this.grid = new Grid(this);
    this.sources = new Sources(this);
    this.scanner = new Scanner(this);
    this.sender = new Sender(this);
    const place = document.getElementById("pad-place");
    this.placing = this.buyer && place ? new Place(this, place) : null;
    this.ready = this.restore();
  }

  // ---- words, parts, places

  part(name) {
    return this.root.querySelector(`[data-pad-${name}]`);
  }

  say(word, n) {
    const one = String(n) === "1" && this.words[`${word}One`];
    return (one || (this.words[word] ?? "")).replace("{n}", typeof n === "number" ? quantity(n) : n);
  }

  toast(text, kind = "success") {
    document.dispatchEvent(new CustomEvent("toast", { detail: { text, kind } }));
  }

  get seller() {
    return this.root.dataset.seller || document.querySelector("[data-pad-seller]").value;
  }

  get buyer() {
    return this.root.dataset.buyer || "";
  }

  get owner() {
    return `${this.root.dataset.user}:${this.root.dataset.organization}:${this.buyer}`;
  }

  get key() {
    return `${this.owner}:${this.seller}`;
  }

  // Who sells, and for whom it is entered where that is somebody else.
  sides() {
    return { seller: this.seller, ...(this.buyer ? { buyer: this.buyer } : {}) };
  }

  post(operation, variables, key) {
    return this.server.post(operation, variables, key);
  }

  send(operation, fields) {
    return this.server.send(operation, fields);
  }

  uomName(code) {
    return this.units[code] ?? code;
  }

  busy(on) {
    if (on) this.root.setAttribute("aria-busy", "true");
    else this.root.removeAttribute("aria-busy");
  }

  // ---- keeping: what is typed survives a reload, with the network or without

  async restore() {
    const draft = await read("drafts", this.key);
    this.lines.rows = [];
    this.checks.clear();
    this.lines.past = [];
    this.lines.become((draft?.lines ?? []).map((line, at) => Object.freeze({ ...line, id: -1 - at })));
    this.lines.past = [];
    this.selection.go(0, this.selection.at("code"), { quiet: true });
    this.grid.forget();
    this.state();
    await this.sender.restore();
    if (this.lines.filled().length) this.ask(0);
  }

  keep() {
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keepNow(), 120);
  }

  async keepNow() {
    clearTimeout(this.keeping);
    const lines = this.lines.rows.filter((row) => !isEmpty(row)).map(({ code, quantity: much, uom }) => ({ code, quantity: much, uom }));
    if (lines.length) await write("drafts", { key: this.key, lines, at: Date.now() });
    else await erase("drafts", this.key);
  }

  // ---- what has changed is drawn, kept and priced

  changed() {
    if (!this.grid) return;
    this.selection.hold();
    this.grid.changed();
    this.keep();
    this.ask();
  }

  settled() {
    if (this.stale) this.ask(0);
    else if (this.found) this.total(this.found);
    this.grid.changed();
  }

  checkOf(row) {
    const known = this.checks.get(row.id);
    if (!known || !row.code.trim()) return null;
    if (known.row.code.trim() !== row.code.trim()) return null;
    // a code that is still being typed is not wrong yet
    const half = known.check?.errorCode === "UNKNOWN_VARIANT" && this.editor.editing && this.editor.row === row;
    return half ? null : known.check;
  }

  isFresh(row) {
    return this.checks.get(row.id)?.row === row;
  }

  noteOf(row, check) {
    if (check?.errorMessage) return check.errorMessage;
    return row.code.trim() && this.checks.get(row.id)?.merged && this.isFresh(row) ? this.words.mergedRow : "";
  }

  ask(delay = this.lines.rows.length > MANY ? WAIT_LONG : WAIT) {
    clearTimeout(this.timer);
    this.stale = true;
    this.timer = setTimeout(() => this.check(), delay);
  }

  async check() {
    clearTimeout(this.timer);
    const rows = this.lines.filled();
    this.asking?.abort();
    if (!rows.length) {
      this.stale = false;
      this.total(null);
      return;
    }
    if (!navigator.onLine) return this.state();
    const asking = (this.asking = new AbortController());
    this.busy(true);
    try {
      const data = await this.server.post("CheckLines", { ...this.sides(), lines: rows.map(typedLine) }, "", asking.signal);
      if (asking !== this.asking) return; // a later question is on its way
      this.stale = false;
      this.answered(rows, data.orderPasteParse);
      this.state();
    } catch (error) {
      if (asking !== this.asking || error.name === "AbortError") return;
      if (error.offline) this.state();
      else this.toast(this.words.failed, "danger");
    } finally {
      if (asking === this.asking) this.busy(false);
    }
  }

  answered(rows, found) {
    const by = new Map(found.lines.map((line) => [line.lineNumber, line]));
    const places = new Map(this.lines.rows.map((row, index) => [row.id, index]));
    const blank = [];
    rows.forEach((row, index) => {
      const check = by.get(index + 1) ?? null;
      const place = places.get(row.id);
      this.checks.set(row.id, { row, check, merged: !check });
      const now = this.lines.rows[place];
      const writes = this.editor.row === now && this.editor.editing;
      if (now === row && check?.variantId && check.quantity && !row.quantity.trim() && !writes) blank.push([place, "quantity", plain(check.quantity)]);
    });
    if (blank.length) {
      const rowsThen = new Map(rows.map((row) => [row.id, row]));
      this.lines.rows = this.lines.with(blank);
      // one that was typed without a quantity was priced for one piece: it still is
      for (const row of this.lines.rows) if (rowsThen.has(row.id) && this.checks.get(row.id)) this.checks.get(row.id).row = row;
      this.keep();
    }
    this.total(found);
    this.grid.changed();
    this.hintSoon();
  }

  total(found) {
    this.found = found;
    const good = found?.goodCount ?? 0;
    const typing = this.editor.editing && this.checks.get(this.editor.row?.id)?.check?.errorCode && !this.checkOf(this.editor.row);
    const bad = (found?.badCount ?? 0) - (typing ? 1 : 0);
    this.part("count").textContent = found ? this.say("lines", good) : this.words.empty;
    this.part("bad").hidden = !bad;
    this.part("bad").textContent = this.say("bad", bad);
    const offered = this.offered().length;
    this.part("snap").hidden = !offered;
    this.part("snap").textContent = this.say("takeAll", offered);
    for (const name of ["net", "tax", "gross"]) this.part(name).textContent = found?.total ? money(found.total[name]) : "—";
    this.buttons();
  }

  buttons() {
    const can = this.lines.filled().length > 0 && (!navigator.onLine || (this.found?.goodCount ?? 0) > 0);
    for (const name of ["checkout", "cart"]) if (this.part(name)) this.part(name).disabled = !can;
  }

  // ---- hints: the next better price, and what an unknown code may have meant; asked for what is in sight

  hintSoon() {
    clearTimeout(this.hinting);
    this.hinting = setTimeout(() => this.hint(), 350);
  }

  async hint() {
    if (!navigator.onLine || this.stale) return;
    const all = this.lines.filled();
    const [first, last] = this.grid.seen();
    const inSight = this.lines.rows.slice(first, last + 1).filter((row) => row.code.trim());
    const rows = (all.length <= HINTS_AT_ONCE ? all : inSight).filter((row) => this.isFresh(row));
    if (!rows.some((row) => !this.hints.has(row))) return;
    const data = await this.post("Hints", { ...this.sides(), lines: rows.map(typedLine) }).catch(() => null);
    if (!data) return;
    const by = new Map(data.orderPasteParse.lines.map((line) => [line.lineNumber, line]));
    rows.forEach((row, index) => this.hints.set(row, by.get(index + 1) ?? null));
    this.grid.draw();
  }

  // ---- what can be done with lines

  offered() {
    return this.lines.rows.filter((row) => this.isFresh(row) && this.checkOf(row)?.snappedQuantity);
  }

  take(row, check) {
    this.put(row, "quantity", plain(check.snappedQuantity));
  }

  takeAll() {
    const at = new Map(this.lines.rows.map((row, index) => [row, index]));
    this.lines.set(this.offered().map((row) => [at.get(row), "quantity", plain(this.checkOf(row).snappedQuantity)]));
    this.ask(0);
  }

  pick(row, code) {
    this.put(row, "code", code);
  }

  toNextTier(row) {
    const tier = this.hints.get(row)?.nextTier;
    const now = Number(this.checkOf(row)?.quantity ?? 0);
    if (tier) this.put(row, "quantity", String(Math.round((now + Number(tier.missing)) * 1e6) / 1e6));
  }

  put(row, field, value) {
    const index = this.lines.rows.findIndex((one) => one.id === row.id);
    if (index < 0) return;
    this.lines.set([[index, field, value]]);
    this.ask(0);
    this.editor.focus();
  }

  nudge(row, by) {
    const step = Number(this.checkOf(row)?.step) || 1;
    const now = Number(row.quantity) || 0;
    const index = this.lines.rows.indexOf(row);
    this.editor.stop();
    this.lines.set([[index, "quantity", String(Math.max(step, Math.round((now + by * step) * 1e6) / 1e6))]]);
  }

  // New lines at a place; `found` where the server has read them already.
  insert(given, index, found = null) {
    const wasEmpty = !this.lines.filled().length;
    this.editor.stop();
    this.lines.insert(index, given);
    const rows = this.lines.filled();
    if (found && wasEmpty) {
      clearTimeout(this.timer);
      this.stale = false;
      this.answered(rows, { ...found, lines: found.lines.map((line, at) => ({ ...line, lineNumber: at + 1 })) });
    } else this.ask(0);
    this.selection.go(Math.min(index + given.length, this.lines.rows.length - 1), this.selection.at("code"));
  }

  // The same code again is one more; anything else is a new line of one. Gives the quantity it has now.
  scan(code) {
    const same = this.lines.rows.findIndex((row) => row.code.trim().toLowerCase() === code.toLowerCase());
    if (same < 0) {
      this.lines.insert(this.lines.rows.length - 1, [{ code, quantity: "1" }]);
      return "1";
    }
    const much = String(Math.round(((Number(this.lines.rows[same].quantity) || 0) + 1) * 1e6) / 1e6);
    this.lines.set([[same, "quantity", much]]);
    return much;
  }

  removeChosen() {
    const { top, bottom } = this.selection.range();
    this.remove(top, bottom);
  }

  remove(from, to = from) {
    this.editor.stop();
    this.lines.remove(from, to);
    this.selection.go(Math.min(from, this.lines.rows.length - 1), this.selection.focus.column);
  }

  openAbove() {
    const { top, bottom } = this.selection.range();
    this.lines.open(top, bottom - top + 1);
    this.selection.go(top, this.selection.at("code"));
  }

  step(way) {
    this.editor.stop();
    this.lines[way]();
    this.selection.go(this.selection.focus.row, this.selection.focus.column);
  }

  scroll(by) {
    const scroller = this.part("scroll");
    if (scroller.scrollHeight > scroller.clientHeight + 1) scroller.scrollTop += by;
    else scrollBy(0, by);
  }

  async complete(search) {
    if (this.buyer) {
      const own = await this.post("CompleteOwn", { search }).catch(() => null);
      return (own?.products.edges ?? []).flatMap(({ node }) => node.variants).slice(0, 8);
    }
    const data = await this.post("Complete", { seller: this.seller, search }).catch(() => null);
    return data?.variantSuggestions ?? [];
  }

  firstWrong() {
    const index = this.lines.rows.findIndex((row) => this.checkOf(row)?.errorCode);
    if (index >= 0) this.selection.go(index, this.selection.at(this.checkOf(this.lines.rows[index]).snappedQuantity ? "quantity" : "code"));
  }

  // ---- on to the cart

  async leave(goal) {
    this.goal = goal;
    if (this.stale && navigator.onLine) await this.check(); // what was typed last counts too
    const bad = navigator.onLine && !this.stale ? (this.found?.badCount ?? 0) : 0;
    if (!this.lines.filled().length || (!this.stale && !this.found?.goodCount)) return;
    if (!bad) return void (await this.go());
    document.querySelector("[data-pad-partly]").textContent = this.say("partly", bad);
    document.getElementById("pad-partly").showModal();
  }

  // Good lines go, or, where nobody can tell them apart now, all; what comes back wrong is put here again.
  async go() {
    const known = navigator.onLine && !this.stale;
    const goes = (row) => row.code.trim() && (!known || !this.checkOf(row)?.errorCode);
    const rows = this.lines.rows.filter(goes);
    if (this.placing) return this.placing.open(rows);
    for (const name of ["checkout", "cart"]) this.part(name).disabled = true;
    const sent = await this.sender.send(rows.map(typedLine), this.goal);
    if (!sent) {
      this.buttons();
      return this.toast(this.words.failed, "danger");
    }
    if (sent.answer && !sent.answer.cart) {
      for (const error of sent.answer.errors) this.toast(error.message, "danger");
      return this.buttons();
    }
    const gone = new Set(rows.map((row) => row.id));
    this.lines.keep((row) => !gone.has(row.id));
    await this.keepNow();
    if (sent.answer) this.follow(sent.answer, this.goal);
    else this.state();
  }

  follow(answer, goal) {
    this.bringBack(answer);
    if (answer.check?.badCount) return;
    location.assign(goal === "checkout" ? `/checkout/${encodeURIComponent(answer.cart.id)}/` : "/carts/");
  }

  bringBack(answer) {
    const wrong = (answer.check?.lines ?? []).filter((line) => line.errorCode);
    if (wrong.length) this.lines.insert(this.lines.rows.length - 1, wrong.map((line) => ({ code: line.code, quantity: line.quantityText, uom: line.uomCode ?? "" })));
  }

  // Something that had waited has arrived.
  delivered(send, answer) {
    if (answer.cart) {
      this.bringBack(answer);
      this.sent = { count: answer.check?.goodCount ?? send.lines.length, cart: answer.cart.id };
      this.toast(this.say("sent", this.sent.count));
      document.body.dispatchEvent(new CustomEvent("cartChanged", { bubbles: true }));
    } else {
      for (const error of answer.errors) this.toast(error.message, "danger");
      this.lines.insert(this.lines.rows.length - 1, answer.check ? [] : send.lines);
    }
    this.state();
  }

  // ---- one word for where the lines are: offline, waiting to send, sending, sent

  state(doing = "") {
    const chip = this.part("state");
    const waiting = this.sender?.waiting.reduce((sum, send) => sum + send.lines.length, 0) ?? 0;
    const kind = doing || (!navigator.onLine ? "offline" : waiting ? "waiting" : this.sent ? "sent" : "");
    chip.dataset.state = kind;
    chip.hidden = !kind;
    const words = { offline: this.words.offline, sending: this.words.sending, waiting: this.say("waiting", waiting), sent: this.sent ? this.say("sent", this.sent.count) : "" };
    this.part("state-text").textContent = kind === "offline" && waiting ? `${words.offline} ${words.waiting}` : (words[kind] ?? "");
    const link = this.part("state-link");
    link.hidden = kind !== "sent";
    if (this.sent) link.href = `/checkout/${encodeURIComponent(this.sent.cart)}/`;
    this.buttons();
  }
}

const typedLine = ({ code, quantity: much, uom }) => ({ code: code.trim(), quantity: much.trim() || "1", ...(uom.trim() ? { uom: uom.trim() } : {}) });

// ---- events, all on `document`, because the body is replaced when one goes from page to page

let pad = null;

list.take = (row, choice) => {
  const index = pad.lines.rows.findIndex((one) => one.id === row.id);
  const field = choice.uom ? "uom" : "code";
  pad.editor.back();
  pad.lines.set([[index, field, choice.sku]]);
  pad.selection.go(index, pad.selection.at(field === "code" ? "quantity" : "uom"));
};

listen(() => pad);

const CLICKS = {
  remove: (target) => pad.remove(target.closest(".pad-row").index),
  step: (target) => pad.nudge(target.closest(".pad-row").row, Number(target.closest("[data-pad-step]").dataset.padStep)),
  add: () => pad.selection.go(pad.lines.rows.length - 1, pad.selection.at("code")),
  open: () => pad.openAbove(),
  undo: () => pad.step("undo"),
  redo: () => pad.step("redo"),
  clear: () => pad.lines.replace([]),
  checkout: () => pad.leave("checkout"),
  cart: () => pad.leave("cart"),
  snap: () => pad.takeAll(),
  bad: () => pad.firstWrong(),
  copyfrom: () => pad.sources.open(),
  scanopen: () => pad.scanner.open(),
  columns: () => pad.layouts.open(),
  go: () => {
    document.getElementById("pad-partly").close();
    pad.go();
  },
  read: () => {
    const field = document.querySelector("[data-pad-text]");
    document.getElementById("paste").close();
    pad.sources.readText(field.value);
    field.value = "";
  },
};

document.addEventListener("click", (event) => {
  if (!pad?.root.isConnected) return;
  for (const [name, act] of Object.entries(CLICKS)) {
    if (event.target.closest?.(`[data-pad-${name}]`)) return void act(event.target);
  }
});

document.addEventListener("change", (event) => {
  if (!pad?.root.isConnected) return;
  if (event.target.matches("[data-pad-file]") && event.target.files.length) {
    pad.sources.readFile(event.target.files[0]);
    event.target.value = "";
  } else if (event.target.matches("[data-pad-seller]")) pad.restore();
});

document.addEventListener(
  "scroll",
  () => {
    if (!pad?.root.isConnected) return;
    list.close();
    pad.grid.soon();
    if (pad.lines.rows.length > HINTS_AT_ONCE) pad.hintSoon();
  },
  { capture: true, passive: true },
);
addEventListener("resize", () => pad?.root.isConnected && pad.grid.soon());
addEventListener("offline", () => pad?.root.isConnected && pad.state());
addEventListener("online", async () => {
  if (!pad?.root.isConnected) return;
  pad.state();
  await pad.sender.flush();
  if (pad.stale) pad.check();
});
addEventListener("pagehide", () => pad?.root.isConnected && pad.keepNow());

// The page itself has to be there without a line, even if it has been open only once.
const keepPage = async () => {
  if (!("serviceWorker" in navigator) || !("caches" in window)) return;
  await navigator.serviceWorker.ready;
  const pages = await caches.open("pages");
  if (!(await pages.match(location.href))) await pages.add(location.href);
};

const start = async () => {
  const root = document.getElementById("pad");
  if (!root || pad?.root === root) return;
  pad?.sender.end();
  pad = new Pad(root);
  await pad.ready;
  root.dataset.ready = "";
  if (matchMedia("(pointer: fine)").matches) pad.editor.focus();
  if (navigator.onLine) keepPage().catch(() => {});
};
document.addEventListener("htmx:afterSettle", start);
start();
