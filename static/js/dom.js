// Small words for the document, used by the other modules.

/** Path of the site, with a slash at both ends. */
export const root = document.documentElement.dataset.root ?? "/";

/** The words of the reader's language, drawn by the server. @type {Record<string, string | string[]>} */
const words = JSON.parse(document.body.dataset.words ?? "{}");
const forms = new Intl.PluralRules(document.documentElement.lang);

/** A text of the pages, or the form of it for a number. @param {string} name @param {number} [count] */
export function say(name, count = 0) {
  const found = words[name] ?? name;
  const form = Array.isArray(found) ? (found[forms.select(count) === "one" ? 0 : 1] ?? "") : found;
  return form.replace("%s", String(count));
}

/** @param {string} id @returns {HTMLElement | null} */
export const byId = (id) => document.getElementById(id);

/** @param {string} selector @param {ParentNode} [within] @returns {HTMLElement[]} */
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/** All rows of the list, from top to bottom. @returns {HTMLElement[]} */
export const everyRow = () => all("#rows .row");

/** The rows that are not folded away behind an equal one. @returns {HTMLElement[]} */
export const rows = () => everyRow().filter((row) => !row.closest("details:not([open])"));

/** @param {string} id @returns {HTMLElement | null} */
export const rowOf = (id) => byId(`r-${id}`);

/** Show a short text at the bottom, read out as well; it goes away by itself. @param {string} text */
export function toast(text) {
  const old = byId("toast");
  if (!old) return;
  const fresh = /** @type {HTMLElement} */ (old.cloneNode(false));
  fresh.textContent = text;
  old.replaceWith(fresh);
}

/** Say something to screen readers only. @param {string} text */
export function announce(text) {
  const news = byId("news");
  if (news) news.textContent = text;
}

/** The elements of server HTML, not yet in the page. @param {string} html @param {"ol" | "div"} [within] @returns {HTMLElement[]} */
export function elementsOf(html, within = "ol") {
  const parsed = new DOMParser().parseFromString(`<${within}>${html}</${within}>`, "text/html");
  return /** @type {HTMLElement[]} */ ([...(parsed.querySelector(within)?.children ?? [])]);
}

/** Focus the link of a row and bring it into view. @param {Element | null | undefined} row */
export function focusRow(row) {
  const link = /** @type {HTMLElement | null | undefined} */ (row?.querySelector(".subject"));
  link?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}

/** Focus a row, or where there is none the list's name: a reader's place is never lost. @param {Element | null | undefined} row */
export function goOnAt(row) {
  if (row) focusRow(row);
  else byId("list-name")?.focus({ preventScroll: true });
}
