// The quick-order pad: a sheet in which an order is typed, pasted or scanned. Lines are what was typed; the server reads
// them all together, so that tiers over the whole order show, and its answer is drawn beside them. Nothing is changed
// without the user: quantities off their step are offered.

import { quantity } from "./numbers.js";
import { list } from "./pad/completion.js";
import { Edited } from "./pad/edits.js";
import { Editor } from "./pad/editor.js";
import { Grid } from "./pad/grid.js";
import { listen } from "./pad/keys.js";
import { Layouts } from "./pad/layouts.js";
import { Lines, isEmpty } from "./pad/lines.js";
import { HINTS_AT_ONCE, Priced, typedLine } from "./pad/prices.js";
import { Scanner } from "./pad/scan.js";
import { Place } from "./pad/place.js";
import { Selection } from "./pad/selection.js";
import { Sender } from "./pad/sender.js";
import { Server } from "./pad/server.js";
import { Sources } from "./pad/sources.js";
import { erase, read, write } from "./pad/store.js";

class Pad extends Edited(Priced(Object)) {
  constructor(root) {
    super();
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
  const address = new URL(location.href);
  for (const [name, kind] of [["order", "Order"], ["list", "List"], ["cart", "Cart"]]) {
    const source = address.searchParams.get(name);
    if (!source) continue;
    address.searchParams.delete(name); // read once, not again with every visit
    history.replaceState(history.state, "", address);
    await pad.sources.read(kind, source);
  }
  root.dataset.ready = "";
  if (matchMedia("(pointer: fine)").matches) pad.editor.focus();
  if (navigator.onLine) keepPage().catch(() => {});
};
document.addEventListener("htmx:afterSettle", start);
start();
