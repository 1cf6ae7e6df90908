// The keys, and the dialog that lists them. Single keys act outside of fields only; each has a control that does the same.
import { markOrCompare } from "./compare.js";
import { all, byId, focusRow, root, rows, say } from "./dom.js";
import { act, focusedRow, targets, undo } from "./list.js";
import { showHeld, toggleFollow } from "./live.js";
import { hasTicks, tick, tickAll } from "./selection.js";
import { toggleSide } from "./panes.js";
import { visit } from "./visit.js";

/** The first key of a sequence such as "g a", and when it was pressed. */
let prefix = "";
let prefixAt = 0;

/** @param {string} selector */
function press(selector) {
  const element = /** @type {HTMLElement | null} */ (document.querySelector(selector));
  element?.click();
}

/** Move the focus in the list; it stays at the ends. @param {number} step */
function move(step) {
  const listed = rows();
  const row = focusedRow();
  const at = row ? listed.indexOf(row) : step > 0 ? -1 : listed.length;
  focusRow(listed[Math.min(listed.length - 1, Math.max(0, at + step))]);
}

/** Choose the next of a group of links. @param {string} selector @param {number} step */
function cycle(selector, step) {
  const links = all(selector);
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  links[(at + step + links.length) % links.length]?.click();
}

function back() {
  if (hasTicks()) return tickAll(false);
  const id = byId("message")?.dataset.id;
  const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector("[data-back]"));
  if (!id || !link) return undefined;
  return void visit(link.href).then(() => focusRow(byId(`r-${id}`)));
}

async function archive() {
  const ids = targets();
  const next = rows().find((row) => row.classList.contains("unread") && !ids.includes(row.dataset.id ?? ""));
  if (rows().some((row) => ids.includes(row.dataset.id ?? "") && row.classList.contains("unread"))) await act("read", ids);
  const link = /** @type {HTMLAnchorElement | null} */ (next && byId(next.id)?.querySelector(".subject"));
  link?.click();
}

function toggleRead() {
  const ids = targets();
  const isUnread = rows().some((row) => ids.includes(row.dataset.id ?? "") && row.classList.contains("unread"));
  void act(isUnread ? "read" : "unread", ids);
}

/** @param {boolean} isRange */
function tickFocused(isRange) {
  const row = focusedRow();
  if (row) tick(row, isRange, isRange || !row.querySelector("input[name=id]:checked"));
}

/** @param {string} path */
const go = (path) => () => location.assign(root + path);

/** @type {Record<string, () => unknown>} */
const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  o: () => /** @type {HTMLElement | null} */ (focusedRow()?.querySelector(".subject"))?.click(),
  J: () => press("[data-older-message]"),
  K: () => press("[data-newer]"),
  u: back,
  Escape: back,
  x: () => tickFocused(false),
  X: () => tickFocused(true),
  "* a": () => tickAll(true),
  "* n": () => tickAll(false),
  "#": () => act("delete"),
  Delete: () => act("delete"),
  z: undo,
  e: archive,
  m: toggleRead,
  "/": () => (byId("q")?.focus(), /** @type {HTMLInputElement | null} */ (byId("q"))?.select()),
  w: () => cycle("[data-width]", 1),
  W: () => cycle("[data-width]", -1),
  d: () => cycle("[data-scheme]", 1),
  i: () => press("[data-images]"),
  r: () => press("[data-remote]"),
  c: () => markOrCompare(targets()[0]),
  C: () => press("[data-previous]"),
  y: () => press("[data-code]"),
  Y: () => press("[data-link]"),
  b: () => press("[data-open]"),
  f: toggleFollow,
  n: () => showHeld(true),
  "g a": go(""),
  "g u": go("?q=is:unread"),
  "g s": go("setup"),
  "[": toggleSide,
  "?": () => void openDialog(),
};
for (let number = 1; number <= 8; number++) {
  ACTIONS[String(number)] = () => press(`.views > :nth-child(${number})[href]`);
}

/** The list of keys as a dialog: typing narrows it, Enter or a click does what the line says. */
async function openDialog() {
  const dialog = /** @type {HTMLDialogElement | null} */ (byId("keysdialog"));
  if (!dialog || dialog.open) return;
  if (!dialog.firstChild) {
    const answer = await fetch(`${root}keys`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const list = page.getElementById("keys");
    const field = document.createElement("input");
    field.type = "search";
    field.setAttribute("aria-label", say("filter"));
    field.dataset.filter = "#keysdialog li";
    if (list) dialog.append(field, document.adoptNode(list));
  }
  const field = dialog.querySelector("input");
  if (field) field.value = "";
  for (const line of all("li", dialog)) [line.hidden, line.tabIndex] = [false, 0];
  dialog.showModal();
}

/** @param {Element | null | undefined} line */
function run(line) {
  const key = line?.querySelector("kbd")?.textContent ?? "";
  /** @type {HTMLDialogElement} */ (byId("keysdialog")).close();
  ACTIONS[key]?.();
}

/** @param {KeyboardEvent} event */
function inDialog(event) {
  if (event.key !== "Enter") return;
  event.preventDefault();
  const focused = document.activeElement?.closest("li");
  run(focused ?? all("#keysdialog li").find((line) => !line.hidden));
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  const target = /** @type {Element} */ (event.target);
  if (target.closest("#keysdialog")) return inDialog(event);
  if ((event.ctrlKey || event.metaKey) && event.key === "k") return event.preventDefault(), void openDialog();
  if (event.ctrlKey || event.metaKey || event.altKey || "nokeys" in document.documentElement.dataset) return undefined;
  const isField = target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
  if (isField) return event.key === "Escape" ? /** @type {HTMLElement} */ (target).blur() : undefined;
  const sequence = prefix && Date.now() - prefixAt < 1500 ? `${prefix} ${event.key}` : event.key;
  prefix = event.key === "g" || event.key === "*" ? event.key : "";
  prefixAt = Date.now();
  const action = ACTIONS[sequence];
  if (!action || (sequence === "o" && target.closest("summary"))) return undefined;
  event.preventDefault();
  return action();
}

/** Start. */
export function startKeys() {
  document.addEventListener("keydown", pressed);
  byId("keysdialog")?.addEventListener("click", (event) => {
    const line = /** @type {Element} */ (event.target).closest("li");
    if (line) run(line);
    else if (event.target === byId("keysdialog")) /** @type {HTMLDialogElement} */ (byId("keysdialog")).close();
  });
}
