// What has changed is drawn, kept and priced; the server's answer is put beside the lines it was asked about.

import { money, plain } from "../numbers.js";

const WAIT = 250; // after the last key, before asking for prices
const WAIT_LONG = 700; // where many lines are asked for together
const MANY = 200;
export const HINTS_AT_ONCE = 150;

export const typedLine = ({ code, quantity: much, uom }) => ({ code: code.trim(), quantity: much.trim() || "1", ...(uom.trim() ? { uom: uom.trim() } : {}) });

export const Priced = (Base) =>
  class extends Base {
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
      const asked = this.lines.rows;
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
        this.stale = this.lines.rows !== asked; // what was typed meanwhile is asked about next
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
      const discount = found?.offer?.discount;
      this.part("discounted").hidden = !Number(discount?.amount ?? 0);
      if (discount) this.part("discount").textContent = `−${money(discount)}`;
      const near = found?.offer?.hints?.[0];
      this.part("near").hidden = !near;
      this.part("near").textContent = near ? `${near.label} · ${near.message}` : "";
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
  };
