// Following: the newest message of the list opens by itself, until the reader scrolls or types.
import { announce, byId, rows, say } from "./dom.js";
import { visit } from "./visit.js";

/** @type {"off" | "on" | "paused"} */
let state = "off";

/** @returns {boolean} whether what comes is to be opened */
export const isFollowing = () => state === "on";

/** @param {"off" | "on" | "paused"} wanted */
function turnTo(wanted) {
  if (wanted === state) return;
  state = wanted;
  showFollow();
  announce(say({ off: "notFollowing", on: "following", paused: "followPaused" }[state]));
}

/** Say on the control and in the address how it is; a link with "follow=1" sets up a second screen. */
function showFollow() {
  const button = byId("follow");
  const words = button?.querySelector("span");
  button?.setAttribute("aria-pressed", String(state !== "off"));
  if (button) button.dataset.state = state;
  if (words) words.textContent = say({ off: "follow", on: "following", paused: "followPaused" }[state]);
  const address = new URL(location.href);
  if (state === "off") address.searchParams.delete("follow");
  else address.searchParams.set("follow", "1");
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

/** Follow, go on after a pause, or stop. */
export function toggleFollow() {
  turnTo(state === "on" ? "off" : "on");
  if (isFollowing()) byId("scroll")?.scrollTo({ top: 0 });
}

/** Open the newest message, as the last one was looked at. */
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
