// Helpers for the document, shared by the other modules.

/** Path of the site, with a slash at both ends. */
export const root = document.documentElement.dataset.root ?? "/";

/** Texts in the reader's language, from the server. @type {Record<string, string | string[]>} */
const texts = JSON.parse(document.body.dataset.texts ?? "{}");
const forms = new Intl.PluralRules(document.documentElement.lang);

/** Return a text, in its form for a number. @param {string} name @param {number} [count] */
export function translate(name, count = 0) {
  const found = texts[name] ?? name;
  const form = Array.isArray(found) ? (found[forms.select(count) === "one" ? 0 : 1] ?? "") : found;
  return form.replace("%s", String(count));
}

/** @param {string} id @returns {HTMLElement | null} */
export const byId = (id) => document.getElementById(id);

/** @param {string} selector @param {ParentNode} [within] @returns {HTMLElement[]} */
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/** All rows of the list, from top to bottom. @returns {HTMLElement[]} */
export const everyRow = () => all("#rows .row");

/** All visible rows, without folded ones. @returns {HTMLElement[]} */
export const rows = () => everyRow().filter((row) => !row.closest("details:not([open])"));

/** @param {string} id @returns {HTMLElement | null} */
export const rowOf = (id) => byId(`r-${id}`);

/** Show a short text at the bottom, for a while; screen readers read it. @param {string} text */
export function toast(text) {
  const old = byId("toast");
  if (!old) return;
  const fresh = /** @type {HTMLElement} */ (old.cloneNode(false));
  fresh.textContent = text;
  old.replaceWith(fresh);
}

/** Announce a text to screen readers only. @param {string} text */
export function announce(text) {
  const news = byId("news");
  if (news) news.textContent = text;
}

/** Parse HTML of the server into elements. @param {string} html @param {"ol" | "div"} [within] @returns {HTMLElement[]} */
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

/** Focus a row, or without one the title of the list, so that the focus is never lost. @param {Element | null | undefined} row */
export function focusRowOrTitle(row) {
  if (row) focusRow(row);
  else byId("list-name")?.focus({ preventScroll: true });
}
