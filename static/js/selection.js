// What is ticked: on this page of the list and on those before it, with Shift for a range; and the bulk bar's count.
import { all, byId, rowOf, rows, say } from "./dom.js";
import { behind } from "./folds.js";

/** Ids that are ticked, on other pages of this list too. @type {Set<string>} */
const chosen = new Set();
/** The list that they are of. */
let about = "";
/** The row ticked last, for a range. */
let lastTicked = "";

/** @returns {HTMLInputElement[]} */
const boxes = () => /** @type {HTMLInputElement[]} */ (all("#rows input[name=id]"));

/** The box that says that all of the list is meant. @returns {HTMLInputElement | null} */
const scope = () => document.querySelector("[data-scope]");

/** @returns {string[]} the ids that are ticked */
export const chosenIds = () => [...chosen];

/** @returns {boolean} whether any row is ticked */
export const hasTicks = () => chosen.size > 0;

/** @returns {boolean} whether all of the list is meant, on whatever page */
export const isAllChosen = () => Boolean(scope()?.checked);

function showCount() {
  const words = document.querySelector("[data-ticked]");
  const count = isAllChosen() ? Number(byId("list")?.dataset.total) : chosen.size;
  if (words) words.textContent = say("selected", count);
  byId("bulk")?.classList.toggle("has-ticks", hasTicks());
}

/** @param {HTMLInputElement} box @param {boolean} isTicked */
function set(box, isTicked) {
  box.checked = isTicked;
  if (isTicked) chosen.add(box.value);
  else chosen.delete(box.value);
}

/**
 * Tick a row, or all from the last one to it; what is folded away behind one goes with it.
 * @param {HTMLElement} row @param {boolean} isRange @param {boolean} isTicked
 */
export function tick(row, isRange, isTicked) {
  const listed = rows();
  const from = isRange ? listed.findIndex((each) => each.dataset.id === lastTicked) : -1;
  const to = listed.indexOf(row);
  const start = from < 0 ? to : Math.min(from, to);
  for (const each of listed.slice(start, Math.max(from, to) + 1)) {
    for (const one of [each, ...behind(each)]) {
      const box = /** @type {HTMLInputElement | null} */ (one.querySelector("input[name=id]"));
      if (box) set(box, isTicked);
    }
  }
  lastTicked = row.dataset.id ?? "";
  showCount();
}

/** Tick all rows of the page, or none of any page. @param {boolean} isTicked */
export function tickAll(isTicked) {
  if (!isTicked) chosen.clear();
  for (const box of boxes()) set(box, isTicked);
  const all = scope();
  if (all && !isTicked) all.checked = false;
  showCount();
}

/** Messages that are gone are not ticked any more. @param {string[]} ids */
export function forget(ids) {
  for (const id of ids) chosen.delete(id);
  showCount();
}

/** What the form of the list says, ticks of other pages included. @param {HTMLElement | null} [button] @returns {URLSearchParams} */
export function formOfList(button = null) {
  const form = /** @type {HTMLFormElement} */ (byId("bulk"));
  const body = new URLSearchParams([...new FormData(form, button)].map(([name, value]) => [name, String(value)]));
  for (const id of chosen) if (!rowOf(id)) body.append("id", id);
  return body;
}

/** Let the browser itself send the form, with the ticks of other pages. @param {boolean} isOn */
export function carryTicks(isOn) {
  for (const old of all("[data-carried]")) old.remove();
  if (!isOn) return;
  for (const id of chosen) {
    if (rowOf(id)) continue;
    const field = document.createElement("input");
    [field.type, field.name, field.value, field.dataset.carried] = ["hidden", "id", id, ""];
    byId("bulk")?.append(field);
  }
}

/** Tick again what was ticked, in a list that was drawn anew; another list starts without. */
function redraw() {
  const list = byId("list")?.dataset;
  const now = `${list?.inbox}\n${list?.query}`;
  if (now !== about) chosen.clear();
  about = now;
  for (const box of boxes()) box.checked = chosen.has(box.value);
  showCount();
}

/** Start. */
export function startSelection() {
  for (const box of boxes()) if (box.checked) chosen.add(box.value); // a browser keeps them over a reload
  about = `${byId("list")?.dataset.inbox}\n${byId("list")?.dataset.query}`;
  document.addEventListener("page", redraw);
  document.addEventListener("reset", (event) => {
    if (/** @type {HTMLElement} */ (event.target).getAttribute("id") === "bulk") setTimeout(() => tickAll(false));
  });
  document.addEventListener("click", (event) => {
    const box = /** @type {HTMLInputElement} */ (event.target);
    const row = /** @type {HTMLElement | null} */ (box.matches?.("#rows input[name=id]") ? box.closest(".row") : null);
    if (row) tick(row, event.shiftKey, box.checked);
    else if (box.matches?.("[data-scope]")) showCount();
  });
  showCount();
}
