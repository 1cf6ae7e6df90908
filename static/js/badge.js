// The number of unread messages in title and icon, and notifications of new messages.
import { byId, root, translate } from "./dom.js";
import { keep, kept } from "./panes.js";

let unread = -1;

/** @param {number} count */
export function showUnread(count) {
  if (count === unread) return;
  unread = count;
  document.title = (count ? `(${count}) ` : "") + document.title.replace(/^\(\d+\) /, "");
  const text = count > 99 ? "99" : String(count);
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#1b58cc"/>\
<text x="8" y="12" font-family="sans-serif" font-size="${text.length > 1 ? 10 : 12}" font-weight="700" text-anchor="middle" fill="#fff">${text}</text></svg>`;
  const icon = /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=icon]"));
  if (!icon) return;
  icon.dataset.plain ??= icon.getAttribute("href") ?? "";
  icon.href = count ? `data:image/svg+xml,${encodeURIComponent(drawn)}` : icon.dataset.plain;
}

const isWanted = () => "Notification" in window && Notification.permission === "granted" && kept("notify") === "1";

/** Notify of new messages in this list while the page is hidden. @param {number} count @param {HTMLElement} [row] the newest */
export function notify(count, row) {
  if (!document.hidden || !isWanted()) return;
  const subject = row?.querySelector(".subject")?.lastChild?.textContent ?? "";
  const shown = new Notification(translate("newMessages", count), { body: subject, tag: `catcher ${root} ${byId("list")?.dataset.query}` });
  shown.onclick = () => window.focus();
}

function showBell() {
  const bell = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-notify]"));
  if (!bell) return;
  bell.hidden = !("Notification" in window);
  bell.setAttribute("aria-pressed", String(isWanted()));
}

/** Toggle notifications; browsers allow asking for permission only after a click. */
async function press() {
  const isOn = !isWanted();
  if (isOn && (await Notification.requestPermission()) !== "granted") return;
  keep("notify", isOn ? "1" : "0");
  showBell();
}

/** Start. */
export function startBadge() {
  showUnread(Number(/^\((\d+)\)/.exec(document.title)?.[1] ?? 0));
  showBell();
  document.addEventListener("page", showBell);
  document.addEventListener("click", (event) => {
    if (/** @type {Element} */ (event.target).closest("[data-notify]")) void press();
  });
}
