// Follow mode: the newest message opens automatically, until the reader scrolls or types.
import { announce, byId, rows, translate } from "./dom.js";
import { visit } from "./visit.js";

/** @type {"off" | "on" | "paused"} */
let state = "off";

/** @returns {boolean} whether new messages open automatically */
export const isFollowing = () => state === "on";

/** @param {"off" | "on" | "paused"} wanted */
function turnTo(wanted) {
  if (wanted === state) return;
  state = wanted;
  showFollow();
  announce(translate({ off: "notFollowing", on: "following", paused: "followPaused" }[state]));
}

/** Show the state on the button and in the address; a link with "follow=1" is for a second screen. */
function showFollow() {
  const button = byId("follow");
  const label = button?.querySelector("span");
  button?.setAttribute("aria-pressed", String(state !== "off"));
  if (button) button.dataset.state = state;
  if (label) label.textContent = translate({ off: "follow", on: "following", paused: "followPaused" }[state]);
  const address = new URL(location.href);
  if (state === "off") address.searchParams.delete("follow");
  else address.searchParams.set("follow", "1");
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

/** Start, resume or stop following. */
export function toggleFollow() {
  turnTo(state === "on" ? "off" : "on");
  if (isFollowing()) byId("scroll")?.scrollTo({ top: 0 });
}

/** Open the newest message in the current view. */
export function openNewest() {
  const link = /** @type {HTMLAnchorElement | null | undefined} */ (rows()[0]?.querySelector(".subject"));
  if (link) void visit(link.href, { focus: false });
}

const pause = () => state === "on" && turnTo("paused");

/** Start. */
export function startFollow() {
  const button = byId("follow");
  if (!button || !byId("rows")) return;
  button.hidden = false;
  button.addEventListener("click", toggleFollow);
  document.addEventListener("page", () => state !== "off" && showFollow());
  document.addEventListener("wheel", pause, { passive: true });
  document.addEventListener("touchmove", pause, { passive: true });
  document.addEventListener("input", pause);
  document.addEventListener("keydown", (event) => {
    if (["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End", " ", "j", "k"].includes(event.key)) pause();
  });
  if (new URLSearchParams(location.search).get("follow") === "1") turnTo("on");
}
