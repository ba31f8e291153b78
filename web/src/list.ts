// A list of the desk under the hand: j and k move and take the preview along, x ticks (with Shift up to here), and coming back
// finds the row where one was.
import { fill } from "./text";

const LIST = "linli-list";
let last: HTMLInputElement | undefined;
let asked = 0;

function links(): HTMLElement[] {
  return Array.from(document.querySelectorAll<HTMLElement>(".table-rows .row-link, .hits h2 a"));
}

function rowOf(link: Element | undefined): HTMLElement | null {
  return link?.closest<HTMLElement>("tr, li") ?? null;
}

/** The row that is at hand. */
export function current(): HTMLElement | null {
  const focused = links().find((link) => rowOf(link)?.contains(document.activeElement));
  return rowOf(focused) ?? document.querySelector<HTMLElement>("tr.at");
}

async function peek(row: HTMLElement): Promise<void> {
  const pane = document.querySelector<HTMLElement>("[data-preview]");
  const url = row.dataset.peek;
  if (!pane || !url || !matchMedia("(min-width: 64em)").matches) return;
  const mine = ++asked;
  const answer = await fetch(url).catch(() => undefined);
  // Only the last one that was asked for is shown.
  if (!answer?.ok || mine !== asked) return;
  pane.innerHTML = await answer.text();
}

function choose(link: HTMLElement): void {
  for (const other of document.querySelectorAll("tr.at")) other.classList.remove("at");
  const row = rowOf(link);
  if (row?.matches("tr")) row.classList.add("at");
  link.focus();
  link.scrollIntoView({ block: "nearest" });
  if (row) void peek(row);
}

/** Moves to the next or the previous row; the focus is on its link, so Enter opens it. */
export function move(step: 1 | -1): void {
  const all = links();
  const at = all.findIndex((link) => rowOf(link)?.contains(document.activeElement));
  const chosen = all.findIndex((link) => rowOf(link)?.classList.contains("at"));
  const next = at >= 0 ? at + step : Math.max(chosen, 0);
  const link = all[Math.min(Math.max(next, 0), all.length - 1)];
  if (link) choose(link);
}

function boxes(): HTMLInputElement[] {
  return Array.from(document.querySelectorAll<HTMLInputElement>("[data-batch] input[name=case]"));
}

function count(): void {
  const line = document.querySelector<HTMLElement>("[data-picked]");
  const n = boxes().filter((box) => box.checked).length;
  if (!line) return;
  line.dataset.hint ??= line.textContent ?? "";
  line.textContent = n > 0 ? fill(line.dataset.picked, { n }) : line.dataset.hint;
}

/** Ticks from the last ticked row up to this one. */
function range(to: HTMLInputElement): void {
  const all = boxes();
  const [a, b] = [all.indexOf(last ?? to), all.indexOf(to)];
  for (const box of all.slice(Math.min(a, b), Math.max(a, b) + 1)) box.checked = to.checked;
}

/** Ticks the row at hand, or takes the tick away. */
export function tick(shift: boolean): boolean {
  const box = current()?.querySelector<HTMLInputElement>("input[name=case]");
  if (!box) return false;
  box.checked = shift || !box.checked;
  if (shift) range(box);
  last = box;
  count();
  return true;
}

/** Back to the list, as it was left. */
export function up(): boolean {
  const link = document.querySelector<HTMLAnchorElement>("a[data-up]");
  link?.click();
  return link !== null;
}

/** Remembers the list when it is left, finds the row again when one comes back. */
export function lists(): void {
  const here = location.pathname + location.search;
  const kept = sessionStorage.getItem(LIST);
  const [url, row] = kept ? (JSON.parse(kept) as [string, string]) : ["", ""];
  if (document.querySelector("[data-batch]")) {
    const link = links().find((link) => link.getAttribute("href") === row);
    if (url === here && link) choose(link);
    document.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest("a[href^='/desk/cases/']") : null;
      if (link) sessionStorage.setItem(LIST, JSON.stringify([here, (link.getAttribute("href") ?? "").split("#")[0]]));
    });
    document.addEventListener("click", (event) => {
      const box = event.target;
      if (!(box instanceof HTMLInputElement) || box.name !== "case") return;
      if (event.shiftKey && last) range(box);
      last = box;
      count();
    });
    count();
  } else if (url) {
    for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-up][href='/desk']")) link.href = url;
  }
}
