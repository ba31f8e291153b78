// Ready-made words: a click (or a figure key, while the list is open) puts them where the cursor is; without scripts the
// link opens the form with the words in it.

function put(link: HTMLAnchorElement): void {
  const list = link.closest<HTMLDetailsElement>("details[data-ready]");
  const box = document.getElementById(list?.dataset.ready ?? "");
  if (!list || !(box instanceof HTMLTextAreaElement)) return;
  const words = link.dataset.text ?? "";
  const before = box.value.slice(0, box.selectionStart);
  const gap = before && !before.endsWith("\n") ? "\n" : "";
  box.setRangeText(gap + words, box.selectionStart, box.selectionEnd, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
  list.open = false;
  box.focus();
}

/** The open list of ready-made words, if there is one. */
export function openList(): HTMLDetailsElement | null {
  return document.querySelector<HTMLDetailsElement>("details[data-ready][open]");
}

/** Opens the list of the form that is open; true when there is one. */
export function showReady(): boolean {
  const list = document.querySelector<HTMLDetailsElement>("details.act[open] details[data-ready]");
  if (!list) return false;
  list.open = true;
  list.querySelector("a")?.focus();
  return true;
}

/** Takes the n-th of the open list. */
export function takeReady(n: number): boolean {
  const link = openList()?.querySelectorAll<HTMLAnchorElement>("a")[n - 1];
  if (link) put(link);
  return link !== undefined;
}

/** Makes the links put their words. */
export function readyWords(): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("details[data-ready] a") : null;
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    put(link);
  });
}
