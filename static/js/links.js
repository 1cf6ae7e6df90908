// Asks the links of a mail one by one and shows each answer as it comes; without a script the whole page waits for all.
import { announce, byId } from "./dom.js";

/** @param {{url: string, status: number, reason: string, hops: {status: number, url: string}[], is_skipped: boolean, is_refused: boolean}} answer */
function linkRow(answer) {
  const [line, chip, address] = ["p", "span", "bdi"].map((name) => document.createElement(name));
  const isFine = answer.status > 0 && answer.status < 300;
  chip.className = `chip${isFine || answer.is_skipped ? "" : answer.is_refused || answer.status > 0 ? " warn" : " bad"}`;
  chip.textContent = answer.status ? String(answer.status) : "–";
  address.textContent = answer.hops.length > 1 ? answer.hops.map((hop) => hop.url).join(" → ") : answer.url;
  line.append(chip, " ", address, " ", answer.reason);
  return line;
}

/** @param {HTMLElement} link @param {HTMLElement} box */
async function askLinks(link, box) {
  link.setAttribute("aria-disabled", "true");
  box.hidden = false;
  const answer = await fetch(link.dataset.links ?? "");
  if (!answer.ok || !answer.body) return location.assign(/** @type {HTMLAnchorElement} */ (link).href);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let [rest, count] = ["", 0];
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    const lines = (rest + piece.value).split("\n");
    rest = lines.pop() ?? "";
    box.append(...lines.map((line) => linkRow(JSON.parse(line))));
    count += lines.length;
  }
  link.remove();
  if (!count) box.textContent = "–";
  announce(`${count}`);
}

/** Start. */
export function startLinks() {
  document.addEventListener("click", (event) => {
    const link = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-links]"));
    const box = byId("answers");
    if (!link || !box || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    if (!link.ariaDisabled) void askLinks(link, box);
  });
}
