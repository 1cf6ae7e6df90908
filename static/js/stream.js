// The one connection that news come by: shared between the tabs that show the same list, opened again when it is lost.
import { byId, root } from "./dom.js";
import { visit } from "./visit.js";

const KINDS = ["new", "row", "many", "gone", "side", "counts", "reload"];
const LOST_AFTER = 4000;
const POLL_EVERY = 10_000;
const HIDDEN_FOR = 300_000;

/** @typedef {Record<string, (data: string) => void>} Handlers */

/** @type {Handlers} */
let handlers = {};
/** What the stream is about; a change of it needs another stream. */
let subject = "";
let cursor = "";
/** @type {AbortController | null} */
let current = null;
/** @type {number | undefined} */
let lostTimer;
/** @type {number | undefined} */
let pollTimer;

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
function hand(kind, data) {
  handlers[kind]?.(data);
}

/** @param {"on" | "lost"} state */
function setState(state) {
  hand("state", state);
  const strip = byId("lost");
  if (state === "on") {
    clearTimeout(lostTimer);
    clearInterval(pollTimer);
    lostTimer = undefined;
    if (strip) strip.hidden = true;
    return;
  }
  lostTimer ??= setTimeout(() => {
    if (strip) strip.hidden = false;
    clearInterval(pollTimer);
    pollTimer = setInterval(() => void visit(location.href, { onlyList: true, push: false }), POLL_EVERY);
  }, LOST_AFTER);
}

/** Open the stream until told to end; every event goes to this tab and to those that share it. */
function open(/** @type {AbortSignal} */ signal, /** @type {BroadcastChannel | null} */ channel) {
  const address = `${root}events?after=${cursor}${subject ? `&${subject}` : ""}`;
  const source = new EventSource(address);
  const share = (/** @type {string} */ kind, /** @type {string} */ data) => {
    hand(kind, data);
    channel?.postMessage({ kind, data });
  };
  const toggle = (/** @type {"on" | "lost"} */ state) => {
    setState(state);
    channel?.postMessage({ state });
  };
  source.onopen = () => toggle("on");
  source.onerror = () => {
    toggle("lost");
    if (source.readyState !== EventSource.CLOSED || signal.aborted) return;
    setTimeout(() => signal.aborted || open(signal, channel), 3000);
  };
  for (const kind of KINDS) {
    source.addEventListener(kind, (event) => {
      if (event.lastEventId) cursor = event.lastEventId;
      share(kind, event.data);
    });
  }
  signal.addEventListener("abort", () => source.close());
}

/** Have news about the list on the page: as the one tab that holds the stream, or from the one that does. */
function join() {
  current?.abort();
  const mine = (current = new AbortController());
  subject = stateOfList();
  cursor = byId("list")?.dataset.cursor ?? "";
  if (!navigator.locks || !("BroadcastChannel" in window)) return open(mine.signal, null);
  const name = `catcher ${root} ${subject}`;
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => {
    if (data.ask) return isHolder && setState("on"), isHolder && channel.postMessage({ state: "on" });
    if (data.state) setState(data.state);
    else hand(data.kind, data.data);
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
  channel.postMessage({ ask: true });
}

/** Start listening. @param {Handlers} given */
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
