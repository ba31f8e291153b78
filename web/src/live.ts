// Live pages of the desk. What happened since the page was drawn is said in one place at the top; rows are marked and
// counts follow; nothing that one types, reads or points at is replaced or moved.
import { fill } from "./text";

const bar = document.querySelector<HTMLElement>("[data-live]");
const main = document.querySelector<HTMLElement>("main");

type Row = { case: string; mine: string[]; new: boolean; who: string };
type Moment = { seq: number; words: string };
type Here = { words: string; writing: boolean };
type Counts = { views: Record<string, string>; today: number; words: string };
type Told = { unread: number; words: string; newest: { words: string; url: string } | null; sound: boolean };

/** Changes the page so that what one looks at stays where it is on the screen. */
function still(change: () => void): void {
  const focused = document.activeElement;
  const anchor = focused && focused !== document.body && !bar?.contains(focused) ? focused : (main?.querySelector("h1") ?? main);
  const before = anchor?.getBoundingClientRect().top ?? 0;
  const settle = () => {
    const moved = (anchor?.getBoundingClientRect().top ?? 0) - before;
    if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: "instant" });
  };
  bar?.classList.remove("below");
  change();
  settle();
  clear(focused);
  settle();
}

/** The bar stands where it covers nothing that has the focus: at the top, or else at the bottom. */
function clear(focused: Element | null): void {
  if (!bar || bar.hidden) return;
  if (!focused || !main?.contains(focused) || bar.contains(focused)) return;
  const [box, here] = [focused.getBoundingClientRect(), bar.getBoundingClientRect()];
  bar.classList.toggle("below", box.top < here.bottom && box.bottom > here.top);
}

let asked = false;

/** Looks anew where the bar stands, after the focus or the page moved; the bar moves only where it has to. */
function standAside(): void {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    const focused = document.activeElement;
    if (!bar || bar.hidden || !focused || !main?.contains(focused)) return;
    const below = bar.classList.contains("below");
    const [box, here] = [focused.getBoundingClientRect(), bar.getBoundingClientRect()];
    const top = below ? 0 : here.top;
    // A change that changes nothing takes the bar to the top, and away again from what it would cover there.
    if ((box.top < top + here.height && box.bottom > top) !== below) still(() => {});
  });
}

function part(name: string): HTMLElement | null {
  return bar?.querySelector<HTMLElement>(`[data-live-${name}]`) ?? null;
}

/** Says something in a part of the bar, or nothing. */
function say(name: string, words: string, show: (line: HTMLElement) => void = () => {}): void {
  const line = part(name);
  if (!bar || !line) return;
  still(() => {
    const text = line.querySelector<HTMLElement>("[data-live-words], a") ?? line;
    if (text.textContent !== words) text.textContent = words;
    line.hidden = words === "";
    show(line);
    bar.hidden = !Array.from(bar.children).some((child) => child instanceof HTMLElement && !child.hidden);
  });
}

/** The news line, with one of its two buttons or none. */
function news(words: string, button?: "update" | "look"): void {
  say("news", words, () => {
    for (const name of ["update", "look"]) {
      const link = part(name);
      if (link) link.hidden = name !== button;
    }
  });
}

// The inbox: rows that are here, and cases that are new.

const arrived = new Set<string>();
let many = false;

function rowsOf(key: string): HTMLElement[] {
  const links = document.querySelectorAll<HTMLAnchorElement>(".table-rows a.row-link");
  return Array.from(links).filter((link) => new URL(link.href).pathname === `/desk/cases/${key}`);
}

/** A word beside the title of a row; an empty one takes it away. */
function mark(link: HTMLElement, words: string, kind: "gone" | "moved"): void {
  const row = link.closest("tr");
  row?.classList.toggle("gone", words !== "" && kind === "gone");
  let tag = link.parentElement?.querySelector<HTMLElement>(".live-mark");
  if (!words) return tag?.remove();
  if (!tag) {
    tag = document.createElement("span");
    link.after(tag);
  }
  tag.className = kind === "gone" ? "tag tag-done live-mark" : "tag live-mark";
  tag.textContent = words;
}

function hearRows(rows: Row[]): void {
  still(() => {
    for (const row of rows) {
      const links = rowsOf(row.case);
      if (row.mine.length === 0) arrived.delete(row.case);
      else if (row.new && links.length === 0) arrived.add(row.case);
      for (const link of links) {
        if (row.mine.length === 0) mark(link, fill(bar?.dataset.doneBy, { who: row.who }), "gone");
        else mark(link, bar?.dataset.moved ?? "", "moved");
      }
    }
  });
  sayArrived();
}

function sayArrived(): void {
  const n = arrived.size;
  if (many) news(bar?.dataset.many ?? "", "update");
  else if (n === 0) news("");
  else news(n === 1 ? (bar?.dataset.newOne ?? "") : fill(bar?.dataset.new, { n }), "update");
}

function hearCounts(counts: Counts): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".views a[href]")) {
    const n = counts.views[link.getAttribute("href") ?? ""];
    const shown = link.querySelector(".n");
    if (shown && n !== undefined) shown.textContent = String(n);
  }
  const sentence = document.querySelector("[data-live-count]");
  if (sentence) sentence.textContent = counts.words;
  const plain = document.title.replace(/^\(\d+\) /, "");
  document.title = counts.today > 0 ? `(${counts.today}) ${plain}` : plain;
}

// A case: what happened to it, and who else has it open.

let typed = false;
let seen = Number(main?.dataset.seq ?? 0);

function hearCase(moment: Moment): void {
  if (moment.seq <= seen) return;
  seen = moment.seq;
  news(`${bar?.dataset.case ?? ""} · ${moment.words}`, "look");
}

/** Shows what is new. With something typed, only what is read is drawn anew, and every form stays as it is. */
async function look(event: Event): Promise<void> {
  if (!typed) return; // The link loads the page.
  event.preventDefault();
  const answer = await fetch(location.pathname, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return news(bar?.dataset.off ?? "");
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  still(() => {
    for (const part of [".case-head", ".story", ".talk", "section[aria-labelledby=clocks]"]) {
      const [old, now] = [main?.querySelector(part), fresh.querySelector(`main ${part}`)];
      if (!old || !now) continue;
      // What was unfolded stays so.
      if (old.querySelector("details.fold[open]")) now.querySelector("details.fold")?.setAttribute("open", "");
      old.replaceWith(document.adoptNode(now));
    }
  });
  seen = Math.max(seen, Number(fresh.querySelector<HTMLElement>("main")?.dataset.seq ?? 0));
  news(bar?.dataset.kept ?? "");
  const last = Array.from(main?.querySelectorAll<HTMLElement>("ol.timeline > li:not(.now)") ?? []).pop();
  if (!last) return;
  last.tabIndex = -1;
  last.classList.add("fresh");
  last.focus();
}

// One's own page, and whether something is being filled in.

let page = "";
let writing = false;
let rest: ReturnType<typeof setTimeout> | undefined;

function caseKey(): string {
  return location.pathname.split("/").slice(3, 5).join("/");
}

function tellWriting(now: boolean): void {
  if (writing === now || !page || !location.pathname.startsWith("/desk/cases/")) return;
  writing = now;
  const body = new URLSearchParams({ page, case: caseKey(), writing: now ? "on" : "off" });
  void fetch("/desk/live/writing", { method: "POST", body, credentials: "same-origin", keepalive: true }).catch(() => {});
}

function onInput(event: Event): void {
  if (!(event.target instanceof HTMLElement) || !event.target.closest("main form")) return;
  typed = true;
  tellWriting(true);
  clearTimeout(rest);
  rest = setTimeout(() => tellWriting(false), 60_000);
}

// Notices.

function beep(): void {
  try {
    const sound = new AudioContext();
    const [tone, volume] = [sound.createOscillator(), sound.createGain()];
    volume.gain.value = 0.06;
    tone.frequency.value = 660;
    tone.connect(volume).connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + 0.15);
    tone.addEventListener("ended", () => void sound.close());
  } catch {
    // A browser that lets no page make a sound.
  }
}

function hearTold(told: Told): void {
  const badge = document.querySelector<HTMLElement>("[data-unread]");
  if (badge) {
    badge.hidden = told.unread === 0;
    badge.textContent = told.unread > 99 ? "99+" : String(told.unread);
    badge.title = told.words;
  }
  if (!told.newest) return;
  const { words, url } = told.newest;
  say("told", words, (line) => line.querySelector("a")?.setAttribute("href", url));
  if (told.sound) beep();
}

// The stream.

let stream: EventSource | null = null;
let cursor = "";
let full = false;

function listen(): void {
  if (!bar || stream || full) return;
  // A case that has moved on since it was drawn is asked for from where it was drawn, every other page from where it is.
  const address = new URL(bar.dataset.live ?? "", location.href);
  if (cursor) address.searchParams.set("at", cursor);
  stream = new EventSource(address);
  const hear = <T>(name: string, what: (data: T) => void) =>
    stream?.addEventListener(name, (event) => {
      if (event.lastEventId) cursor = event.lastEventId;
      what(JSON.parse(event.data) as T);
    });
  hear<{ page: string }>("hello", (hello) => {
    page = hello.page;
    const was = writing;
    writing = false;
    tellWriting(was);
  });
  hear<Row[]>("rows", hearRows);
  hear<Counts>("counts", hearCounts);
  hear<null>("many", () => {
    many = true;
    sayArrived();
  });
  hear<Moment>("case", hearCase);
  hear<Here[]>("here", (all) => say("here", all.map((one) => one.words).join("  ")));
  hear<Told>("told", hearTold);
  hear<null>("full", () => {
    full = true;
    hush();
  });
  stream.addEventListener("error", () => {
    // The browser comes again by itself unless the answer was a refusal: no room, or signed out.
    if (stream?.readyState !== EventSource.CLOSED) return;
    hush();
    setTimeout(listen, 60_000);
  });
}

function hush(): void {
  stream?.close();
  stream = null;
}

/** A hidden page lets go of its stream, so that the pages one works on have theirs; the inbox keeps its title current. */
function onVisibility(): void {
  if (document.hidden) {
    if (location.pathname !== "/desk") hush();
    return;
  }
  full = false;
  listen();
}

if (bar && "EventSource" in window) {
  document.addEventListener("visibilitychange", onVisibility);
  document.addEventListener("input", onInput);
  main?.addEventListener("focusin", standAside);
  document.addEventListener("scroll", standAside, { passive: true });
  addEventListener("pagehide", hush);
  addEventListener("pageshow", () => !document.hidden && listen());
  part("look")?.addEventListener("click", (event) => void look(event));
  if (!document.hidden) listen();
}
