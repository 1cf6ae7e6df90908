// Live updates: rows drawn by the server are inserted on top of the list, without moving what the reader looks at.
import { all, announce, byId, elementsOf, everyRow, focusRow, focusRowOrTitle, rowOf, rows, translate } from "./dom.js";
import { notify, showUnread } from "./badge.js";
import { refold } from "./folds.js";
import { isFollowing, openNewest } from "./follow.js";
import { recountSaved } from "./late.js";
import { localise } from "./page.js";
import { forget } from "./selection.js";
import { listen } from "./stream.js";
import { putRow, visit } from "./visit.js";

const MAX_ROWS = 200;
const HOVER_DELAY = 1000;

/** New rows held back while the reader is busy, the newest first. @type {HTMLElement[]} */
let held = [];
/** Ids of new messages without rows, because there were too many. @type {Set<string>} */
let unseen = new Set();
let movedAt = -HOVER_DELAY;
let announcedAt = -Infinity;
let arrivals = 0;

/** Whether a new row on top would move what the reader looks at. */
function isBusy() {
  const focused = document.activeElement?.closest(".row");
  const isBelow = Boolean(focused) && focused !== rows()[0];
  return (byId("scroll")?.scrollTop ?? 0) > 4 || isBelow || performance.now() - movedAt < HOVER_DELAY;
}

/** @param {string} html */
function takeNew(html) {
  const fresh = elementsOf(html).filter((row) => !rowOf(row.dataset.id ?? "") && !isHeld(row.dataset.id ?? ""));
  if (!fresh.length || !("live" in (byId("list")?.dataset ?? {}))) return;
  held = [...fresh, ...held];
  arrivals += fresh.length;
  announceNew();
  notify(fresh.length, fresh[0]);
  if (isFollowing()) void showHeld().then(openNewest);
  else if (isBusy() || unseen.size) showButton();
  else showHeld();
}

/** @param {string} id */
const isHeld = (id) => held.some((row) => row.dataset.id === id);

/** @param {string[]} ids */
function takeMany(ids) {
  for (const id of ids) if (!rowOf(id) && !isHeld(id)) unseen.add(id);
  arrivals += ids.length;
  announceNew();
  notify(ids.length);
  if (isFollowing()) void showHeld().then(openNewest);
  else showButton();
}

function showButton() {
  const button = byId("held");
  const count = held.length + unseen.size;
  if (!button) return;
  button.hidden = !count;
  button.textContent = translate("newMessages", count);
}

/** @returns {boolean} whether new messages are held back */
export const canShowHeld = () => held.length + unseen.size > 0;

/** Insert the held rows on top; too many reload the list. @param {boolean} [isWanted] by the reader */
export async function showHeld(isWanted = false) {
  if (unseen.size || held.length > MAX_ROWS) await reload();
  const list = byId("rows");
  for (const row of held) row.classList.add("fresh");
  list?.prepend(...held);
  held = [];
  if (list) localise(list);
  for (const row of everyRow().slice(MAX_ROWS)) row.remove();
  refold();
  document.querySelector("[data-empty]")?.remove();
  showButton();
  if (isWanted) {
    byId("scroll")?.scrollTo({ top: 0 });
    focusRow(rows()[0]);
  }
}

/** Announce the number of new messages, at most every ten seconds. */
function announceNew() {
  if (performance.now() - announcedAt < 10_000) return;
  announcedAt = performance.now();
  announce(translate("newMessages", arrivals));
  arrivals = 0;
}

/** Replace the empty page by a list when the first message arrives. @param {number} matching */
function leaveEmptyPage(matching) {
  if (matching && document.body.classList.contains("is-empty")) void visit(location.href, { push: false, list: true, quiet: true });
}

/** The row below this one, else the one above. @param {HTMLElement} row */
function beside(row) {
  const listed = everyRow();
  const at = listed.indexOf(row);
  return listed[at + 1] ?? listed[at - 1];
}

/** @param {string[]} ids */
function takeGone(ids) {
  held = held.filter((row) => !ids.includes(row.dataset.id ?? ""));
  for (const id of ids) {
    const row = rowOf(id);
    if (row?.contains(document.activeElement)) focusRowOrTitle(beside(row));
    row?.remove();
  }
  refold();
  forget(ids);
  showButton();
}

/** @param {{ unread: number, messages: number, matching: number, text: string, numbers: Record<string, number> }} counts */
function takeCounts(counts) {
  showUnread(counts.unread);
  leaveEmptyPage(counts.matching);
  const text = document.querySelector("[data-count]");
  if (text) text.textContent = counts.text;
  recountSaved();
  const list = byId("list");
  if (list) list.dataset.total = String(counts.matching);
  for (const number of all("[data-number]")) {
    const value = counts.numbers[number.dataset.number ?? ""];
    if (value !== undefined) number.textContent = String(value);
  }
}

/** Redraw the sidebar. @param {string} html */
function takeSide(html) {
  const side = byId("sidelists");
  const focused = side?.contains(document.activeElement) ? document.activeElement?.getAttribute("href") : null;
  side?.replaceChildren(...elementsOf(html, "div"));
  for (const link of all("#sidelists a")) if (focused && link.getAttribute("href") === focused) link.focus();
}

/** Reload the list, without the message beside it. */
async function reload() {
  await visit(location.href, { onlyList: true, push: false });
}

/** @param {"on" | "lost"} state */
function showState(state) {
  const live = byId("live");
  const label = live?.querySelector("[data-live-text]");
  if (live) live.dataset.state = state;
  if (label) label.textContent = translate(state === "on" ? "live" : "offline");
}

/** Start. */
export function startLive() {
  if (!byId("rows")) return;
  document.addEventListener("pointermove", (event) => {
    if (/** @type {Element} */ (event.target).closest?.("#scroll")) movedAt = performance.now();
  });
  document.addEventListener("click", (event) => {
    if (/** @type {Element} */ (event.target).id === "held") void showHeld(true);
  });
  document.addEventListener("page", (event) => {
    if (/** @type {CustomEvent} */ (event).detail.isFresh) [held, unseen] = [[], new Set()];
    showButton();
  });
  listen({
    new: takeNew,
    row: (html) => elementsOf(html).forEach((row) => replaceRow(row)),
    many: (data) => takeMany(JSON.parse(data)),
    gone: (data) => takeGone(JSON.parse(data)),
    side: takeSide,
    counts: (data) => takeCounts(JSON.parse(data)),
    reload: () => void reload(),
    state: (data) => showState(data === "on" ? "on" : "lost"),
  });
}

/** @param {HTMLElement} fresh */
function replaceRow(fresh) {
  const id = fresh.dataset.id ?? "";
  const old = rowOf(id);
  if (old) {
    putRow(old, fresh);
    localise(fresh);
  }
  held = held.map((row) => (row.dataset.id === id ? fresh : row));
}
