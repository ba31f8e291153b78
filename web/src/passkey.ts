// Passkeys: a form that carries one asks the program for a question, the browser for the answer, and goes out with it.
// Where the browser knows no passkeys, or the page stands at another address than theirs, the form stays hidden and a text
// stands in its place; codes and recovery codes work without any of this.

type Listed = { type: "public-key"; id: string };

/** Bytes as the program spells them. */
function text(bytes: ArrayBuffer): string {
  const letters = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const letters = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

const listed = (known: Listed[]) => known.map(({ type, id }) => ({ type, id: bytes(id) }));

/** What the program asks. */
async function question(form: HTMLFormElement): Promise<unknown> {
  const body = new URLSearchParams("new" in form.dataset ? { new: "yes" } : {});
  const answer = await fetch(form.dataset.passkey ?? "", { method: "POST", body, redirect: "error" });
  if (!answer.ok) throw new Error(`the program says ${answer.status}`);
  return answer.json();
}

/** A new passkey, as the program reads it. */
async function made(form: HTMLFormElement): Promise<object> {
  const { challenge, user, excludeCredentials, ...rest } = (await question(form)) as {
    challenge: string;
    user: PublicKeyCredentialUserEntityJSON;
    excludeCredentials: Listed[];
  } & Omit<PublicKeyCredentialCreationOptions, "challenge" | "user" | "excludeCredentials">;
  const publicKey = {
    ...rest,
    challenge: bytes(challenge),
    user: { ...user, id: bytes(user.id) },
    excludeCredentials: listed(excludeCredentials),
  };
  const found = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  const response = found.response as AuthenticatorAttestationResponse;
  return { client: text(response.clientDataJSON), data: text(response.getAuthenticatorData()) };
}

/** A passkey that is shown. */
async function shown(form: HTMLFormElement): Promise<object> {
  const { challenge, allowCredentials, ...rest } = (await question(form)) as { challenge: string; allowCredentials: Listed[] };
  const publicKey = { ...rest, challenge: bytes(challenge), allowCredentials: listed(allowCredentials) };
  const found = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  const response = found.response as AuthenticatorAssertionResponse;
  return {
    id: text(found.rawId),
    client: text(response.clientDataJSON),
    data: text(response.authenticatorData),
    signature: text(response.signature),
  };
}

/** Whether this browser has passkeys for this page. */
function can(form: HTMLFormElement): boolean {
  if (form.dataset.origin !== location.origin || !("PublicKeyCredential" in window)) return false;
  return "getAuthenticatorData" in AuthenticatorAttestationResponse.prototype;
}

function offer(form: HTMLFormElement): void {
  const field = form.elements.namedItem("passkey") as HTMLInputElement;
  const show = (part: string, shown: boolean) => {
    const text = form.querySelector<HTMLElement>(part);
    if (text) text.hidden = !shown;
  };
  const [button, without] = [form.querySelector("button"), form.parentElement?.querySelector<HTMLElement>("[data-without]")];
  let asking = false;
  async function ask(aloud: boolean): Promise<void> {
    if (asking) return;
    asking = true;
    show("[data-failed]", false);
    show("[data-asking]", true);
    button?.setAttribute("aria-disabled", "true");
    try {
      field.value = JSON.stringify(await ("new" in form.dataset ? made(form) : shown(form)));
      form.requestSubmit();
    } catch {
      // Somebody who turns the browser's question down, which nobody pressed for, is not told of a fault.
      show("[data-failed]", aloud);
      button?.removeAttribute("aria-disabled");
    }
    show("[data-asking]", false);
    asking = false;
  }
  form.addEventListener("submit", (event) => {
    if (field.value) return;
    event.preventDefault();
    void ask(true);
  });
  // Coming back by the browser's back button: what was answered is used up.
  addEventListener("pageshow", () => (field.value = ""));
  form.hidden = false;
  if (without) without.hidden = true;
  if ("now" in form.dataset) void ask(false);
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) if (can(form)) offer(form);

export {};
