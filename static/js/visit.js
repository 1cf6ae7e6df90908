// Navigation without losing the list: fetches the next page and replaces the sections that differ.
import { all, byId, root, rowOf, translate, toast } from "./dom.js";
import { keepOpen } from "./folds.js";

/** Address of the current page, without its fragment. */
let shownAt = location.href.split("#")[0];

/** Counts visits, so that only the response to the last one is shown. */
let turn = 0;

/**
 * Load a page and show it. The browser itself opens pages without a list; without a response nothing changes.
 * @param {string} address
 * @param {{ body?: URLSearchParams, push?: boolean, list?: boolean, onlyList?: boolean, quiet?: boolean, focus?: boolean }} [options]
 *   body: sends a POST. push: adds an entry to the history (default). list: replaces the list even if it is the same.
 *   quiet: an update that the reader did not request. onlyList: keeps the message. focus: focuses the message's heading.
 * @returns {Promise<boolean>} whether it was shown
 */
export async function visit(address, options = {}) {
  // Updates yield to visits of the reader, and do not cancel them.
  const isRequested = options.push !== false || options.body || !(options.onlyList || options.quiet);
  const mine = isRequested ? ++turn : turn;
  let text, where;
  try {
    const answer = await fetch(address, { method: options.body ? "POST" : "GET", body: options.body });
    where = answer.url;
    text = await answer.text();
  } catch {
    if (options.push !== false || options.body) toast(translate("unreachable"));
    return false;
  }
  if (mine !== turn || (options.quiet && location.href !== address)) return false;
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!page.querySelector("section#list") || !document.querySelector("section#list")) {
    if (options.push !== false) location.assign(where);
    return false;
  }
  if (options.push !== false) history.pushState(null, "", where.replace(/[?&]done=[^&]*/, ""));
  shownAt = location.href.split("#")[0];
  show(page, options);
  return true;
}

/** @param {Document} page @param {{ body?: URLSearchParams, list?: boolean, onlyList?: boolean, focus?: boolean }} options */
function show(page, options) {
  const isFresh = showList(page, Boolean(options.list || options.onlyList), Boolean(options.onlyList));
  replace(page, "sidelists");
  if (!options.onlyList || options.body) replace(page, "toast");
  if (!options.onlyList) {
    replace(page, "message");
    document.title = page.title;
    document.body.className = page.body.className;
    if (options.focus) byId("subject")?.focus({ preventScroll: true });
  }
  document.dispatchEvent(new CustomEvent("page", { detail: { isFresh } }));
}

/**
 * @param {Document} page @param {boolean} isWanted @param {boolean} isAlone the message beside it is kept
 * @returns {boolean} whether the list was replaced
 */
function showList(page, isWanted, isAlone) {
  const [ours, theirs] = [byId("list"), page.getElementById("list")];
  if (!ours || !theirs) return false;
  if (isWanted || !isSameList(ours, theirs)) {
    const place = byId("scroll")?.scrollTop ?? 0;
    const isSame = ours.dataset.query === theirs.dataset.query && ours.dataset.inbox === theirs.dataset.inbox;
    const focused = ours.contains(document.activeElement) ? document.activeElement?.closest(".row")?.id ?? "" : null;
    keepOpen(ours, theirs);
    const [name, itsName] = [byId("list-name"), page.getElementById("list-name")];
    ours.replaceWith(document.adoptNode(theirs));
    if (isAlone && name && itsName) {
      // The list came from a page without a message; the h1 stays in the message, and its row stays the open one.
      name.replaceChildren(...itsName.childNodes);
      itsName.replaceWith(name);
      const row = rowOf(byId("message")?.dataset.id ?? "");
      if (row) markCurrent(row, true);
    }
    if (focused !== null) (byId(focused)?.querySelector("a") ?? byId("list-name"))?.focus({ preventScroll: true });
    if (!isSame) return true;
    const scroll = byId("scroll");
    if (scroll) scroll.scrollTop = place;
    return true;
  }
  const isReadFromHere = document.activeElement === byId("list-name");
  replace(page, "list-name"); // the page's only h1 is here or in the message
  if (isReadFromHere) byId("list-name")?.focus({ preventScroll: true });
  for (const old of all("#rows .current")) markCurrent(old, false);
  const id = page.getElementById("message")?.dataset.id;
  const [row, fresh] = [id ? rowOf(id) : null, id ? page.getElementById(`r-${id}`) : null];
  if (row && fresh) putRow(row, document.adoptNode(fresh));
  const open = id ? rowOf(id) : null;
  if (open) markCurrent(open, true); // the message beside the list is still the previous one
  return false;
}

/** @param {HTMLElement} ours @param {HTMLElement} theirs */
function isSameList(ours, theirs) {
  const before = (/** @type {HTMLElement} */ list) => list.querySelector("input[name=before]")?.getAttribute("value");
  const isSame = ours.dataset.query === theirs.dataset.query && ours.dataset.inbox === theirs.dataset.inbox;
  return isSame && before(ours) === before(theirs);
}

/** @param {HTMLElement} row @param {boolean} isCurrent */
function markCurrent(row, isCurrent) {
  row.classList.toggle("current", isCurrent);
  if (isCurrent) row.closest("details")?.setAttribute("open", "");
  const link = row.querySelector(".subject");
  if (isCurrent) link?.setAttribute("aria-current", "true");
  else link?.removeAttribute("aria-current");
}

/**
 * Replace a row by its new version, keeping selection and focus.
 * @param {HTMLElement} old @param {HTMLElement} fresh
 */
export function putRow(old, fresh) {
  const hasFocus = old.contains(document.activeElement);
  fresh.dataset.group = old.dataset.group; // of the thread that the list has put it into
  const box = /** @type {HTMLInputElement | null} */ (fresh.querySelector("input[name=id]"));
  if (box) box.checked = Boolean(old.querySelector("input[name=id]:checked"));
  old.replaceWith(fresh);
  markCurrent(fresh, fresh.dataset.id === byId("message")?.dataset.id);
  if (hasFocus) /** @type {HTMLElement | null} */ (fresh.querySelector(".subject"))?.focus({ preventScroll: true });
}

/** @param {Document} page @param {string} id @param {boolean} [isInner] */
function replace(page, id, isInner = false) {
  const [ours, theirs] = [byId(id), page.getElementById(id)];
  if (!ours || !theirs) return;
  if (isInner) ours.replaceChildren(...document.adoptNode(theirs).childNodes);
  else ours.replaceWith(document.adoptNode(theirs));
}

/** Whether this address is one of the pages with a list. @param {URL} address */
function isListPage(address) {
  const path = address.pathname;
  if (address.origin !== location.origin || !path.startsWith(root)) return false;
  return /^(search|i\/.+|view\/[0-9A-Za-z]+)?$/.test(path.slice(root.length));
}

/** @param {MouseEvent} event */
function follow(event) {
  const link = /** @type {HTMLAnchorElement | null} */ (/** @type {Element} */ (event.target).closest("a[href]"));
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const address = new URL(link.href);
  if (address.hash && address.href.split("#")[0] === location.href.split("#")[0]) return; // a link within the page
  if (link.target || link.hasAttribute("download") || !isListPage(address) || !byId("rows")) return;
  event.preventDefault();
  const side = byId("side");
  if (side?.matches(":popover-open")) side.hidePopover();
  void visit(link.href, { focus: Boolean(link.closest(".row, .stepper")) });
}

/** Start. */
export function startVisits() {
  if (byId("rows")) document.addEventListener("click", follow);
  // A link within the page, such as a skip link, is no visit.
  addEventListener("popstate", () => location.href.split("#")[0] !== shownAt && void visit(location.href, { push: false }));
  byId("r-" + (byId("message")?.dataset.id ?? ""))?.scrollIntoView({ block: "nearest" });
}
