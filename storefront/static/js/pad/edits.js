// What can be done with lines, by whatever means.

import { plain } from "../numbers.js";

export const Edited = (Base) =>
  class extends Base {
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
  };
