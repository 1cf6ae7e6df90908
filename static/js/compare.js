// Comparison by shortcut: the first message is marked for this tab, the second one is compared with it.
import { root, translate, toast } from "./dom.js";

const MARKED = "catcher-compare";

/** Mark a message, or compare it with the marked one. @param {string | undefined} id */
export function markOrCompare(id) {
  if (!id) return;
  const first = sessionStorage.getItem(MARKED);
  if (first && first !== id) {
    sessionStorage.removeItem(MARKED);
    location.assign(`${root}compare/${first}/${id}`);
  } else {
    sessionStorage.setItem(MARKED, id);
    toast(translate("compareWith"));
  }
}
