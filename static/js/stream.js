// The event stream: shared between tabs that show the same list, reopened when it is lost.
import { byId, root, translate } from "./dom.js";
import { visit } from "./visit.js";

const KINDS = ["new", "row", "many", "gone", "side", "counts", "reload"];
const LOST_AFTER = 4000;
const POLL_EVERY = 10_000;
const HIDDEN_FOR = 300_000;
const SILENT_FOR = 8000;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15_000;

/** @typedef {Record<string, (data: string) => void>} Handlers */

/** @type {Handlers} */
let handlers = {};
/** The list of the stream; another list needs another stream. */
let subject = "";
let cursor = "";
/** @type {AbortController | null} */
let current = null;
/** @type {number | undefined} */
let lostTimer;
/** @type {number | undefined} */
let pollTimer;
/** @type {number | undefined} */
let countTimer;
/** Moment of the next attempt. */
let lostUntil = 0;

/** The list on the page, as the stream's address names it. */
export function stateOfList() {
  const here = new URLSearchParams(location.search);
  const about = new URLSearchParams();
  for (const name of ["q", "view", "w", "scheme", "images"]) if (here.get(name)) about.set(name, here.get(name) ?? "");
  const inbox = byId("list")?.dataset.inbox;
  if (inbox) about.set("i", inbox);
  return about.toString();
}

/** @param {string} kind @param {string} data */
function dispatch(kind, data) {
  handlers[kind]?.(data);
}

/** @param {"on" | "lost"} state @param {number} [retryAt] moment of the next attempt, in milliseconds since 1970 */
function setState(state, retryAt = 0) {
  dispatch("state", state);
  const strip = byId("lost");
  lostUntil = retryAt;
  if (state === "on") {
    for (const timer of [lostTimer, pollTimer, countTimer]) clearTimeout(timer);
    lostTimer = undefined;
    if (strip) strip.hidden = true;
    return;
  }
  lostTimer ??= setTimeout(() => {
    if (strip) strip.hidden = false;
    for (const timer of [pollTimer, countTimer]) clearTimeout(timer);
    pollTimer = setInterval(() => void visit(location.href, { onlyList: true, push: false }), POLL_EVERY);
    countTimer = setInterval(showWait, 1000);
    showWait();
  }, LOST_AFTER);
}

/** Show the time until the next attempt. */
function showWait() {
  const label = document.querySelector("[data-lost-in]");
  const seconds = Math.max(0, Math.ceil((lostUntil - Date.now()) / 1000));
  if (label) label.textContent = translate("retrying", seconds);
}

/** Open the stream, and reopen it when it is lost; events go to this tab and to those that share the stream. */
function open(/** @type {AbortSignal} */ signal, /** @type {BroadcastChannel | null} */ channel) {
  let wait = FIRST_WAIT;
  const share = (/** @type {string} */ kind, /** @type {string} */ data) => {
    dispatch(kind, data);
    channel?.postMessage({ kind, data });
  };
  const toggle = (/** @type {"on" | "lost"} */ state, retryAt = 0) => {
    setState(state, retryAt);
    channel?.postMessage({ state, retryAt });
  };
  const connect = () => {
    if (signal.aborted) return;
    const source = new EventSource(`${root}events?after=${cursor}${subject ? `&${subject}` : ""}`);
    const lose = () => {
      source.close();
      clearTimeout(silence);
      if (signal.aborted) return;
      const pause = wait * (0.8 + 0.4 * Math.random()); // so that not all browsers reconnect at once
      wait = Math.min(2 * wait, LONGEST_WAIT);
      toggle("lost", Date.now() + pause);
      setTimeout(connect, pause);
    };
    // A buffering proxy opens the stream as well; only an event shows that it works.
    const silence = setTimeout(lose, SILENT_FOR);
    source.onerror = lose;
    source.addEventListener("hello", () => {
      clearTimeout(silence);
      wait = FIRST_WAIT;
      toggle("on");
    });
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        if (event.lastEventId) cursor = event.lastEventId;
        share(kind, event.data);
      });
    }
    signal.addEventListener("abort", () => source.close());
  };
  connect();
}

/** Follow the list of the page: as the tab that holds the stream, or through that tab. */
function join() {
  current?.abort();
  const mine = (current = new AbortController());
  subject = stateOfList();
  cursor = byId("list")?.dataset.cursor ?? "";
  if (!navigator.locks || !("BroadcastChannel" in window)) return open(mine.signal, null);
  const name = `catcher ${root} ${subject}`;
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => {
    if (data.isRequest) return isHolder && setState("on"), isHolder && channel.postMessage({ state: "on" });
    if (data.state) setState(data.state, data.retryAt);
    else dispatch(data.kind, data.data);
  };
  let isHolder = false;
  mine.signal.addEventListener("abort", () => channel.close());
  const hold = () =>
    new Promise((done) => {
      isHolder = true;
      mine.signal.addEventListener("abort", done);
      open(mine.signal, channel);
    });
  void navigator.locks.request(name, { signal: mine.signal }, hold).catch(() => undefined);
  channel.postMessage({ isRequest: true });
}

/** Start. @param {Handlers} given */
export function listen(given) {
  handlers = given;
  join();
  document.addEventListener("page", () => {
    if (stateOfList() !== subject) join();
  });
  /** @type {number | undefined} */
  let hiding;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(() => current?.abort(), HIDDEN_FOR);
    else if (current?.signal.aborted) {
      join();
      void visit(location.href, { onlyList: true, push: false });
    }
  });
  addEventListener("pagehide", () => current?.abort());
  addEventListener("pageshow", (event) => event.persisted && join());
}
