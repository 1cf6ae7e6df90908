// Keyboard shortcuts. Single keys work outside of fields only; the server's table of actions is on the body.
import { ACTIONS } from "./actions.js";
import { openPalette, pressedInPalette } from "./palette.js";

/** The action of each key. @type {Record<string, string>} */
const table = JSON.parse(document.body.dataset.keys ?? "{}");
/** First keys of sequences, such as "g" of "g a". */
const prefixes = new Set(Object.keys(table).filter((key) => key.includes(" ")).map((key) => key.split(" ")[0]));

/** The first key of a sequence, and the moment it was pressed. */
let prefix = "";
let prefixAt = 0;

/** @param {KeyboardEvent} event */
function pressed(event) {
  const target = /** @type {Element} */ (event.target);
  const palette = target.closest("#keysdialog");
  if (palette?.hasAttribute("open")) return pressedInPalette(event);
  if ((event.ctrlKey || event.metaKey) && event.key === "k") return event.preventDefault(), void openPalette();
  if (event.ctrlKey || event.metaKey || event.altKey || "nokeys" in document.documentElement.dataset) return undefined;
  // The focused element of a dialog keeps the focus for a moment after closing.
  const isField = !palette && target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
  if (isField) return event.key === "Escape" ? /** @type {HTMLElement} */ (target).blur() : undefined;
  const sequence = prefix && Date.now() - prefixAt < 1500 ? `${prefix} ${event.key}` : event.key;
  prefix = prefixes.has(event.key) ? event.key : "";
  prefixAt = Date.now();
  // Browsers open the focused link or menu themselves.
  const action = sequence === "Enter" ? "" : table[sequence];
  if (!action) return undefined;
  event.preventDefault();
  return action === "help" ? openPalette() : ACTIONS[action]?.run(sequence);
}

/** Start. */
export function startKeys() {
  document.addEventListener("keydown", pressed);
}
