// Everything that stands on every page.
import "./overlay.js";
import "./keys.js";
import "./frame.js";
import "./table.js";
import "./form.js";
import "./palette.js";
import "./offline.js";
import "./pwa.js";
import "./bell.js";
