// A text box that offers what may be meant while one types: the editable combobox with a list of the ARIA authoring
// practices. The first offer is chosen already, so Enter takes it; Enter pressed before the offers came waits for them.
import { fill } from "./text";

export interface Choice {
  value: string;
  text: string;
  hint?: string;
}

/** By which key, or otherwise, an offer was taken. */
export type How = "enter" | "tab" | "click";

export interface Options {
  /** What may be meant. */
  source(typed: string): Choice[] | Promise<Choice[]>;
  /** An offer was taken. */
  pick(choice: Choice, how: How): void;
  /** The text was changed: what had been taken holds no more. */
  change?(): void;
  /** "Nothing found", and "{n} found". */
  none: string;
  count: string;
}

let made = 0;

export function combobox(input: HTMLInputElement, options: Options): void {
  const id = `combo-${++made}`;
  const list = document.createElement("ul");
  const status = document.createElement("p");
  Object.assign(list, { id, hidden: true, className: "combo-list" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels?.[0]?.textContent?.trim() ?? "");
  status.className = "sr";
  status.setAttribute("role", "status");
  input.after(list, status);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id })) input.setAttribute(name, value);

  let offers: Choice[] = [];
  let at = -1;
  let asked = 0;
  // An answer is under way; and the key that was pressed meanwhile.
  let pending = false;
  let waiting: How | undefined;

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const take = (choice: Choice, how: How) => {
    asked++;
    waiting = undefined;
    close();
    status.textContent = "";
    options.pick(choice, how);
  };
  const mark = (to: number) => {
    at = to;
    Array.from(list.children).forEach((item, n) => item.setAttribute("aria-selected", String(n === at)));
    const item = list.children[at];
    if (item) {
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    }
  };
  const item = (choice: Choice, n: number) => {
    const line = document.createElement("li");
    line.id = `${id}-${n}`;
    line.setAttribute("role", "option");
    line.append(choice.text);
    if (choice.hint) {
      const hint = document.createElement("span");
      hint.className = "hint";
      hint.textContent = choice.hint;
      line.append(" ", hint);
    }
    // The text box keeps the focus.
    line.addEventListener("mousedown", (event) => event.preventDefault());
    line.addEventListener("click", () => take(choice, "click"));
    return line;
  };
  const show = (found: Choice[]) => {
    offers = found;
    list.replaceChildren(...found.map(item));
    status.textContent = found.length ? fill(options.count, { n: found.length }) : options.none;
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    if (found.length) mark(0);
    else close();
  };
  const look = async () => {
    const mine = ++asked;
    const typed = input.value.trim();
    if (typed === "") {
      offers = [];
      status.textContent = "";
      return close();
    }
    const answer = options.source(typed);
    const found = answer instanceof Promise ? await answer.catch(() => []) : answer;
    if (mine !== asked) return;
    const how = waiting;
    waiting = undefined;
    show(found);
    pending = false;
    if (how && found[0]) take(found[0], how);
  };

  input.addEventListener("input", () => {
    options.change?.();
    pending = input.value.trim() !== "";
    void look();
  });
  input.addEventListener("blur", () => setTimeout(close, 0));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const open = !list.hidden;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (open) mark((at + step + offers.length) % offers.length);
      else void look();
    } else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) {
      const how = event.key === "Enter" ? "enter" : "tab";
      if (pending) {
        waiting = how;
        if (how === "enter") event.preventDefault();
      } else if (open) {
        const choice = offers[at];
        if (how === "enter") event.preventDefault();
        if (choice) take(choice, how);
      }
    } else if (event.key === "Escape") {
      // The offers close; the box keeps the focus, for whoever types on.
      event.preventDefault();
      close();
    }
  });
}

/** Places that may be meant, from the server; `near` is the one chosen last. */
export async function placesFor(typed: string, near = ""): Promise<Choice[]> {
  const answer = await fetch(`/places?${new URLSearchParams({ q: typed, near })}`);
  return answer.ok ? ((await answer.json()) as Choice[]) : [];
}
