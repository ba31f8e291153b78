// What is typed outlives a lost connection: a draft stays on the telephone for a week, a report that could not be sent
// waits there and goes out by itself, under the same key, so that it is filed once. Nothing is kept on shared devices.

type Fields = [string, string][];
interface Draft {
  at: number;
  step: string;
  fields: Fields;
  /** It was sent on: the page that comes next shows whether it arrived. */
  sent?: boolean;
}
interface Waiting {
  key: string;
  fields: [string, string | Blob, string?][];
  words: string;
  /** Its pictures did not fit. */
  without: boolean;
  /** The office did not take it as it is. */
  stuck?: boolean;
}

const DRAFT = "linli-draft";
const WEEK = 7 * 24 * 3600 * 1000;
// Who somebody is never lies in a draft; it is quickly typed again.
const PRIVATE = /^(name|contact|whom_name|whom_phone)$/;

const shared = () => document.body.dataset.shared !== undefined;

function stored(): Draft | undefined {
  try {
    const draft = JSON.parse(localStorage.getItem(DRAFT) ?? "null") as Draft | null;
    if (draft && Date.now() - draft.at < WEEK && !shared()) return draft;
    localStorage.removeItem(DRAFT);
  } catch {
    // A telephone that keeps nothing loses nothing else.
  }
  return undefined;
}

function store(draft: Draft | undefined): void {
  try {
    if (draft && !shared()) localStorage.setItem(DRAFT, JSON.stringify(draft));
    else localStorage.removeItem(DRAFT);
  } catch {
    // Full, or forbidden.
  }
}

const said = (fields: readonly (readonly [string, unknown, string?])[]) => String(fields.find(([name]) => name === "say")?.[1] ?? "").trim();

function typed(form: HTMLFormElement): Fields {
  const pairs = Array.from(new FormData(form).entries());
  return pairs.filter((pair): pair is [string, string] => typeof pair[1] === "string" && !PRIVATE.test(pair[0]) && pair[1] !== "");
}

function panel(name: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-keep="${name}"]`);
}

function showPanel(name: string, words = ""): HTMLElement | null {
  const part = panel(name);
  if (!part) return null;
  const place = part.querySelector<HTMLElement>("[data-words]");
  if (place) place.textContent = words.length > 60 ? `${words.slice(0, 60).replace(/\s\S*$/, "")}…` : words;
  part.hidden = false;
  part.parentElement!.hidden = false;
  return part;
}

function hidePanel(name: string): void {
  const part = panel(name);
  if (part) part.hidden = true;
}

function press(name: string, button: string, what: () => void): void {
  panel(name)?.querySelector(`[data-do="${button}"]`)?.addEventListener("click", what);
}

/** Goes to a step of the report with these fields, as if its form had been sent. */
function goOn(fields: Fields, step: string): void {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/report";
  for (const [name, value] of [...fields, ["step", step]]) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name ?? "";
    input.value = value ?? "";
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

function keepDraft(form: HTMLFormElement): void {
  const step = form.dataset.draft ?? "say";
  const first = step === "home" || (step === "say" && said(typed(form)) === "");
  const before = stored();
  if (first && before && said(before.fields)) {
    showPanel("draft", said(before.fields));
    press("draft", "resume", () => goOn(before.fields.filter(([name]) => name !== "step"), before.step));
    press("draft", "clear", () => {
      store(undefined);
      hidePanel("draft");
    });
  }
  const save = () => {
    // What has arrived is no draft any more.
    if (form.dataset.arrived !== undefined) return;
    const fields = typed(form);
    if (said(fields)) store({ at: Date.now(), step: step === "home" ? "say" : step, fields });
  };
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, 300);
  });
  form.addEventListener("submit", (event) => {
    save();
    const button = (event as SubmitEvent).submitter;
    const draft = stored();
    if (draft && button instanceof HTMLButtonElement && /send$/.test(button.value)) store({ ...draft, sent: true });
  });
  addEventListener("pagehide", () => timer && save());
  if (!first) save();
}

// --- what waits to be sent

function box<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((done, failed) => {
    const opening = indexedDB.open("linli", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("waiting", { keyPath: "key" });
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const change = database.transaction("waiting", mode);
      const asked = work(change.objectStore("waiting"));
      change.oncomplete = () => {
        database.close();
        done(asked.result);
      };
      change.onabort = change.onerror = () => {
        database.close();
        failed(change.error);
      };
    };
  });
}

const waiting = () => box<Waiting[]>("readonly", (all) => all.getAll()).catch(() => [] as Waiting[]);
const drop = (key: string) => box("readwrite", (all) => all.delete(key)).catch(() => undefined);

async function put(item: Waiting): Promise<boolean> {
  try {
    await box("readwrite", (all) => all.put(item));
    return true;
  } catch {
    return false;
  }
}

/** Where it was filed; `false` when the office does not take it as it is; nothing when it did not arrive. */
async function deliver(item: Waiting, alone = false): Promise<string | false | undefined> {
  const body = new FormData();
  // Fields stand before the files.
  const [texts, files] = [item.fields.filter((f) => typeof f[1] === "string"), item.fields.filter((f) => typeof f[1] !== "string")];
  // What a picture tells is shown before it is sent; where nobody looks, it is not read.
  for (const [name, value] of texts) if (!(alone && name === "tells")) body.append(name, value as string);
  body.append("step", "send");
  for (const [name, value, file] of files) body.append(name, value as Blob, file);
  try {
    const answer = await fetch("/report", { method: "POST", body });
    if (answer.redirected && answer.url.endsWith("/filed")) return new URL(answer.url).pathname;
    return answer.status >= 500 || answer.status === 429 ? undefined : false;
  } catch {
    return undefined;
  }
}

let sending = false;

/** Tries all that waits; shows what arrived and what still waits. */
async function flush(): Promise<void> {
  if (sending || shared() || !("indexedDB" in window)) return;
  sending = true;
  for (const item of await waiting()) {
    const to = item.stuck ? false : await deliver(item, true);
    if (to) {
      await drop(item.key);
      store(undefined);
      hidePanel("draft");
      hidePanel("waiting");
      const link = showPanel("sent")?.querySelector<HTMLAnchorElement>("[data-to]");
      if (link) link.href = to;
    } else {
      if (to === false && !item.stuck) await put({ ...item, stuck: true });
      showWaiting({ ...item, stuck: to === false });
    }
  }
  sending = false;
}

function showWaiting(item: Waiting): HTMLElement | null {
  const shown = showPanel(item.stuck ? "stuck" : "waiting", item.words);
  const without = shown?.querySelector<HTMLElement>("[data-without]");
  if (without) without.hidden = !item.without;
  return shown;
}

function collect(form: HTMLFormElement): Waiting {
  const fields: Waiting["fields"] = [];
  for (const [name, value] of new FormData(form).entries()) {
    if (typeof value === "string") fields.push([name, value]);
    else if (value.size > 0) fields.push([name, value, value.name]);
  }
  const key = String(fields.find(([name]) => name === "key")?.[1] ?? "");
  return { key, fields, words: said(fields), without: false };
}

/** The last page: what cannot be sent stays here. */
function outbox(form: HTMLFormElement): void {
  form.addEventListener("submit", (event) => {
    const button = (event as SubmitEvent).submitter;
    if (shared() || !("indexedDB" in window) || !(button instanceof HTMLButtonElement) || !/send$/.test(button.value)) return;
    event.preventDefault();
    if (form.dataset.sent !== undefined) return;
    form.dataset.sent = "";
    button.setAttribute("aria-disabled", "true");
    void send(form, button);
  });
}

async function send(form: HTMLFormElement, button: HTMLButtonElement): Promise<void> {
  const item = collect(form);
  const whole = await put(item);
  const texts = { ...item, fields: item.fields.filter((f) => typeof f[1] === "string"), without: true };
  const kept = whole || (await put(texts));
  const to = await deliver(item);
  if (to) {
    await drop(item.key);
    form.dataset.arrived = "";
    store(undefined);
    location.assign(to);
    return;
  }
  delete form.dataset.sent;
  button.removeAttribute("aria-disabled");
  if (to === undefined && kept) {
    // What waits is whole; a draft beside it would be the same once more.
    store(undefined);
    const shown = showWaiting(whole ? item : texts);
    shown?.scrollIntoView({ block: "start" });
    shown?.focus();
    return;
  }
  // The office says what has to be mended on a page of its own; and what cannot be kept is sent as ever.
  await drop(item.key);
  const step = document.createElement("input");
  step.type = "hidden";
  step.name = "step";
  step.value = "send";
  form.prepend(step);
  form.submit();
}

/** Keeps drafts, and sends what waits. */
export function keep(): void {
  const draft = stored();
  if (document.querySelector("[data-filed]") && draft?.sent) store(undefined);
  // An answer at hand solved it: what was typed has no further use.
  if (document.querySelector("[data-helped]")) store(undefined);
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-draft]")) keepDraft(form);
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-outbox]")) outbox(form);
  document.querySelector('form[action="/signout"]')?.addEventListener("submit", () => store(undefined));
  if (!document.getElementById("keep") || !("indexedDB" in window)) return;
  const forget = async () => {
    for (const item of await waiting()) await drop(item.key);
    store(undefined);
    hidePanel("waiting");
    hidePanel("stuck");
  };
  press("waiting", "retry", () => void flush());
  for (const name of ["waiting", "stuck"]) press(name, "forget", () => void forget());
  press("stuck", "mend", async () => {
    const item = (await waiting()).find((one) => one.stuck);
    if (!item) return;
    await drop(item.key);
    goOn(item.fields.filter((f): f is [string, string] => typeof f[1] === "string").map(([n, v]) => [n, v]), "send");
  });
  addEventListener("online", () => void flush());
  document.addEventListener("visibilitychange", () => document.hidden || void flush());
  setInterval(() => panel("waiting")?.hidden === false && void flush(), 20_000);
  void flush();
}
