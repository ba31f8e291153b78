// Reads the page aloud where the phone has a voice for the page's language.

/** What is worth hearing: the main part without forms, buttons and what is hidden. */
function spoken(): string {
  const main = document.querySelector("main")?.cloneNode(true);
  if (!(main instanceof HTMLElement)) return "";
  for (const part of main.querySelectorAll("form, button, [hidden], nav, .actions")) part.remove();
  const lines = Array.from(main.querySelectorAll("h1, h2, h3, p, li, dt, dd, th, td"))
    .filter((part) => !part.querySelector("p, li, h2, h3"))
    .map((part) => part.textContent?.replace(/\s+/g, " ").trim() ?? "");
  return lines.filter(Boolean).join("\n");
}

/** `<button class="tool read-aloud" hidden data-stop="Stop">Read aloud</button>`. */
export function readAloud(): void {
  const button = document.querySelector<HTMLButtonElement>("button.read-aloud");
  if (!button || !("speechSynthesis" in window)) return;
  const language = document.documentElement.lang.slice(0, 2);
  const start = button.textContent ?? "";

  const offer = () => (button.hidden = !speechSynthesis.getVoices().some((voice) => voice.lang.startsWith(language)));
  const settle = (reading: boolean) => (button.textContent = reading ? (button.dataset.stop ?? start) : start);
  button.addEventListener("click", () => {
    const reading = speechSynthesis.speaking;
    speechSynthesis.cancel();
    settle(!reading);
    if (reading) return;
    const speech = new SpeechSynthesisUtterance(spoken());
    speech.lang = document.documentElement.lang;
    speech.rate = 0.9;
    speech.addEventListener("end", () => settle(false));
    speechSynthesis.speak(speech);
  });
  addEventListener("pagehide", () => speechSynthesis.cancel());
  speechSynthesis.addEventListener?.("voiceschanged", offer);
  offer();
}
