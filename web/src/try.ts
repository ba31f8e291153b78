// The page for programs: sends what one filled in and shows the answer. A token stays in its box, in this page only.
export {};

const box = (id: string) => (document.getElementById(id) as HTMLInputElement | null)?.value.trim() ?? "";

/** The address of an operation, filled in. */
function address(form: HTMLFormElement): string {
  const path = (form.dataset.path ?? "").replace(/\{(\w+)\}/g, (_, name: string) => {
    const field = form.elements.namedItem(name);
    return encodeURIComponent(field instanceof HTMLInputElement ? field.value.trim() : "");
  });
  const query = form.querySelector<HTMLInputElement>("[data-query]")?.value.trim().replace(/^\?/, "") ?? "";
  return query ? `${path}?${query}` : path;
}

function request(form: HTMLFormElement): RequestInit {
  const method = form.dataset.try ?? "GET";
  const headers: Record<string, string> = { "Accept-Language": document.documentElement.lang };
  const [token, code] = [box("token"), box("code")];
  if (token) headers["Authorization"] = `Bearer ${token}`;
  if (code) headers["Tracking-Code"] = code;
  // A token and a session together are refused, so the session stays at home.
  const init: RequestInit = { method, headers, credentials: token ? "omit" : "same-origin", cache: "no-store" };
  if (method === "GET") return init;
  headers["Idempotency-Key"] = `try-${crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`}`;
  const json = form.querySelector<HTMLTextAreaElement>("[data-body]");
  if (json) {
    headers["Content-Type"] = "application/json";
    return { ...init, body: json.value };
  }
  const files = new FormData();
  for (const file of form.querySelector<HTMLInputElement>("[data-files]")?.files ?? []) files.append("files", file);
  return { ...init, body: files };
}

async function words(answer: Response): Promise<string> {
  const kind = answer.headers.get("content-type") ?? "";
  if (!kind.includes("json") && !kind.startsWith("text/")) return `${kind} · ${(await answer.blob()).size} bytes`;
  const text = await answer.text();
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function send(form: HTMLFormElement): Promise<void> {
  const panel = form.querySelector<HTMLElement>("[data-answer]");
  const [status, text] = [panel?.querySelector(".status"), panel?.querySelector("code")];
  if (!panel || !status || !text) return;
  // An answer stands below its own question only.
  panel.hidden = true;
  try {
    const answer = await fetch(address(form), request(form));
    text.textContent = await words(answer);
    status.textContent = `${answer.status} ${answer.statusText}`;
  } catch {
    status.textContent = panel.dataset.fail ?? "";
    text.textContent = "";
  }
  panel.hidden = false;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.dataset.try === undefined) return;
  event.preventDefault();
  void send(form);
});

// An operation that the address names is open.
const named = location.hash && document.querySelector(location.hash);
if (named instanceof HTMLDetailsElement) named.open = true;

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
  const secret = document.querySelector("[data-secret]")?.textContent ?? "";
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(secret);
    button.textContent = button.dataset.done ?? "";
  });
}
