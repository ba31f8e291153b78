// What is typed into the form of a call outlives a reload, in this tab alone: sessionStorage goes with the tab, and nothing
// of a caller ever comes into localStorage. It is kept for the seat that typed it, for two hours at most.

const HOURS = 2;
const FIELDS = ["key", "begun", "phone", "body", "where", "place", "category", "class", "title", "name", "confidential"];

const slot = (seat: string) => `linli-call:${seat}`;

export function forgetDraft(seat: string): void {
  sessionStorage.removeItem(slot(seat));
}

function control(form: HTMLFormElement, name: string): HTMLInputElement | null {
  return form.querySelector<HTMLInputElement>(`[name="${name}"]:not([type="radio"])`);
}

interface Kept {
  at: number;
  fields: Record<string, string>;
}

function read(seat: string): Kept | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(slot(seat)) ?? "null") as Kept | null;
    return kept && Date.now() - kept.at < HOURS * 3_600_000 ? kept : undefined;
  } catch {
    return undefined;
  }
}

function restore(form: HTMLFormElement, kept: Kept): void {
  for (const [name, value] of Object.entries(kept.fields)) {
    const field = control(form, name);
    if (!field) continue;
    if (field.type === "checkbox") field.checked = value === "on";
    else field.value = value;
  }
  const chosen = document.getElementById("where-chosen");
  if (chosen && kept.fields.place) chosen.textContent = kept.fields.where ?? "";
  const select = document.querySelector<HTMLSelectElement>("#category");
  const text = document.querySelector<HTMLInputElement>("#category-text");
  if (select?.value && text) text.value = select.selectedOptions[0]?.text ?? "";
}

/** Says that the form goes on where it was, with a way to begin anew. */
function say(form: HTMLFormElement): void {
  const note = document.createElement("div");
  note.className = "notice";
  note.setAttribute("role", "status");
  const words = document.createElement("p");
  words.textContent = form.dataset.restored ?? "";
  const clear = document.createElement("button");
  Object.assign(clear, { type: "button", className: "btn", textContent: form.dataset.clear ?? "" });
  clear.addEventListener("click", () => {
    forgetDraft(form.dataset.seat ?? "");
    location.assign(location.pathname);
  });
  note.append(words, clear);
  form.before(note);
}

/** Keeps what is typed, and gives back what was kept; true when there was something. */
export function keepDraft(form: HTMLFormElement): boolean {
  const seat = form.dataset.seat ?? "";
  const now = Number(form.dataset.now);
  const loaded = Date.now();
  const begun = control(form, "begun");
  const empty = ["phone", "body", "from"].every((name) => !control(form, name)?.value);
  const kept = empty && !document.querySelector(".summary") ? read(seat) : undefined;
  if (kept) {
    restore(form, kept);
    say(form);
  }
  let started = kept !== undefined || !empty;
  form.addEventListener("input", () => {
    // The call begins with the first key, not when the page was opened to wait for it.
    if (!started && begun) begun.value = String(now + Date.now() - loaded);
    started = true;
    const fields = Object.fromEntries(
      FIELDS.map((name) => {
        const field = control(form, name);
        return [name, field?.type === "checkbox" ? (field.checked ? "on" : "") : (field?.value ?? "")];
      }),
    );
    sessionStorage.setItem(slot(seat), JSON.stringify({ at: Date.now(), fields } satisfies Kept));
  });
  return kept !== undefined;
}
