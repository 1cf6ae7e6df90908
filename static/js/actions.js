// The actions of shortcuts and palette, by their names in the server's table, and whether each is available now.
import { markOrCompare } from "./compare.js";
import { all, byId, focusRow, root, rows } from "./dom.js";
import { toggleFollow } from "./follow.js";
import { act, canUndo, focusedRow, targets, undo } from "./list.js";
import { canShowHeld, showHeld } from "./live.js";
import { toggleSide } from "./panes.js";
import { hasTicks, tick, tickAll } from "./selection.js";
import { visit } from "./visit.js";

/** @typedef {{ run: (key: string) => unknown, can: (key: string) => boolean }} Action */

const always = () => true;
const hasRows = () => rows().length > 0;
const hasTarget = () => Boolean(byId("bulk")) && targets().length > 0;
const hasRow = () => Boolean(focusedRow());

/** An action that clicks a control of the page. @param {string} selector @returns {Action} */
const clicking = (selector) => ({
  run: () => /** @type {HTMLElement | null} */ (document.querySelector(selector))?.click(),
  can: () => Boolean(document.querySelector(selector)),
});

/** An action that opens a page. @param {string} path @returns {Action} */
const opening = (path) => ({ run: () => location.assign(root + path), can: always });

/** An action that follows the next of a group of links. @param {string} selector @param {number} step @returns {Action} */
const cycling = (selector, step) => ({
  run: () => {
    const links = all(selector);
    const at = links.findIndex((link) => link.hasAttribute("aria-current"));
    links[(at + step + links.length) % links.length]?.click();
  },
  can: () => all(selector).length > 1,
});

/** Move the focus in the list; it stays at the ends. @param {number} step */
function move(step) {
  const listed = rows();
  const row = focusedRow();
  const at = row ? listed.indexOf(row) : step > 0 ? -1 : listed.length;
  focusRow(listed[Math.min(listed.length - 1, Math.max(0, at + step))]);
}

function back() {
  const menu = document.querySelector("details:is(.menu, .remote)[open]");
  if (menu) return menu.removeAttribute("open"), /** @type {HTMLElement | null} */ (menu.querySelector("summary"))?.focus();
  if (hasTicks()) return tickAll(false);
  const id = byId("message")?.dataset.id;
  const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector("[data-back]"));
  if (!id || !link) return undefined;
  return void visit(link.href).then(() => focusRow(byId(`r-${id}`)));
}

/** @param {string} name of a class @returns {boolean} whether any target has it */
const anyHas = (name) => targets().some((id) => byId(`r-${id}`)?.classList.contains(name));

async function archive() {
  const ids = targets();
  const next = rows().find((row) => row.classList.contains("unread") && !ids.includes(row.dataset.id ?? ""));
  if (anyHas("unread")) await act("read", ids);
  const link = /** @type {HTMLAnchorElement | null} */ (next && byId(next.id)?.querySelector(".subject"));
  link?.click();
}

/** Open the tag menu of the selected or open messages and focus its field. */
function tags() {
  const row = focusedRow();
  if (row && !hasTicks() && !byId("acts")) tick(row, false, true);
  const menu = document.querySelector(hasTicks() ? ".bulkbar details:has([name=tag])" : "#acts details:has([name=tag])");
  menu?.setAttribute("open", "");
  /** @type {HTMLElement | null | undefined} */ (menu?.querySelector("[name=tag]"))?.focus();
}

function search() {
  const field = /** @type {HTMLInputElement | null} */ (byId("q"));
  field?.focus();
  field?.select();
}

function menu() {
  const summary = /** @type {HTMLElement | null} */ (document.querySelector(".listhead summary"));
  summary?.click();
  summary?.focus();
}

/** @type {Record<string, Action>} */
export const ACTIONS = {
  next: { run: () => move(1), can: hasRows },
  previous: { run: () => move(-1), can: hasRows },
  open: { run: () => /** @type {HTMLElement | null} */ (focusedRow()?.querySelector(".subject"))?.click(), can: hasRow },
  older: clicking("[data-older-message]"),
  newer: clicking("[data-newer]"),
  back: { run: back, can: () => hasTicks() || Boolean(byId("message")?.dataset.id) },
  tick: { run: () => toggleTick(), can: hasRow },
  range: { run: () => toggleTick(true), can: hasRow },
  all: { run: () => tickAll(true), can: hasRows },
  none: { run: () => tickAll(false), can: hasTicks },
  delete: { run: () => act("delete"), can: hasTarget },
  undo: { run: undo, can: canUndo },
  archive: { run: archive, can: hasTarget },
  mark: { run: () => act(anyHas("unread") ? "read" : "unread"), can: hasTarget },
  pin: { run: () => act(anyHas("pinned") ? "unpin" : "pin"), can: hasTarget },
  tag: { run: tags, can: hasTarget },
  search: { run: search, can: always },
  view: {
    run: (key) => /** @type {HTMLElement | null} */ (document.querySelector(`.views > :nth-child(${key})[href]`))?.click(),
    can: (key) => Boolean(document.querySelector(`.views > :nth-child(${key})[href]`)),
  },
  wider: cycling("[data-width]", 1),
  narrower: cycling("[data-width]", -1),
  scheme: cycling("[data-scheme]", 1),
  images: clicking("[data-images]"),
  remote: clicking("[data-remote]"),
  compare: { run: () => markOrCompare(targets()[0]), can: hasTarget },
  "compare-previous": clicking("[data-previous]"),
  "copy-code": clicking("[data-code]"),
  "copy-link": clicking("[data-link]"),
  "open-link": clicking("[data-open]"),
  follow: { run: toggleFollow, can: () => Boolean(byId("rows")) },
  "show-new": { run: () => showHeld(true), can: canShowHeld },
  menu: { run: menu, can: () => Boolean(document.querySelector(".listhead summary")) },
  "go-all": opening(""),
  "go-unread": opening("?q=is:unread"),
  "go-pinned": opening("?q=is:pinned"),
  "go-inboxes": opening("inboxes"),
  "go-tags": opening("tags"),
  "go-bin": opening("bin"),
  "go-setup": opening("setup"),
  side: { run: toggleSide, can: always },
};

/** @param {boolean} [isRange] */
function toggleTick(isRange = false) {
  const row = focusedRow();
  if (row) tick(row, isRange, isRange || !row.querySelector("input[name=id]:checked"));
}
