// Keys for the desk: j/k move, Enter opens, x ticks, / searches, g i and g s go to inbox and search, u goes back to the list,
// e opens what is to be filled in, t the ready-made words, ? lists the keys; a letter presses the button that carries it.
// A person who dislikes single keys switches them off in the settings: <body data-keys="off">.
import { keepDrafts } from "./drafts";
import { fillIn, lookOver } from "./doubts";
import { lists, move, tick, up } from "./list";
import { openList, readyWords, showReady, takeReady } from "./ready";

const body = document.body;

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target instanceof HTMLInputElement && !/^(button|submit|checkbox|radio|file)$/.test(target.type);
}

/** Opens the form that a summary stands for, with the cursor in its first field. */
function enter(summary: HTMLElement): void {
  const details = summary.closest("details");
  if (details && !details.open) summary.click();
  details?.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea, button")?.focus();
}

/** Presses what carries the letter. */
function press(key: string): boolean {
  const target = document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (target.tagName === "SUMMARY") enter(target);
  else target.click();
  return true;
}

/** The form of the first act, or the one that is open. */
function form(): boolean {
  const summary = document.querySelector<HTMLElement>("details.act[open] > summary, details.act > summary");
  if (summary) enter(summary);
  return summary !== null || press("e");
}

/** Adds this page's letters to the list, named by the text of what they press. */
function listKeys(dialog: HTMLDialogElement): void {
  const toggle = (part: string, shown: boolean) => {
    for (const list of dialog.querySelectorAll<HTMLElement>(part)) list.hidden = !shown;
  };
  toggle("[data-keys-list]", document.querySelector("[data-batch]") !== null);
  toggle("[data-keys-form]", document.querySelector("details.act") !== null);
  const list = dialog.querySelector("[data-keys-here]");
  if (!list) return;
  list.replaceChildren();
  for (const target of document.querySelectorAll<HTMLElement>("[data-key]")) {
    const [term, meaning, cap] = [document.createElement("dt"), document.createElement("dd"), document.createElement("kbd")];
    cap.className = "key";
    cap.textContent = target.dataset.key ?? "";
    term.append(cap);
    const name = target.cloneNode(true) as HTMLElement;
    for (const hint of name.querySelectorAll("kbd")) hint.remove();
    meaning.textContent = name.textContent?.trim() ?? "";
    list.append(term, meaning);
  }
}

function showKeys(): boolean {
  const dialog = document.querySelector<HTMLDialogElement>("dialog.keys");
  if (!dialog) return false;
  listKeys(dialog);
  dialog.showModal();
  return true;
}

function search(): boolean {
  const box = document.querySelector<HTMLInputElement>("[data-search]");
  box?.focus();
  box?.select();
  return box !== null;
}

/** Closes what is open around the cursor: the words at hand, then the form, then the conditions above a list. */
function close(): boolean {
  const open = openList() ?? document.activeElement?.closest<HTMLDetailsElement>("details.act[open], details.narrow-by[open]");
  if (!open) {
    // Out of a field, so that the keys work again; the way out is never closed.
    if (typing(document.activeElement)) (document.activeElement as HTMLElement).blur();
    return false;
  }
  open.open = false;
  open.querySelector<HTMLElement>("summary")?.focus();
  return true;
}

let going = 0;

/** After g: where to. */
function go(key: string): boolean {
  const to = { i: "/desk", s: "/desk/search" }[key];
  if (to) location.assign(to);
  return to !== undefined;
}

function act(key: string, shift: boolean): boolean {
  if (going > Date.now() - 1500) {
    going = 0;
    return go(key);
  }
  if (/^[1-9]$/.test(key)) return takeReady(Number(key));
  switch (key) {
    case "j":
    case "k":
      move(key === "j" ? 1 : -1);
      return true;
    case "x":
      return tick(shift);
    case "/":
      return search();
    case "?":
      return showKeys();
    case "u":
      return up();
    case "e":
      return form();
    case "t":
      return showReady();
    case "g":
      going = Date.now();
      return true;
    default:
      return /^[a-z]$/.test(key) && press(key);
  }
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    if (close()) event.preventDefault();
    return;
  }
  if (body.dataset.keys === "off" || typing(event.target)) return;
  if (act(event.key.toLowerCase(), event.shiftKey)) event.preventDefault();
}

const due = Number(body.dataset.dueToday ?? 0);
if (due > 0) document.title = `(${due}) ${document.title}`;
document.addEventListener("keydown", onKey);
document.querySelector("[data-show-keys]")?.addEventListener("click", showKeys);
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
// Where the views are a row that runs out of the screen, the one that one is in can be seen.
const views = document.querySelector<HTMLElement>(".views");
if (views && views.scrollWidth > views.clientWidth)
  views.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
lists();
keepDrafts();
readyWords();
lookOver();
fillIn();
