// What leaves the pad is kept in this device's store until the server has answered: sent exactly once, because every
// sending carries a key under which the server does it once and answers the same ever after. The outbox of the frame
// holds it too, so that it goes out from whichever page is open when the line is back; the pad then asks for the answer
// of then under the same key, and brings back what was refused.

import { outbox } from "../offline.js";
import { all, erase, write } from "./store.js";

const AGAIN = 15_000;

const newKey = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `pad-${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
};

// One tab at a time, where the browser can tell tabs apart; else the key alone keeps it once.
const alone = (work) => (navigator.locks ? navigator.locks.request("pad-send", work) : work());

export class Sender {
  constructor(pad) {
    this.pad = pad;
    this.waiting = [];
    this.timer = setInterval(() => pad.root.isConnected && this.waiting.length && this.flush(), AGAIN);
  }

  end() {
    clearInterval(this.timer);
  }

  async restore() {
    this.waiting = (await all("sends")).filter((send) => send.owner === this.pad.owner).sort((a, b) => a.at - b.at);
    if (this.waiting.length) await this.flush();
  }

  // Null where nothing can be kept and nothing could be sent: then the lines stay in the pad.
  async send(lines, goal) {
    const send = { id: newKey(), owner: this.pad.owner, seller: this.pad.seller, at: Date.now(), goal, lines };
    this.waiting.push(send);
    const kept = await write("sends", send);
    const answer = await this.flush(send.id);
    if (answer) return { answer };
    if (kept) {
      const title = this.pad.say("waiting", lines.length);
      outbox.put({ key: send.id, url: this.pad.server.address, body: this.body(send), title }).catch(() => {});
      return { answer: null };
    }
    this.waiting = this.waiting.filter((one) => one !== send);
    return null;
  }

  body(send) {
    return { do: "SendLines", variables: { seller: send.seller, lines: send.lines } };
  }

  // Send everything that waits, oldest first. The answer of `own` is given back instead of being told.
  async flush(own = "") {
    let answer = null;
    await alone(async () => {
      for (const send of [...this.waiting]) {
        if (!navigator.onLine) break;
        this.pad.state("sending");
        const said = await this.deliver(send);
        if (!said) break;
        this.waiting = this.waiting.filter((one) => one !== send);
        await erase("sends", send.id);
        await outbox.remove(send.id).catch(() => {});
        if (send.id === own) answer = said;
        else this.pad.delivered(send, said);
      }
    });
    this.pad.state();
    return answer;
  }

  async deliver(send) {
    try {
      const data = await this.pad.post("SendLines", this.body(send).variables, send.id);
      return data.cartLinesPaste;
    } catch (error) {
      // What the server refuses for good comes back to be mended; anything else is tried again.
      if (error.refused) return { cart: null, check: null, errors: [{ message: this.pad.words.failed }] };
      return null;
    }
  }
}
