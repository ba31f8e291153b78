// A reply is looked over while it is typed, a moment after the typing stops and once every box of it holds something; what
// may be wrong is said under the form, politely. And words at hand are put into a form by a press. Without scripts a look
// comes when the form is sent, and a link leads to the form with the words in it.

const WAIT = 2000;

interface Seen {
  timer?: number;
  asked: string;
}

/** The form as it would be sent, without its files. */
function typed(form: HTMLFormElement): URLSearchParams {
  const all = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") all.append(name, value);
  return all;
}

function say(form: HTMLFormElement, doubts: string[]): void {
  const box = form.querySelector<HTMLElement>("[data-doubts]");
  if (!box) return;
  const parts: HTMLElement[] = [];
  if (doubts.length) {
    const [title, list] = [document.createElement("p"), document.createElement("ul")];
    title.textContent = box.dataset.title ?? "";
    for (const doubt of doubts) {
      const item = document.createElement("li");
      item.textContent = doubt;
      list.append(item);
    }
    parts.push(title, list);
  }
  box.replaceChildren(...parts);
}

/** The boxes whose words reach whoever reported the case. */
function boxes(form: HTMLFormElement): HTMLTextAreaElement[] {
  const names = (form.dataset.replies ?? "").split(" ");
  return Array.from(form.querySelectorAll<HTMLTextAreaElement>("textarea")).filter((box) => names.includes(box.name));
}

async function look(form: HTMLFormElement, seen: Seen): Promise<void> {
  if (form.dataset.sent !== undefined || boxes(form).some((box) => box.value.trim() === "")) return;
  const body = typed(form);
  const text = body.toString();
  if (text === seen.asked) return;
  seen.asked = text;
  try {
    const answer = await fetch(form.dataset.check ?? "", { method: "POST", body });
    if (!answer.ok || seen.asked !== text) return;
    const { doubts } = (await answer.json()) as { doubts: string[] };
    say(form, doubts);
  } catch {
    // It is looked over again when it is sent.
  }
}

/** Watches the forms whose words reach a resident. */
export function lookOver(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-check]")) {
    const seen: Seen = { asked: "" };
    form.addEventListener("input", (event) => {
      if (!boxes(form).some((box) => box === event.target)) return;
      clearTimeout(seen.timer);
      seen.timer = window.setTimeout(() => void look(form, seen), WAIT);
    });
    form.addEventListener("submit", () => clearTimeout(seen.timer));
  }
}

/** Adds words to a box, after what stands there and once. */
function add(box: HTMLTextAreaElement | HTMLInputElement, words: string): void {
  const before = box.value.trimEnd();
  if (before.includes(words)) return;
  box.value = before ? `${before}${box instanceof HTMLTextAreaElement ? "\n" : " "}${words}` : words;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Puts the words of a link into the form that it is about. */
function put(link: HTMLAnchorElement): boolean {
  const words = Object.entries(JSON.parse(link.dataset.fill || "{}") as Record<string, string>);
  const found = words.flatMap(([id, text]) => {
    const box = document.getElementById(id);
    return box instanceof HTMLTextAreaElement || box instanceof HTMLInputElement ? [{ box, text }] : [];
  });
  const first = found[0];
  if (!first) return false;
  const act = first.box.closest<HTMLDetailsElement>("details.act");
  if (act) act.open = true;
  for (const { box, text } of found) add(box, text);
  const said = link.closest("section")?.querySelector<HTMLElement>("[data-fill-says]");
  if (said) said.textContent = said.dataset.done ?? "";
  first.box.focus();
  return true;
}

/** Makes the links put their words. */
export function fillIn(): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-fill]") : null;
    if (!link || event.ctrlKey || event.metaKey) return;
    if (put(link)) event.preventDefault();
  });
}
