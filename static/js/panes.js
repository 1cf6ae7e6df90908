// The width of the list and the visibility of the sidebar, stored in the browser.
import { byId } from "./dom.js";

const MIN_WIDTH = 280;
const MAX_WIDTH = 640;

/** @param {string} name @returns {string | null} */
export function kept(name) {
  try {
    return localStorage.getItem(`catcher-${name}`);
  } catch {
    return null;
  }
}

/** @param {string} name @param {string} value */
export function keep(name, value) {
  try {
    localStorage.setItem(`catcher-${name}`, value);
  } catch {
    // Without storage the pages still work.
  }
}

/** @param {number} width */
function setWidth(width) {
  const bounded = Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)));
  document.documentElement.style.setProperty("--list", `${bounded}px`);
  byId("split")?.setAttribute("aria-valuenow", String(bounded));
  keep("list", String(bounded));
}

/** Hide or show the sidebar. */
export function toggleSide() {
  const isHidden = document.body.parentElement?.classList.toggle("noside");
  keep("side", isHidden ? "0" : "1");
}

/** Start. */
export function startPanes() {
  const split = byId("split");
  if (kept("side") === "0") document.documentElement.classList.add("noside");
  if (!split) return;
  const width = Number(kept("list"));
  if (width) setWidth(width);
  split.addEventListener("pointerdown", (event) => {
    split.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  split.addEventListener("pointermove", (event) => {
    const list = byId("list");
    if (list && split.hasPointerCapture(event.pointerId)) setWidth(event.clientX - list.getBoundingClientRect().left);
  });
  split.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -20, ArrowRight: 20 }[event.key];
    const list = byId("list");
    if (!step || !list) return;
    event.preventDefault();
    setWidth(list.offsetWidth + step);
  });
}
