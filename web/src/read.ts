// Reads the page aloud where the telephone has a voice for the page's language: part by part, in the order in which they
// stand, the part that is read marked and in sight, with a pause. Without such a voice there is no button.

const PARTS = "h1, h2, h3, p, li, dt, dd, th, td, legend, label, summary, figcaption, blockquote, .btn";

function seen(part: HTMLElement): boolean {
  return part.getClientRects().length > 0 && !part.closest("[hidden], nav, .sr, .skip");
}

/** What of a part is heard: its words, without what is drawn for the eye only. */
function words(part: HTMLElement): string {
  const copy = part.cloneNode(true) as HTMLElement;
  for (const quiet of copy.querySelectorAll("[aria-hidden], [hidden], select, textarea, script")) quiet.remove();
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}

/** The parts of the main content: the innermost ones, in their order. */
function parts(): HTMLElement[] {
  const all = Array.from(document.querySelectorAll<HTMLElement>("main :is(" + PARTS + ")"));
  return all.filter((part) => seen(part) && !part.querySelector(PARTS) && words(part) !== "");
}

/** `<button class="read-aloud" hidden data-pause data-resume>` and `<button class="read-stop" hidden>`. */
export function readAloud(): void {
  const button = document.querySelector<HTMLButtonElement>("button.read-aloud");
  const stop = document.querySelector<HTMLButtonElement>("button.read-stop");
  if (!button || !stop || !("speechSynthesis" in window)) return;
  const language = document.documentElement.lang.slice(0, 2);
  const start = button.textContent ?? "";
  let round = 0;
  let queue: HTMLElement[] = [];
  let state: "still" | "reading" | "paused" = "still";

  const voice = () => speechSynthesis.getVoices().find((one) => one.lang.toLowerCase().startsWith(language));
  const offer = () => (button.hidden = !voice());
  const mark = (part?: HTMLElement) => {
    for (const old of document.querySelectorAll(".being-read")) old.classList.remove("being-read");
    part?.classList.add("being-read");
    part?.scrollIntoView({ block: "center", behavior: "smooth" });
  };
  const settle = (to: typeof state) => {
    state = to;
    stop.hidden = to === "still";
    button.textContent = { still: start, reading: button.dataset.pause, paused: button.dataset.resume }[to] ?? start;
    if (to === "still") mark();
  };
  const next = (mine: number) => {
    const part = queue.shift();
    if (mine !== round) return;
    if (!part) return settle("still");
    mark(part);
    const speech = new SpeechSynthesisUtterance(words(part));
    speech.lang = document.documentElement.lang;
    speech.voice = voice() ?? null;
    speech.rate = 0.9;
    const go = () => next(mine);
    speech.addEventListener("end", go);
    speech.addEventListener("error", go);
    speechSynthesis.speak(speech);
  };
  const quiet = () => {
    round++;
    speechSynthesis.cancel();
    settle("still");
  };
  button.addEventListener("click", () => {
    if (state === "reading") {
      speechSynthesis.pause();
      settle("paused");
    } else if (state === "paused") {
      settle("reading");
      speechSynthesis.resume();
    } else {
      speechSynthesis.cancel();
      queue = parts();
      settle("reading");
      next(++round);
    }
  });
  stop.addEventListener("click", quiet);
  addEventListener("pagehide", quiet);
  speechSynthesis.addEventListener?.("voiceschanged", offer);
  offer();
}
