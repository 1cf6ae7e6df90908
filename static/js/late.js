// Counts that take too long for a page: findings of the checks, results of saved searches. Requested afterwards.
import { all, byId, elementsOf, root } from "./dom.js";

const DELAY = 400;
const MIN_INTERVAL = 6000;
/** @type {number | undefined} */
let timer;
/** Moment of the last count of saved searches, in milliseconds. */
let countedAt = -MIN_INTERVAL;
/** @type {number | undefined} */
let counting;

/** @param {HTMLElement} tab @param {string} id */
async function requestFindings(tab, id) {
  const answer = await fetch(`${root}view/${id}/findings`).catch(() => null);
  if (!answer?.ok || !tab.isConnected) return;
  delete tab.dataset.uncounted;
  tab.append(...elementsOf(await answer.text(), "div"));
}

/** Request the findings once the reader stays with a message, not while stepping through many. */
function arrive() {
  clearTimeout(timer);
  const tab = /** @type {HTMLElement | null} */ (document.querySelector("[data-uncounted]"));
  const id = byId("message")?.dataset.id;
  if (tab && id) timer = setTimeout(() => void requestFindings(tab, id), DELAY);
}

async function countSaved() {
  counting = undefined;
  countedAt = performance.now();
  const answer = await fetch(`${root}saved/numbers`).catch(() => null);
  if (!answer?.ok) return;
  const numbers = await answer.json();
  for (const label of all("[data-saved]")) label.textContent = String(numbers[label.dataset.number ?? ""] ?? "");
}

/** Update the counts of saved searches, soon but not often. */
export function recountSaved() {
  if (document.hidden || !document.querySelector("[data-saved]")) return;
  counting ??= setTimeout(() => void countSaved(), Math.max(DELAY, countedAt + MIN_INTERVAL - performance.now()));
}

/** Start. */
export function startLate() {
  arrive();
  recountSaved();
  document.addEventListener("page", arrive);
  document.addEventListener("page", recountSaved);
}
