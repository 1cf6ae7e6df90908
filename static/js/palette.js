// The palette: the shortcuts as a dialog with the actions available now; typing filters it, Enter runs the first.
import { ACTIONS } from "./actions.js";
import { all, byId, root, translate } from "./dom.js";

const dialog = () => /** @type {HTMLDialogElement} */ (byId("keysdialog"));

/** Open it. */
export async function openPalette() {
  if (dialog().open) return;
  if (!dialog().firstChild && !(await fill())) return;
  for (const line of all("[data-list]", dialog())) line.remove();
  for (const link of all("#sidelists a")) {
    const line = document.createElement("li");
    line.dataset.list = "";
    line.append(link.cloneNode(true));
    dialog().querySelector("ul")?.append(line);
  }
  const field = /** @type {HTMLInputElement} */ (dialog().querySelector("input"));
  field.value = "";
  for (const line of all("li", dialog())) {
    line.toggleAttribute("data-off", !isAvailable(line));
    [line.hidden, line.tabIndex] = [false, "list" in line.dataset ? -1 : 0];
  }
  dialog().showModal();
}

/** Load the list from the page of shortcuts. @returns {Promise<boolean>} whether it succeeded */
async function fill() {
  const answer = await fetch(`${root}keys`).catch(() => null);
  const page = new DOMParser().parseFromString((await answer?.text()) ?? "", "text/html");
  const list = page.getElementById("keys");
  const field = document.createElement("input");
  field.type = "search";
  field.setAttribute("aria-label", translate("filter"));
  field.dataset.filter = "#keysdialog li";
  if (list) dialog().append(field, document.adoptNode(list));
  return Boolean(list);
}

/** @param {HTMLElement} line @returns {string} */
const keyOf = (line) => line.querySelector("kbd")?.textContent ?? "";

/** @param {HTMLElement} line @returns {boolean} whether its action is available now */
const isAvailable = (line) => "list" in line.dataset || Boolean(ACTIONS[line.dataset.action ?? ""]?.can(keyOf(line)));

/** @param {HTMLElement | null | undefined} line */
function run(line) {
  if (!line) return;
  dialog().close();
  const link = line.querySelector("a");
  if (link) location.assign(link.href);
  else ACTIONS[line.dataset.action ?? ""]?.run(keyOf(line));
}

/** Handle a key in the dialog. @param {KeyboardEvent} event */
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
