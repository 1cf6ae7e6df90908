// The keys. Single keys act outside of fields only; what each does stands in the server's table, on the body.
import { ACTIONS } from "./actions.js";
import { openPalette, pressedInPalette } from "./palette.js";

/** What each key does. @type {Record<string, string>} */
const table = JSON.parse(document.body.dataset.keys ?? "{}");
/** The keys that begin a sequence, such as "g" of "g a". */
const prefixes = new Set(Object.keys(table).filter((key) => key.includes(" ")).map((key) => key.split(" ")[0]));

/** The first key of a sequence, and when it was pressed. */
let prefix = "";
let prefixAt = 0;

/** @param {KeyboardEvent} event */
function pressed(event) {
  const target = /** @type {Element} */ (event.target);
  const palette = target.closest("#keysdialog");
  if (palette?.hasAttribute("open")) return pressedInPalette(event);
  if ((event.ctrlKey || event.metaKey) && event.key === "k") return event.preventDefault(), void openPalette();
  if (event.ctrlKey || event.metaKey || event.altKey || "nokeys" in document.documentElement.dataset) return undefined;
  // What had the focus in a dialog keeps it for a moment after that was closed.
  const isField = !palette && target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
  if (isField) return event.key === "Escape" ? /** @type {HTMLElement} */ (target).blur() : undefined;
  const sequence = prefix && Date.now() - prefixAt < 1500 ? `${prefix} ${event.key}` : event.key;
  prefix = prefixes.has(event.key) ? event.key : "";
  prefixAt = Date.now();
  // A browser opens what has the focus by itself, links and menus alike.
  const does = sequence === "Enter" ? "" : table[sequence];
  if (!does) return undefined;
  event.preventDefault();
  return does === "help" ? openPalette() : ACTIONS[does]?.run(sequence);
}

/** Start. */
export function startKeys() {
  document.addEventListener("keydown", pressed);
}
