// Comparing by key: one message is remembered for this tab, the next one is compared with it.
import { root, say, toast } from "./dom.js";

const KEPT = "catcher-compare";

/** Remember a message, or compare it with the one remembered. @param {string | undefined} id */
export function markOrCompare(id) {
  if (!id) return;
  const first = sessionStorage.getItem(KEPT);
  if (first && first !== id) {
    sessionStorage.removeItem(KEPT);
    location.assign(`${root}compare/${first}/${id}`);
  } else {
    sessionStorage.setItem(KEPT, id);
    toast(say("compareWith"));
  }
}
