// The form for a call: keys instead of the mouse, and what is to be known while the caller talks. Without it the form
// works by its buttons.
import { combobox, placesFor } from "./combobox";
import { keepDraft, forgetDraft } from "./call-draft";
import { watchDanger } from "./danger";
import { fill } from "./text";

const LATEST = "linli-near";
const find = <T extends HTMLElement>(selector: string) => document.querySelector<T>(selector);
const value = (form: HTMLFormElement, name: string) => String(new FormData(form).get(name) ?? "");

function post(path: string, fields: Record<string, string>): Promise<Response> {
  return fetch(path, { method: "POST", body: new URLSearchParams(fields) });
}

/** Runs once it has been quiet for a moment. */
function quiet(ms: number, run: () => void): () => void {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = window.setTimeout(run, ms);
  };
}

/** Only the newest answer counts. */
function newest<T>(ask: () => Promise<T>, use: (answer: T) => void): () => Promise<void> {
  let asked = 0;
  return async () => {
    const mine = ++asked;
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined && mine === asked) use(answer);
  };
}

/** The key that a first button answers to is shown beside it. */
function hints(part: HTMLElement): void {
  for (const name of ["asked", "answer", "joins"]) part.querySelector(`[data-${name}-key]`)?.removeAttribute("hidden");
}

/** The earlier matters of the number. */
function callers(phone: HTMLInputElement): () => void {
  const box = find("#earlier");
  let shown = phone.value.trim();
  const look = newest(
    async () => (await post("/desk/new/caller", { phone: phone.value })).text(),
    (html) => {
      if (!box) return;
      box.innerHTML = html;
      hints(box);
    },
  );
  const now = () => {
    const typed = phone.value.trim();
    if (typed === shown) return;
    shown = typed;
    void look();
  };
  const soon = quiet(200, now);
  phone.addEventListener("input", soon);
  phone.addEventListener("change", now);
  if (box) hints(box);
  return now;
}

interface Thought {
  category: string;
  category_name: string;
  because: string;
  place: { code: string; name: string; hint: string } | null;
  class: string;
  read: string;
  beside: string;
}

/** What the words suggest: category, answers, repeats, and the sentence to read back. */
function thinking(form: HTMLFormElement): { soon(): void; told(use: (thought: Thought) => void): void } {
  const [read, beside] = [find("#read"), find("#beside")];
  const empty = read?.textContent ?? "";
  const users: ((thought: Thought) => void)[] = [];
  const fields = ["body", "title", "where", "place", "category", "class"];
  // A place that the words filled in is looked for anew.
  const sent = (name: string) => (form.dataset.filled !== undefined && ["where", "place"].includes(name) ? "" : value(form, name));
  const think = newest(
    async () => {
      const answer = await post("/desk/new/think", Object.fromEntries(fields.map((name) => [name, sent(name)])));
      if (!answer.ok) throw new Error(String(answer.status));
      return (await answer.json()) as Thought;
    },
    (thought) => {
      if (read) read.textContent = thought.read || empty;
      // What somebody is about to press is not taken from under their finger.
      if (beside && !beside.contains(document.activeElement)) {
        beside.innerHTML = thought.beside;
        hints(beside);
      }
      for (const use of users) use(thought);
    },
  );
  return { soon: quiet(150, () => void think()), told: (use) => users.push(use) };
}

/** Where: found while it is typed; the one taken stands below. */
function place(form: HTMLFormElement, next: (from: HTMLElement) => void, thoughts: ReturnType<typeof thinking>): void {
  const { soon } = thoughts;
  // That what stands there was filled in by the words of the report, and nobody has touched it.
  const touched = () => delete form.dataset.filled;
  const box = find<HTMLInputElement>("#where");
  const chosen = find("#where-chosen");
  if (!box || !chosen) return;
  const checked = form.querySelector<HTMLInputElement>('input[name="place"]:checked')?.value ?? "";
  for (const part of form.querySelectorAll("[data-plain]")) part.remove();
  const code = document.createElement("input");
  Object.assign(code, { type: "hidden", name: "place", value: checked });
  form.append(code);
  combobox(box, {
    source: (typed) => placesFor(typed, sessionStorage.getItem(LATEST) ?? ""),
    none: form.dataset.none ?? "",
    count: form.dataset.count ?? "",
    change: () => {
      touched();
      code.value = "";
      chosen.textContent = "";
      soon();
    },
    pick: (choice, how) => {
      touched();
      box.value = choice.text;
      code.value = choice.value;
      chosen.textContent = choice.hint ? `${choice.text} · ${choice.hint}` : choice.text;
      sessionStorage.setItem(LATEST, choice.value);
      form.dispatchEvent(new Event("input", { bubbles: true }));
      soon();
      if (how === "enter") next(box);
    },
  });
  thoughts.told(({ place: named }) => {
    const free = form.dataset.filled !== undefined || (box.value.trim() === "" && code.value === "");
    if (!named || !free || document.activeElement === box) return;
    form.dataset.filled = "";
    [box.value, code.value] = [named.name, named.code];
    chosen.textContent = fill(form.dataset.named, { place: named.hint ? `${named.name} · ${named.hint}` : named.name });
  });
}

/** The list of categories as a text box that takes first letters; the list itself stays what is sent. */
function category(form: HTMLFormElement, next: (from: HTMLElement) => void, thoughts: ReturnType<typeof thinking>): void {
  const select = find<HTMLSelectElement>("#category");
  const because = find("#because");
  if (!select) return;
  const input = document.createElement("input");
  Object.assign(input, { className: "input", id: "category-text", autocomplete: "off", placeholder: select.options[0]?.text ?? "" });
  input.dataset.stop = "";
  input.setAttribute("aria-describedby", "because");
  const label = form.querySelector<HTMLLabelElement>('label[for="category"]');
  if (label) label.htmlFor = input.id;
  delete select.dataset.stop;
  select.hidden = true;
  select.after(input);
  const all = Array.from(select.options)
    .filter((option) => option.value !== "")
    .map((option) => ({ value: option.value, text: option.text, find: `${option.dataset.find ?? ""} ${option.text}`.toLowerCase() }));
  const named = () => (select.value ? (select.selectedOptions[0]?.text ?? "") : suggested);
  let suggested = "";
  input.value = named();
  combobox(input, {
    source: (typed) => {
      const asked = typed.toLowerCase();
      const begins = (one: (typeof all)[number]) => Number(one.find.startsWith(asked)) * 2 + Number(one.text.toLowerCase().startsWith(asked));
      return all.filter((one) => one.find.includes(asked)).sort((a, b) => begins(b) - begins(a)).slice(0, 8);
    },
    none: form.dataset.kindsNone ?? "",
    count: form.dataset.kindsCount ?? "",
    pick: (choice, how) => {
      select.value = choice.value;
      input.value = choice.text;
      if (because) because.textContent = "";
      thoughts.soon();
      if (how === "enter") next(input);
    },
  });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => {
    if (input.value.trim() === "") select.value = "";
    input.value = named();
  });
  thoughts.told((thought) => {
    suggested = thought.category === "other" && thought.because === "" ? "" : thought.category_name;
    if (select.value || document.activeElement === input) return;
    input.value = suggested;
    if (because) because.textContent = thought.because;
  });
}

/** The class that goes with the category is named where nobody chose another. */
function classes(thoughts: ReturnType<typeof thinking>): void {
  const select = find<HTMLSelectElement>("#class");
  const auto = select?.options[0];
  if (!select || !auto) return;
  const base = auto.text;
  select.addEventListener("change", thoughts.soon);
  thoughts.told((thought) => {
    const own = Array.from(select.options).find((option) => option.value !== "" && option.value === thought.class);
    auto.text = own ? `${base}: ${own.text}` : base;
  });
}

/** Opens a fold and goes to the first thing in it. */
function unfold(fold: HTMLDetailsElement | null): void {
  if (!fold) return;
  fold.open = true;
  fold.querySelector<HTMLElement>("input:not([type=hidden]), button")?.focus();
}

function keys(form: HTMLFormElement, next: (from: HTMLElement) => void): void {
  const press = (selector: string) => form.querySelector<HTMLElement>(selector)?.click();
  const jobs: Record<string, () => void> = {
    F2: () => press("[data-answer]"),
    F4: () => {
      const bar = find<HTMLElement>("#danger");
      unfold(bar && !bar.hidden ? bar.querySelector("details") : find<HTMLDetailsElement>("#emergency"));
    },
    F7: () => press("[data-joins]"),
    F8: () => press("[data-asked]"),
    F9: () => unfold(find<HTMLDetailsElement>("#later")),
  };
  document.addEventListener("keydown", (event) => {
    const job = jobs[event.key];
    if (event.isComposing || event.altKey || event.metaKey) return;
    if (job && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      return job();
    }
    if (event.key !== "Enter" || event.defaultPrevented) return;
    if (event.ctrlKey) {
      event.preventDefault();
      return press("#file");
    }
    const target = event.target;
    if (!(target instanceof HTMLElement) || event.shiftKey) return;
    if (target.matches('[name="at"], [name="at_other"]')) {
      event.preventDefault();
      press('button[value="later"]');
    } else if (target.matches("[data-stop]")) {
      event.preventDefault();
      next(target);
    } else if (target.matches("input")) {
      event.preventDefault();
    }
  });
}

function start(form: HTMLFormElement): void {
  const phone = find<HTMLInputElement>("#phone");
  const body = find<HTMLTextAreaElement>("#body");
  if (!phone || !body) return;
  const next = (from: HTMLElement) => {
    const stops = Array.from(form.querySelectorAll<HTMLElement>("[data-stop], #file"));
    const to = stops[stops.indexOf(from) + 1];
    to?.focus();
    to?.scrollIntoView({ block: "nearest" });
  };
  const thoughts = thinking(form);
  place(form, next, thoughts);
  category(form, next, thoughts);
  classes(thoughts);
  keys(form, next);
  const look = callers(phone);
  const alarm = watchDanger(form, body);
  body.addEventListener("input", thoughts.soon);

  // A softphone gives the number in the fragment, which no server sees; it does not stay in the history either.
  const ring = () => {
    const number = /^#tel=([\d+]{5,20})$/.exec(location.hash)?.[1];
    if (!number) return;
    history.replaceState(null, "", location.pathname + location.search);
    if (phone.value.trim() !== "") return;
    phone.value = number;
    form.dispatchEvent(new Event("input", { bubbles: true }));
    look();
    body.focus();
  };
  const restored = keepDraft(form);
  if (restored) {
    alarm();
    thoughts.soon();
    look();
  } else if (body.value) {
    thoughts.soon();
  }
  addEventListener("hashchange", ring);
  if (!find(".summary")) (phone.value.trim() || value(form, "from") ? body : phone).focus();
  ring();
}

const form = find<HTMLFormElement>("#call");
if (form) start(form);
const done = find("[data-call-done]");
if (done) {
  forgetDraft(done.dataset.callDone ?? "");
  done.querySelector<HTMLElement>("[data-next]")?.focus();
}
