// Numbers that take longer than a page may: how much the checks found, and what saved searches find. Asked for afterwards.
import { all, byId, elementsOf, root } from "./dom.js";

const STAYS = 400;
const REST = 6000;
/** @type {number | undefined} */
let timer;
/** When saved searches were counted last, in milliseconds. */
let countedAt = -REST;
/** @type {number | undefined} */
let counting;

/** @param {HTMLElement} tab @param {string} id */
async function askChecks(tab, id) {
  const answer = await fetch(`${root}view/${id}/findings`).catch(() => null);
  if (!answer?.ok || !tab.isConnected) return;
  delete tab.dataset.uncounted;
  tab.append(...elementsOf(await answer.text(), "div"));
}

/** Once the reader stays with a message; who steps through many asks for none. */
function arrive() {
  clearTimeout(timer);
  const tab = /** @type {HTMLElement | null} */ (document.querySelector("[data-uncounted]"));
  const id = byId("message")?.dataset.id;
  if (tab && id) timer = setTimeout(() => void askChecks(tab, id), STAYS);
}

async function countSaved() {
  counting = undefined;
  countedAt = performance.now();
  const answer = await fetch(`${root}saved/numbers`).catch(() => null);
  if (!answer?.ok) return;
  const numbers = await answer.json();
  for (const place of all("[data-saved]")) place.textContent = String(numbers[place.dataset.number ?? ""] ?? "");
}

/** Count what saved searches find, soon but not often. */
export function recountSaved() {
  if (document.hidden || !document.querySelector("[data-saved]")) return;
  counting ??= setTimeout(() => void countSaved(), Math.max(STAYS, countedAt + REST - performance.now()));
}

/** Start. */
export function startLate() {
  arrive();
  recountSaved();
  document.addEventListener("page", arrive);
  document.addEventListener("page", recountSaved);
}
