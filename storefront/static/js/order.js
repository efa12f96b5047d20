// The page of an order: its lines, its talk, its files, and the ways to hand it on.

import { begin as files } from "./order/files.js";
import { begin as lines } from "./order/lines.js";
import { begin as share } from "./order/share.js";
import { begin as talk } from "./order/talk.js";

if (!window.orderHeard) {
  window.orderHeard = true; // a boosted visit runs this file once more
  for (const part of [lines, talk, files, share]) part();
}
