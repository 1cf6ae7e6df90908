// The list: ticks with Shift, the bulk bar's count, actions without a new page, and where the focus goes after them.
import { all, byId, focusRow, root, rowOf, rows, say } from "./dom.js";
import { visit } from "./visit.js";

/** The row ticked last, for a range. @type {string} */
let lastTicked = "";

/** @returns {HTMLInputElement[]} */
const boxes = () => /** @type {HTMLInputElement[]} */ (all("#rows input"));

function countTicks() {
  const count = boxes().filter((box) => box.checked).length;
  const words = document.querySelector("[data-ticked]");
  if (words) words.textContent = say("selected", count);
}

/** Tick a row, or all from the last one to it. @param {HTMLElement} row @param {boolean} isRange @param {boolean} isTicked */
export function tick(row, isRange, isTicked) {
  const listed = rows();
  const from = isRange ? listed.findIndex((each) => each.dataset.id === lastTicked) : -1;
  const to = listed.indexOf(row);
  const start = from < 0 ? to : Math.min(from, to);
  for (const each of listed.slice(start, Math.max(from, to) + 1)) {
    const box = /** @type {HTMLInputElement | null} */ (each.querySelector("input"));
    if (box) box.checked = isTicked;
  }
  lastTicked = row.dataset.id ?? "";
  countTicks();
}

/** @param {boolean} isTicked */
export function tickAll(isTicked) {
  for (const box of boxes()) box.checked = isTicked;
  countTicks();
}

/** @returns {boolean} whether any row is ticked */
export const hasTicks = () => boxes().some((box) => box.checked);

/** The row with the focus, or the open one. @returns {HTMLElement | null} */
export function focusedRow() {
  const row = /** @type {HTMLElement | null} */ (document.activeElement?.closest(".row") ?? null);
  return row ?? rowOf(byId("message")?.dataset.id ?? "");
}

/**
 * Send an action for some messages, and put the focus where the reader goes on.
 * @param {string} action "delete", "read" or "unread" @param {string[]} ids
 */
export async function act(action, ids) {
  const form = /** @type {HTMLFormElement | null} */ (byId("bulk"));
  if (!form || !ids.length) return;
  const body = new URLSearchParams({ action });
  for (const name of ["q", "before"]) body.set(name, String(new FormData(form).get(name) ?? ""));
  for (const id of ids) body.append("id", id);
  await send(body, ids, action === "delete");
}

/** @param {URLSearchParams} body @param {string[]} ids @param {boolean} isGone */
async function send(body, ids, isGone) {
  const listed = rows().map((row) => row.dataset.id ?? "");
  const first = Math.max(0, listed.findIndex((id) => ids.includes(id)));
  const open = byId("message")?.dataset.id;
  const onlyList = Boolean(open) && !(ids.includes(open ?? "") || body.get("action") === "delete-all");
  if (!isGone) tickAll(false);
  const isShown = await visit(`${root}actions`, { body, list: true, onlyList, push: !onlyList });
  if (!isShown) return;
  const order = isGone ? [...listed.slice(first), ...listed.slice(0, first).reverse()] : [listed[first] ?? ""];
  const next = order.map(rowOf).find(Boolean);
  if (next) focusRow(next);
  else byId("list-name")?.focus();
}

/** @param {SubmitEvent} event */
function submit(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  // Not form.id: that is the field named "id".
  if (!["bulk", "acts"].includes(form.getAttribute("id") ?? "")) return;
  event.preventDefault();
  const pairs = [...new FormData(form, event.submitter)].map(([name, value]) => [name, String(value)]);
  const body = new URLSearchParams(pairs);
  const action = body.get("action") ?? "";
  void send(body, body.getAll("id"), action.startsWith("delete"));
}

/** Start. */
export function startList() {
  document.addEventListener("submit", submit);
  document.addEventListener("ticks", countTicks);
  document.addEventListener("reset", () => setTimeout(countTicks));
  document.addEventListener("click", (event) => {
    const box = /** @type {HTMLInputElement} */ (event.target);
    const row = /** @type {HTMLElement | null} */ (box.matches?.("#rows input") ? box.closest(".row") : null);
    if (row) tick(row, event.shiftKey, box.checked);
  });
  countTicks();
}
