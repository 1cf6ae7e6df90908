// Folds: rows of one group (equal ones, or of a thread) behind the newest. The server draws them; here rows are added
// and removed.
import { all, byId } from "./dom.js";

/** Longest time between two rows of a fold, in milliseconds; the same as on the server. */
const MAX_INTERVAL = 60_000;

/** The fold behind a row. @param {Element} row @returns {HTMLElement | null} */
const foldOf = (row) => (row.nextElementSibling?.matches(".same") ? /** @type {HTMLElement} */ (row.nextElementSibling) : null);

/** The rows in a fold. @param {ParentNode | null} fold */
const inside = (fold) => (fold ? all(".row", fold) : []);

/** Rows that are hidden behind this one. @param {Element} row @returns {HTMLElement[]} */
export const behind = (row) => (foldOf(row)?.querySelector("details:not([open])") ? inside(foldOf(row)) : []);

/** Arrival in milliseconds since 1970. @param {Element | undefined} row */
const arrivedAt = (row) => Date.parse(row?.querySelector("time")?.dateTime ?? "");

/** Whether the older row belongs behind the newer one. @param {HTMLElement} newer @param {HTMLElement} older */
function isSame(newer, older) {
  const last = inside(foldOf(newer)).at(-1) ?? newer;
  return newer.dataset.group === older.dataset.group && arrivedAt(last) - arrivedAt(older) <= MAX_INTERVAL;
}

/** Move new rows, and rows that lost the head of their fold, where the server would draw them. */
export function refold() {
  for (const fold of all("#rows > .same")) {
    const [head, first] = [/** @type {HTMLElement | null} */ (fold.previousElementSibling), inside(fold)[0]];
    if (first && head?.dataset.group !== first.dataset.group) fold.before(first);
  }
  const heads = all("#rows > .row");
  for (let at = heads.length - 2; at >= 0; at--) {
    const [newer, older] = [heads[at], heads[at + 1]];
    if (newer && older && isSame(newer, older)) take(newer, older);
  }
  for (const fold of all("#rows > .same")) {
    const times = fold.querySelector("[data-times]");
    if (times) times.textContent = (times.textContent ?? "").replace(/\d+/, String(inside(fold).length + 1));
    if (!inside(fold).length) fold.remove();
  }
}

/** Fold a row, and the rows behind it, behind a newer one. @param {HTMLElement} newer @param {HTMLElement} older */
function take(newer, older) {
  const drawn = /** @type {HTMLTemplateElement | null} */ (byId("same"))?.content.querySelector(".same")?.cloneNode(true);
  const fold = foldOf(newer) ?? foldOf(older) ?? /** @type {HTMLElement | undefined} */ (drawn);
  if (!fold) return;
  const folded = [...inside(foldOf(newer)), older, ...inside(foldOf(older))];
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  newer.after(fold);
  fold.querySelector("ol")?.replaceChildren(...folded);
  const isSeen = folded.some((row) => row.contains(focused) || row.matches(".current"));
  if (isSeen) fold.querySelector("details")?.setAttribute("open", "");
  focused?.focus({ preventScroll: true });
}

/** Keep folds open in a redrawn list. @param {ParentNode} ours @param {ParentNode} theirs */
export function keepOpen(ours, theirs) {
  const open = new Set(all(".same details[open] .row", ours).map((row) => row.dataset.id));
  for (const fold of all(".same details", theirs)) {
    if (inside(fold).some((row) => open.has(row.dataset.id))) fold.setAttribute("open", "");
  }
}
