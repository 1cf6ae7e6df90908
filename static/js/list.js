// Actions on messages of the list: without loading a page, with undo, and with the focus on the next message.
import { all, byId, everyRow, focusRow, focusRowOrTitle, root, rowOf, rows } from "./dom.js";
import { carryTicks, chosenIds, forget, formOfList, hasTicks, isAllChosen, tickAll } from "./selection.js";
import { visit } from "./visit.js";

/** Moment of the last deletion that can be undone, "" for none. */
let undoable = "";

/** The focused row, or the one with the focused fold, or the open one. @returns {HTMLElement | null} */
export function focusedRow() {
  const focused = document.activeElement;
  const row = /** @type {HTMLElement | null} */ (focused?.closest(".row") ?? focused?.closest(".same")?.previousElementSibling ?? null);
  return row ?? rowOf(byId("message")?.dataset.id ?? "");
}

/** Targets of the next action: the selected rows, else the focused or open one. @returns {string[]} */
export function targets() {
  if (hasTicks()) return chosenIds();
  const one = focusedRow()?.dataset.id ?? byId("message")?.dataset.id;
  return one ? [one] : [];
}

/**
 * Send an action for some messages, and focus the next one.
 * @param {string} action as the buttons of the bulk bar have it @param {string[]} [ids]
 */
export async function act(action, ids = targets()) {
  if (!byId("bulk") || !ids.length) return;
  const body = formOfList();
  body.set("action", action);
  if (!(hasTicks() && isAllChosen())) body.delete("scope");
  body.delete("id");
  for (const id of ids) body.append("id", id);
  const isOpen = ids.includes(byId("message")?.dataset.id ?? "");
  if (isOpen && !["delete", "unread"].includes(action)) body.set("back", location.pathname + location.search);
  await send(body, ids);
}

/** @param {URLSearchParams} body @param {string[]} ids */
async function send(body, ids) {
  const action = body.get("action") ?? "";
  const isGone = action.startsWith("delete");
  const listed = everyRow().map((row) => row.dataset.id ?? "");
  const first = Math.max(0, listed.findIndex((id) => ids.includes(id)));
  const open = byId("message")?.dataset.id;
  const isAll = body.get("scope") === "all" || action.endsWith("-all");
  const onlyList = Boolean(open) && (isGone ? !(isAll || ids.includes(open ?? "")) : !body.get("back"));
  const isShown = await visit(`${root}actions`, { body, list: true, onlyList, push: !onlyList && !body.get("back") });
  if (!isShown) return;
  if (isGone) forget(isAll ? chosenIds() : ids);
  else if (action !== "tag" && action !== "untag") tickAll(false);
  const order = isGone ? [...listed.slice(first), ...listed.slice(0, first).reverse()] : [listed[first] ?? ""];
  focusRowOrTitle(order.map(rowOf).find(Boolean));
}

/** @returns {boolean} whether a deletion can be undone */
export const canUndo = () => Boolean(undoable);

/** Restore the messages deleted last, and focus them. */
export async function undo() {
  if (!undoable) return;
  const before = new Set(everyRow().map((row) => row.dataset.id));
  const open = byId("message")?.dataset.id;
  const body = new URLSearchParams({ at: undoable, back: location.pathname + location.search });
  undoable = "";
  if (!(await visit(`${root}bin/restore`, { body, list: true, onlyList: Boolean(open), push: false }))) return;
  focusRow(everyRow().find((row) => !before.has(row.dataset.id)));
}

function noteUndo() {
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector("#toast input[name=at]"));
  if (field) undoable = field.value;
}

/** @param {SubmitEvent} event */
function submit(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
  const id = form.getAttribute("id") ?? ""; // not form.id: that is the field named "id"
  if (form.closest("#toast")) return event.preventDefault(), void undo();
  if (!["bulk", "acts"].includes(id) || button?.hasAttribute("formaction")) return undefined;
  if (button && "download" in button.dataset) return carryTicks(true), void setTimeout(() => carryTicks(false));
  if (button?.value === "compare") return carryTicks(true);
  event.preventDefault();
  for (const menu of all("details.menu[open]")) menu.removeAttribute("open");
  const pairs = [...new FormData(form, button)].map(([name, value]) => [name, String(value)]);
  const body = id === "bulk" ? formOfList(button) : new URLSearchParams(pairs);
  return void send(body, body.getAll("id"));
}

/** Start. */
export function startList() {
  noteUndo();
  document.addEventListener("submit", submit);
  document.addEventListener("page", noteUndo);
}
