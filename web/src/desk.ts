// Keys for the desk: j/k move, Enter opens, / searches, ? lists the keys, a letter presses the button that carries it.
// A person who dislikes single keys switches them off in the settings: <body data-keys="off">.

const body = document.body;

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target instanceof HTMLInputElement && !/^(button|submit|checkbox|radio|file)$/.test(target.type);
}

/** Moves to the next or the previous row; the focus is on its link, so Enter opens it. */
function move(step: 1 | -1): void {
  const links = Array.from(document.querySelectorAll<HTMLElement>(".table-rows .row-link"));
  const at = links.findIndex((link) => link === document.activeElement);
  const chosen = links.findIndex((link) => link.closest("tr")?.classList.contains("at"));
  const next = at >= 0 ? at + step : Math.max(chosen, 0);
  const link = links[Math.min(Math.max(next, 0), links.length - 1)];
  link?.focus();
  link?.scrollIntoView({ block: "nearest" });
}

/** Presses what carries the letter. An action's form opens with the cursor in its first field. */
function press(key: string): boolean {
  const target = document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  target.click();
  if (target.matches("summary")) {
    target.closest("details[open]")?.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
  }
  return true;
}

/** Adds this page's letters to the list, named by the text of what they press. */
function listKeys(dialog: HTMLDialogElement): void {
  const list = dialog.querySelector("[data-keys-here]");
  if (!list || list.childElementCount > 0) return;
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

function onKey(event: KeyboardEvent): void {
  if (body.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  let done = true;
  if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "/") done = search();
  else if (key === "?") done = showKeys();
  else done = /^[a-z]$/.test(key) && press(key);
  if (done) event.preventDefault();
}

const due = Number(body.dataset.dueToday ?? 0);
if (due > 0) document.title = `(${due}) ${document.title}`;
document.addEventListener("keydown", onKey);
document.querySelector("[data-show-keys]")?.addEventListener("click", showKeys);
