// The number of findings at the tab of the checks: asked for once the reader stays with a message that has none yet.
import { byId, elementsOf, root } from "./dom.js";

const STAYS = 400;
/** @type {number | undefined} */
let timer;

/** @param {HTMLElement} tab @param {string} id */
async function ask(tab, id) {
  const answer = await fetch(`${root}view/${id}/findings`).catch(() => null);
  if (!answer?.ok || !tab.isConnected) return;
  delete tab.dataset.uncounted;
  tab.append(...elementsOf(await answer.text(), "div"));
}

function arrive() {
  clearTimeout(timer);
  const tab = /** @type {HTMLElement | null} */ (document.querySelector("[data-uncounted]"));
  const id = byId("message")?.dataset.id;
  if (tab && id) timer = setTimeout(() => void ask(tab, id), STAYS);
}

/** Start. */
export function startFindings() {
  arrive();
  document.addEventListener("page", arrive);
}
