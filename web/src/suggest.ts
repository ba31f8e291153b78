// Answers at hand beneath a text box (`<div data-suggest="id of the box">`), looked for while one types. The words go in the
// body of the request and nowhere else. What somebody is reading stays until it is closed.

const REST_MS = 400;
const LEAST_CHARS = 4;

function status(n: number): void {
  const line = document.querySelector<HTMLElement>("[data-suggest-said]");
  if (line) line.textContent = n > 0 ? (line.dataset.text ?? "").replace("{n}", String(n)) : "";
}

/** What was shown, so that the next page need not show it again. */
function noteSeen(form: HTMLFormElement | null, part: HTMLElement, seen: Set<string>): void {
  for (const one of part.querySelectorAll<HTMLElement>("[data-answer-id]")) seen.add(one.dataset.answerId ?? "");
  if (!form || seen.size === 0) return;
  let field = form.querySelector<HTMLInputElement>('input[name="seen"]');
  if (!field) {
    field = document.createElement("input");
    field.type = "hidden";
    field.name = "seen";
    form.append(field);
  }
  field.value = Array.from(seen).join(",");
}

function under(part: HTMLElement, box: HTMLTextAreaElement): void {
  const seen = new Set<string>();
  let asked = box.value.trim();
  let timer = 0;
  let asking: AbortController | undefined;
  const shown = () => {
    for (const button of part.querySelectorAll<HTMLElement>("[data-go-on]")) button.hidden = false;
    noteSeen(box.form, part, seen);
  };
  const look = async () => {
    const words = box.value.trim();
    if (words === asked || part.querySelector("details[open]")) return;
    asked = words;
    asking?.abort();
    asking = new AbortController();
    if (words.length < LEAST_CHARS) {
      part.replaceChildren();
      return status(0);
    }
    try {
      const answer = await fetch("/answers/like", { method: "POST", body: new URLSearchParams({ words }), signal: asking.signal });
      if (!answer.ok) return;
      const before = part.textContent;
      part.innerHTML = await answer.text();
      if (part.textContent !== before) status(part.querySelectorAll("details").length);
      shown();
    } catch {
      // Without a connection there are no suggestions; reporting goes on as ever.
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), REST_MS);
  };
  box.addEventListener("input", soon);
  part.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest("[data-go-on]");
    if (!button) return;
    button.closest("details")?.removeAttribute("open");
    box.focus();
    soon();
  });
  shown();
}

export function suggest(): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-suggest]")) {
    const box = document.getElementById(part.dataset.suggest ?? "");
    if (box instanceof HTMLTextAreaElement) under(part, box);
  }
}
