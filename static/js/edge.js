// The right edge of the preview: dragged, moved by arrow keys, or set in a number field. The width is in the address.
import { all, byId } from "./dom.js";

const frame = () => /** @type {HTMLIFrameElement | null} */ (byId("mail"));
const field = () => /** @type {HTMLInputElement | null} */ (byId("width"));

/** Show the message at a width. @param {number} wanted */
function showAt(wanted) {
  const [mail, number] = [frame(), field()];
  if (!mail || !number || !wanted) return;
  const width = Math.round(Math.min(Number(number.max), Math.max(Number(number.min), wanted)));
  mail.width = String(width + 2);
  number.value = String(width);
  byId("edge")?.setAttribute("aria-valuenow", String(width));
}

/** Write the width into the address of this page and into its links, without loading a page. */
function settle() {
  const width = field()?.value ?? "";
  const here = new URL(location.href);
  here.searchParams.set("w", width);
  history.replaceState(history.state, "", here);
  for (const link of all("[data-width]")) link.removeAttribute("aria-current");
  for (const link of all(".views a, .stepper a, [data-scheme], [data-images], [data-remote], .row .subject")) {
    const anchor = /** @type {HTMLAnchorElement} */ (link);
    const there = new URL(anchor.href);
    there.searchParams.set("w", width);
    anchor.href = there.href;
  }
  document.dispatchEvent(new CustomEvent("page", { detail: {} }));
}

/** @param {PointerEvent} event */
function grab(event) {
  const edge = /** @type {HTMLElement} */ (event.target);
  const mail = frame();
  if (edge.id !== "edge" || !mail) return;
  event.preventDefault();
  const left = mail.getBoundingClientRect().left;
  edge.setPointerCapture(event.pointerId); // otherwise the frame would receive the moves
  mail.classList.add("held");
  edge.onpointermove = (moved) => showAt(moved.clientX - left - 2);
  edge.onlostpointercapture = () => {
    edge.onpointermove = edge.onlostpointercapture = null;
    mail.classList.remove("held");
    settle();
  };
}

/** @param {KeyboardEvent} event */
function step(event) {
  const by = { ArrowLeft: -10, ArrowRight: 10 }[event.key];
  const mail = frame();
  if (/** @type {Element} */ (event.target).id !== "edge" || !by || !mail) return;
  event.preventDefault();
  showAt(mail.getBoundingClientRect().width - 2 + by);
  settle();
}

/** Start. */
export function startEdge() {
  const ready = () => {
    const edge = byId("edge");
    if (edge) edge.hidden = false;
  };
  ready();
  document.addEventListener("page", ready);
  document.addEventListener("pointerdown", grab);
  document.addEventListener("keydown", step);
  document.addEventListener("change", (event) => {
    if (event.target !== field()) return;
    showAt(Number(field()?.value));
    settle();
  });
  document.addEventListener("submit", (event) => {
    if (/** @type {Element} */ (event.target).id !== "widthform") return;
    event.preventDefault();
    showAt(Number(field()?.value));
    settle();
  });
}
