// Link results, shown as they arrive; without a script the page itself streams them.
import { announce, byId, elementsOf } from "./dom.js";

/** @param {HTMLAnchorElement} link @param {HTMLElement} list */
async function requestLinks(link, list) {
  link.setAttribute("aria-disabled", "true");
  const answer = await fetch(link.dataset.links ?? "");
  if (!answer.ok || !answer.body) return location.assign(link.href);
  list.replaceChildren();
  const section = byId("link-section");
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
    const list = byId("link-results");
    if (!link || !list || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    if (!link.ariaDisabled) void requestLinks(link, list);
  });
}
