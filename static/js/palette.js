// The palette: the table of keys as a dialog that shows what can be done now; typing narrows it, Enter does the first.
import { ACTIONS } from "./actions.js";
import { all, byId, root, say } from "./dom.js";

const dialog = () => /** @type {HTMLDialogElement} */ (byId("keysdialog"));

/** Open it. */
export async function openPalette() {
  if (dialog().open) return;
  if (!dialog().firstChild && !(await fill())) return;
  for (const line of all("[data-place]", dialog())) line.remove();
  for (const link of all("#sidelists a")) {
    const line = document.createElement("li");
    line.dataset.place = "";
    line.append(link.cloneNode(true));
    dialog().querySelector("ul")?.append(line);
  }
  const field = /** @type {HTMLInputElement} */ (dialog().querySelector("input"));
  field.value = "";
  for (const line of all("li", dialog())) {
    line.toggleAttribute("data-off", !isPossible(line));
    [line.hidden, line.tabIndex] = [false, "place" in line.dataset ? -1 : 0];
  }
  dialog().showModal();
}

/** The list from the page of keys. @returns {Promise<boolean>} whether there is one */
async function fill() {
  const answer = await fetch(`${root}keys`).catch(() => null);
  const page = new DOMParser().parseFromString((await answer?.text()) ?? "", "text/html");
  const list = page.getElementById("keys");
  const field = document.createElement("input");
  field.type = "search";
  field.setAttribute("aria-label", say("filter"));
  field.dataset.filter = "#keysdialog li";
  if (list) dialog().append(field, document.adoptNode(list));
  return Boolean(list);
}

/** @param {HTMLElement} line @returns {string} */
const keyOf = (line) => line.querySelector("kbd")?.textContent ?? "";

/** @param {HTMLElement} line @returns {boolean} whether it does something now */
const isPossible = (line) => "place" in line.dataset || Boolean(ACTIONS[line.dataset.does ?? ""]?.can(keyOf(line)));

/** @param {HTMLElement | null | undefined} line */
function run(line) {
  if (!line) return;
  dialog().close();
  const link = line.querySelector("a");
  if (link) location.assign(link.href);
  else ACTIONS[line.dataset.does ?? ""]?.run(keyOf(line));
}

/** A key in the dialog. @param {KeyboardEvent} event */
export function pressedInPalette(event) {
  const lines = all("li", dialog()).filter((line) => !line.hidden && !line.hasAttribute("data-off"));
  const focused = /** @type {HTMLElement | null} */ (document.activeElement?.closest("li") ?? null);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Enter") run(focused ?? lines[0]);
  else if (step) (lines[lines.indexOf(/** @type {HTMLElement} */ (focused)) + step]?.querySelector("a") ?? lines[lines.indexOf(/** @type {HTMLElement} */ (focused)) + step])?.focus();
  else return;
  event.preventDefault();
}

/** Start. */
export function startPalette() {
  dialog().addEventListener("click", (event) => {
    const line = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("li"));
    if (line) event.preventDefault(), run(line);
    else if (event.target === dialog()) dialog().close();
  });
}
