// What every page gains when JavaScript runs. Each page works without it; every text comes from the page.
import { fill } from "./text";
import { previewFiles } from "./files";
import { findPlaces } from "./places";
import { keep } from "./keep";
import { readAloud } from "./read";
import { suggest } from "./suggest";

/** Shows how many characters are left: `<p data-count-for="id" data-text="{n} left">`. */
function countCharacters(): void {
  for (const line of document.querySelectorAll<HTMLElement>("[data-count-for]")) {
    const box = document.getElementById(line.dataset.countFor ?? "");
    if (!(box instanceof HTMLTextAreaElement) || box.maxLength < 0) continue;
    const show = () => (line.textContent = fill(line.dataset.text, { n: box.maxLength - box.value.length }));
    box.addEventListener("input", show);
    show();
  }
}

/** A form goes out once. Buttons stay enabled for the browser, so that the pressed one's value is sent. */
function sendOnce(): void {
  const pressed = () => document.querySelectorAll<HTMLElement>("form[data-sent] button[aria-disabled]");
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== "post") return;
    if (form.dataset.sent !== undefined) return event.preventDefault();
    form.dataset.sent = "";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  });
  // Coming back by the browser's back button restores the page as it was left.
  addEventListener("pageshow", () => {
    for (const button of pressed()) button.removeAttribute("aria-disabled");
    for (const form of document.querySelectorAll<HTMLElement>("form[data-sent]")) delete form.dataset.sent;
  });
}

/** A tap on a time shows it exactly, another tap as people say it. The exact form is its title. */
function exactTimes(): void {
  for (const time of document.querySelectorAll<HTMLElement>("time[title]")) {
    if (time.closest("a, button, summary, label, table")) continue;
    time.tabIndex = 0;
    time.setAttribute("role", "button");
    const swap = () => {
      const said = time.textContent ?? "";
      time.textContent = time.title;
      time.title = said;
    };
    time.addEventListener("click", swap);
    time.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      swap();
    });
  }
}

/** Installs the worker that keeps the shell, and notes for it how this reader reads. */
function install(): void {
  const { look } = document.body.dataset;
  if (!look || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch(() => undefined);
  void caches.open("look").then((kept) => kept.put("/look", new Response(look))).catch(() => undefined);
}

document.documentElement.classList.add("js");
countCharacters();
keep();
sendOnce();
exactTimes();
previewFiles();
findPlaces();
suggest();
readAloud();
install();
document.querySelector<HTMLElement>(".summary")?.focus();
