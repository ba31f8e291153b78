// Drafts of the desk: what is typed into an act's form is kept on the server a few seconds after the typing stops, and when
// the page is left. Without scripts a button does it.

const WAIT = 2500;

interface Kept {
  timer?: number;
  sent: string;
}

/** The form as it would be sent, without its files and its key. */
function typed(form: HTMLFormElement): URLSearchParams {
  const all = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && name !== "key") all.append(name, value);
  }
  all.append("quiet", "1");
  return all;
}

function say(form: HTMLFormElement, good: boolean): void {
  const line = form.querySelector<HTMLElement>("[data-draft-says]");
  if (line) line.textContent = (good ? line.dataset.kept : line.dataset.failed) ?? "";
}

async function keep(form: HTMLFormElement, kept: Kept): Promise<void> {
  const body = typed(form);
  const text = body.toString();
  if (text === kept.sent || form.dataset.sent !== undefined) return;
  try {
    const answer = await fetch(form.dataset.draft ?? "", { method: "POST", body, keepalive: true });
    if (answer.status === 204) kept.sent = text;
    say(form, answer.status === 204);
    if (answer.status !== 204) later(form, kept, 4 * WAIT);
  } catch {
    say(form, false);
    later(form, kept, 4 * WAIT);
  }
}

function later(form: HTMLFormElement, kept: Kept, wait: number): void {
  clearTimeout(kept.timer);
  kept.timer = window.setTimeout(() => void keep(form, kept), wait);
}

/** Watches the forms of acts on the page. */
export function keepDrafts(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-draft]")) {
    const kept: Kept = { sent: typed(form).toString() };
    form.addEventListener("input", () => later(form, kept, WAIT));
    form.addEventListener("submit", () => clearTimeout(kept.timer));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") void keep(form, kept);
    });
  }
}
