// Set-up of every page: local times, copy buttons, filters.
import { all, announce, byId, translate, toast } from "./dom.js";

/** Preference: "utc", "ago", or undefined for this browser's time zone. */
const times = document.documentElement.dataset.times;
const zone = times === "utc" ? { timeZone: "UTC" } : {};
const locale = document.documentElement.lang;
/** Preference: "12", "auto" for this browser's region, or undefined for 24 hours. */
const clock = document.documentElement.dataset.clock;
const region = clock === "auto" ? navigator.language : locale;
const hours = /** @type {const} */ (clock ? { hour: "numeric", hour12: clock === "12" || undefined } : { hour: "2-digit", hourCycle: "h23" });
const time = new Intl.DateTimeFormat(region, { ...hours, minute: "2-digit", ...zone });
const seconds = new Intl.DateTimeFormat(region, { ...hours, minute: "2-digit", second: "2-digit", ...zone });
const day = new Intl.DateTimeFormat(locale, { weekday: "short", ...zone });
const date = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", ...zone });
const ago = new Intl.RelativeTimeFormat(locale, { style: "narrow", numeric: "auto" });

/** The short time of a list. @param {Date} moment @param {Date} now */
function short(moment, now) {
  const age = now.getTime() - moment.getTime();
  if (times === "ago" && age >= 0) return sinceThen(age / 1000);
  const [then, today] = [iso(moment), iso(now)];
  if (then.slice(0, 10) === today.slice(0, 10)) return time.format(moment);
  if (age > 0 && age < 6 * 86_400_000) return `${day.format(moment)} ${time.format(moment)}`;
  return then.slice(0, 4) === today.slice(0, 4) ? date.format(moment) : then.slice(0, 10);
}

/** Relative time in its largest unit. @param {number} age in seconds */
function sinceThen(age) {
  const units = /** @type {const} */ ([["day", 86_400], ["hour", 3600], ["minute", 60]]);
  const [unit, size] = units.find(([, each]) => age >= each) ?? ["second", 1];
  return ago.format(-Math.floor(age / size), unit);
}

/** Date and time to the second, in the preferred zone. @param {Date} moment */
function iso(moment) {
  const offset = times === "utc" ? 0 : moment.getTimezoneOffset() * 60_000;
  return new Date(moment.getTime() - offset).toISOString().slice(0, 19).replace("T", " ");
}

/** The same, in the preferred clock. @param {Date} moment */
const full = (moment) => (clock ? `${iso(moment).slice(0, 10)} ${seconds.format(moment)}` : iso(moment));

/** Convert the times within an element to this browser's zone. @param {ParentNode} within */
export function localise(within) {
  const now = new Date();
  for (const element of all("time:not([data-local])", within)) {
    const moment = new Date(element.getAttribute("datetime") ?? "");
    if (Number.isNaN(moment.getTime())) continue;
    element.dataset.local = "";
    element.title ||= element.textContent ?? "";
    element.textContent = "full" in element.dataset ? full(moment) : short(moment, now);
  }
}

/** Set up a page or a part of it. @param {ParentNode} [within] */
export function ready(within = document) {
  localise(within);
  for (const button of all(".copy[hidden]", within)) button.hidden = false;
}

/** Text of an element; of a list of header fields only names and bodies. @param {Element | null | undefined} element */
function textOf(element) {
  if (!element?.matches("dl")) return element?.textContent;
  const fields = all(":scope > div:not([hidden])", element);
  return fields.map((field) => ["dt", "dd > bdi"].map((part) => field.querySelector(part)?.textContent).join(": ")).join("\n");
}

/** @param {HTMLElement} button */
async function copy(button) {
  const from = button.dataset.copyFrom;
  const given = button.dataset.copy;
  const text = given || textOf(from ? document.querySelector(from) : button.closest("figure")?.querySelector("pre"));
  if (navigator.clipboard) await navigator.clipboard.writeText(text ?? "");
  else copyOld(text ?? "");
  const notice = translate(button.dataset.copied ?? "copied");
  toast(notice);
  announce(notice);
}

/** Copy without the clipboard API, which browsers allow on secure pages only. @param {string} text */
function copyOld(text) {
  const field = document.createElement("textarea");
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
  focused?.focus({ preventScroll: true });
}

/** Hide elements that do not contain the typed text. @param {HTMLInputElement} field */
function filter(field) {
  const wanted = field.value.trim().toLowerCase();
  let count = 0;
  for (const element of all(field.dataset.filter ?? "")) {
    element.hidden = !(element.textContent ?? "").toLowerCase().includes(wanted);
    count += Number(!element.hidden);
  }
  announce(translate("results", count));
}

/** Close open menus on a click elsewhere. @param {Element} target */
function closeMenus(target) {
  for (const open of all("details.menu[open], details.remote[open]")) {
    if (!open.contains(target)) open.removeAttribute("open");
  }
}

/** Start. */
export function startPage() {
  ready();
  document.addEventListener("page", () => ready());
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    closeMenus(target);
    const button = /** @type {HTMLElement | null} */ (target.closest(".copy"));
    if (button) void copy(button);
  });
  document.addEventListener("input", (event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (field.dataset.filter) filter(field);
  });
  // A click into the frame moves the keyboard focus there; it returns when the pointer leaves the frame.
  document.addEventListener("mouseout", (event) => {
    if (event.target instanceof HTMLIFrameElement && document.activeElement === event.target) {
      byId("subject")?.focus({ preventScroll: true });
    }
  });
}
