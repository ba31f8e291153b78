// The page that checks a receipt. It asks nobody anything: whoever has saved it can check without a network.
import { sha256 } from "@noble/hashes/sha2.js";
import { hex, unpacked } from "./check/bytes";
import { keys } from "./check/note";
import { type Proved, verify } from "./check/receipt";
import { Refused } from "./check/refused";

type Lang = "zh" | "en";
type Both = Record<Lang, string>;

/** What the program wrote into the page. */
interface Given {
  words: Record<Lang, Record<string, string>>;
  /** The acts of the flows, by their codes. */
  acts: Record<string, Both>;
  /** Whose log it is, by the name of its key. */
  logs: Record<string, Both>;
}

/** Longer than any receipt: a proof of 63 hashes, a report, a hundred signatures. */
const MAX_BYTES = 2_000_000;

const find = <E extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as E;
const given = JSON.parse(find("given").textContent ?? "") as Given;
const form = find<HTMLFormElement>("check");
const file = find<HTMLInputElement>("file");
const pasted = find<HTMLTextAreaElement>("receipt");
const known = find<HTMLTextAreaElement>("keys");
const result = find("result");
let lang: Lang = document.documentElement.lang.startsWith("en") ? "en" : "zh";
/** What was found last, to be said again in another language. */
let last: Proved | Refused | null = null;

/** A text, with what stands in its braces. */
function word(key: string, args: Record<string, string> = {}): string {
  return (given.words[lang][key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => args[name] ?? whole);
}

const number = (value: bigint | number) => value.toLocaleString(lang === "zh" ? "zh-CN" : "en-GB");

/** A moment as people say it. Receipts are of one country, which has one clock. */
function moment(ms: number): string {
  const style = { dateStyle: "long", timeStyle: "short", timeZone: "Asia/Shanghai" } as const;
  const at = new Date(ms);
  return Number.isNaN(at.getTime()) ? String(ms) : new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", style).format(at);
}

function element(name: string, text = "", ...inside: Node[]): HTMLElement {
  const made = document.createElement(name);
  made.append(...(text ? [text, ...inside] : inside));
  return made;
}

/** A file as its entry tells of it. */
interface Kept {
  name: string;
  bytes: number;
  digest: string;
}

/** The file that a receipt is of; nothing where it is of something else, or does not name it. */
function kept({ entry, text }: Proved): Kept | null {
  if (entry.kind !== "file" || text === undefined) return null;
  try {
    const file = JSON.parse(text) as Kept;
    const told = typeof file.name === "string" && Number.isSafeInteger(file.bytes) && typeof file.digest === "string";
    return told ? file : null;
  } catch {
    return null;
  }
}

/** What was recorded: in the words of the program, else in those of the flow, else by its code. */
function said(proved: Proved): string {
  const { at, of, kind, what } = proved.entry;
  const own = kind === "case" ? `said-${what}` : `said-${kind}`;
  const key = own in given.words[lang] ? own : "said-case";
  return word(key, { when: moment(at), of, what: given.acts[what]?.[lang] ?? what, name: kept(proved)?.name ?? "" });
}

function signer({ log }: Proved): string {
  return given.logs[log.name]?.[lang] ?? log.name;
}

function witnesses({ seen }: Proved): string {
  return word(seen.length > 1 ? "seen" : seen.length ? "seen-one" : "seen-none", { n: number(seen.length) });
}

/** What the resident wrote, out of the text of the entry and the words that were taken out of it; the text itself where
 * it is of another form. */
function wrote(text: string, words?: string): string {
  try {
    const own = words === undefined ? {} : (JSON.parse(words) as { texts: object }).texts;
    const { title, body } = { ...(JSON.parse(text) as { report: { title?: unknown; body?: unknown } }).report, ...own };
    const said = [title, body].filter((part): part is string => typeof part === "string" && part !== "");
    // A title is most often how the report begins.
    return said.filter((part, n) => n > 0 || !said[1]?.startsWith(part)).join("\n") || text;
  } catch {
    return text;
  }
}

/** Where the file itself is chosen, to be compared with what was recorded of it. */
function compare(file: Kept): Node[] {
  const [label, hint, verdict] = [element("label", word("content")), element("p", word("content-hint", { n: number(file.bytes) })), element("p")];
  const chosen = document.createElement("input");
  Object.assign(chosen, { type: "file", id: "content" });
  chosen.setAttribute("aria-describedby", "content-hint");
  label.setAttribute("for", "content");
  hint.id = "content-hint";
  hint.className = "hint";
  verdict.setAttribute("role", "status");
  chosen.addEventListener("change", async () => {
    const content = await chosen.files?.[0]?.arrayBuffer().catch(() => undefined);
    const same = content !== undefined && hex(sha256(new Uint8Array(content))) === file.digest;
    verdict.className = same ? "same" : "other";
    verdict.textContent = `${same ? "\u2713" : "\u2717"} ${word(same ? "content-same" : "content-other")}`;
  });
  return [label, hint, chosen, verdict];
}

function folded(title: string, inside: HTMLElement): HTMLElement {
  return element("details", "", element("summary", word(title)), inside);
}

function technical(proved: Proved): HTMLElement {
  const { entry, index, size, root, leaf, log, seen, others } = proved;
  const rows: [string, string][] = [
    ["tech-log", log.name],
    ["tech-key", log.text],
    ["tech-index", String(index)],
    ["tech-size", String(size)],
    ["tech-root", hex(root)],
    ["tech-leaf", hex(leaf)],
    ["tech-entry", JSON.stringify(entry)],
    ...seen.map(({ name, time }): [string, string] => ["tech-witness", `${name} · ${new Date(Number(time) * 1000).toISOString()}`]),
  ];
  if (others) rows.push(["tech-others", String(others)]);
  return element("dl", "", ...rows.flatMap(([title, value]) => [element("dt", word(title)), element("dd", value)]));
}

function holds(proved: Proved): Node[] {
  const { entry, index, size, text, words } = proved;
  const all: Node[] = [element("p", said(proved))];
  if (entry.promised !== undefined) all.push(element("p", word("promised", { when: moment(entry.promised) })));
  all.push(element("p", word("place", { n: number(index + 1n), size: number(size), name: signer(proved) })));
  all.push(element("p", witnesses(proved)));
  const file = kept(proved);
  if (file) all.push(...compare(file));
  else if (text !== undefined) all.push(element("p", word("wrote")), element("blockquote", wrote(text, words)));
  return [...all, element("p", word("holds-key")), folded("tech", technical(proved))];
}

function fails({ reason, line }: Refused): Node[] {
  const said = [element("p", word(`no-${reason}`, { n: number(line ?? 0) })), element("p", word(`do-${reason}`))];
  return said.filter((p) => p.textContent);
}

/** The heading, a sign and words: the colour only repeats them. */
function heading(of: Proved | Refused): HTMLElement {
  const sign = element("span", of instanceof Refused ? "\u2717" : "\u2713");
  sign.setAttribute("aria-hidden", "true");
  const cannot = of instanceof Refused && (of.reason === "empty" || of.reason.startsWith("key-"));
  return element("h2", "", sign, document.createTextNode(word(cannot ? "cannot" : of instanceof Refused ? "fails" : "holds")));
}

function show() {
  result.hidden = !last;
  result.replaceChildren();
  if (!last) return;
  result.className = last instanceof Refused ? "fails" : "holds";
  result.append(heading(last), ...(last instanceof Refused ? fails(last) : holds(last)));
}

function check() {
  try {
    if (pasted.value.length > MAX_BYTES) throw new Refused("receipt");
    last = verify(pasted.value, keys(known.value));
  } catch (error) {
    last = error instanceof Refused ? error : new Refused("receipt");
  }
  show();
  result.focus();
  result.scrollIntoView({ block: "nearest" });
}

/** Puts the text of a file into the box, where it can be seen, and checks it. */
async function take(files: FileList | null | undefined) {
  const [first] = files ?? [];
  if (!first) return;
  // Another kind of file is refused by its first line; of a film that line is enough.
  pasted.value = await first.slice(0, MAX_BYTES).text().catch(() => "");
  check();
}

/** Checks the receipt in the page's own address, where a QR code put it. */
async function scanned() {
  const packed = location.hash.slice(1);
  if (!packed) return;
  pasted.value = (await unpacked(packed, MAX_BYTES)) ?? "";
  if (pasted.value) check();
  else {
    last = new Refused("cut");
    show();
  }
}

/** Says the page in the language that was chosen. */
function speak(to: Lang) {
  lang = to;
  document.documentElement.lang = to === "zh" ? "zh-Hans" : "en";
  document.title = word("title");
  for (const place of document.querySelectorAll<HTMLElement>("[data-word]")) place.textContent = word(place.dataset.word ?? "");
  for (const button of document.querySelectorAll<HTMLElement>("[data-lang]")) button.hidden = button.dataset.lang === to;
  show();
}

for (const button of document.querySelectorAll<HTMLElement>("[data-lang]")) {
  button.addEventListener("click", () => speak(button.dataset.lang as Lang));
}
form.addEventListener("submit", (event) => {
  event.preventDefault();
  check();
});
// What was found is of what stood there.
form.addEventListener("input", () => {
  last = null;
  show();
});
file.addEventListener("change", () => void take(file.files));
for (const name of ["dragover", "drop"] as const) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    form.classList.toggle("over", name === "dragover");
    if (name === "drop") void take(event.dataTransfer?.files);
  });
}
document.addEventListener("dragleave", () => form.classList.remove("over"));
// A browser that saves the page as it stands saves what was found too; nothing is found yet in a page that opens.
file.value = "";
find("save").hidden = location.protocol === "file:";
form.hidden = false;
speak(lang);
addEventListener("hashchange", () => void scanned());
void scanned();
