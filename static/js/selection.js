// The selection: on this page of the list and on previous ones, with Shift for a range; and its count.
import { all, byId, rowOf, rows, translate } from "./dom.js";
import { behind } from "./folds.js";

/** Selected ids, on other pages of this list too. @type {Set<string>} */
const chosen = new Set();
/** The list of the selection. */
let selectedList = "";
/** The row selected last, for a range. */
let lastTicked = "";

/** @returns {HTMLInputElement[]} */
const boxes = () => /** @type {HTMLInputElement[]} */ (all("#rows input[name=id]"));

/** The checkbox that selects the whole list. @returns {HTMLInputElement | null} */
const scope = () => document.querySelector("[data-scope]");

/** @returns {string[]} the selected ids */
export const chosenIds = () => [...chosen];

/** @returns {boolean} whether any row is selected */
export const hasTicks = () => chosen.size > 0;

/** @returns {boolean} whether the whole list is selected */
export const isAllChosen = () => Boolean(scope()?.checked);

function showCount() {
  const label = document.querySelector("[data-ticked]");
  const count = isAllChosen() ? Number(byId("list")?.dataset.total) : chosen.size;
  if (label) label.textContent = translate("selected", count);
  byId("bulk")?.classList.toggle("has-ticks", hasTicks());
}

/** @param {HTMLInputElement} box @param {boolean} isTicked */
function set(box, isTicked) {
  box.checked = isTicked;
  if (isTicked) chosen.add(box.value);
  else chosen.delete(box.value);
}

/**
 * Select a row, or all from the last one to it, with the rows folded behind them.
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

/** Select all rows of the page, or clear the whole selection. @param {boolean} isTicked */
export function tickAll(isTicked) {
  if (!isTicked) chosen.clear();
  for (const box of boxes()) set(box, isTicked);
  const all = scope();
  if (all && !isTicked) all.checked = false;
  showCount();
}

/** Remove deleted messages from the selection. @param {string[]} ids */
export function forget(ids) {
  for (const id of ids) chosen.delete(id);
  showCount();
}

/** The form of the list, with the selection of other pages. @param {HTMLElement | null} [button] @returns {URLSearchParams} */
export function formOfList(button = null) {
  const form = /** @type {HTMLFormElement} */ (byId("bulk"));
  const body = new URLSearchParams([...new FormData(form, button)].map(([name, value]) => [name, String(value)]));
  for (const id of chosen) if (!rowOf(id)) body.append("id", id);
  return body;
}

/** Add the selection of other pages to the form, for sending it without a script. @param {boolean} isOn */
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

/** Restore the selection in a redrawn list; another list starts without one. */
function redraw() {
  const list = byId("list")?.dataset;
  const now = `${list?.inbox}\n${list?.query}`;
  if (now !== selectedList) chosen.clear();
  selectedList = now;
  for (const box of boxes()) box.checked = chosen.has(box.value);
  showCount();
}

/** Start. */
export function startSelection() {
  for (const box of boxes()) if (box.checked) chosen.add(box.value); // browsers keep them over a reload
  selectedList = `${byId("list")?.dataset.inbox}\n${byId("list")?.dataset.query}`;
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
