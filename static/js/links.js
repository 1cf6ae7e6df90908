// Asks the links of a mail and shows each answer as it comes; without a script the page itself is sent that slowly.
import { announce, byId, elementsOf } from "./dom.js";

/** @param {HTMLAnchorElement} link @param {HTMLElement} list */
async function askLinks(link, list) {
  link.setAttribute("aria-disabled", "true");
  const answer = await fetch(link.dataset.links ?? "");
  if (!answer.ok || !answer.body) return location.assign(link.href);
  list.replaceChildren();
  const section = byId("answered");
  if (section) section.hidden = false;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const lines = (rest + piece.value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) list.append(...elementsOf(line));
  }
  link.remove();
  announce(`${list.childElementCount}`);
}

/** Start. */
export function startLinks() {
  document.addEventListener("click", (event) => {
    const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (event.target).closest("[data-links]"));
    const list = byId("answers");
    if (!link || !list || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    if (!link.ariaDisabled) void askLinks(link, list);
  });
}
