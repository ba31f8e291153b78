// Places offered while one types, on pages that work without: beside a list of areas to narrow a search
// (`<select data-places>`), and in a resident's report (`<input data-places="fieldset-id">`), where the one taken becomes a
// choice like those that are there.
import { combobox, placesFor, type Choice } from "./combobox";

function words(part: HTMLElement) {
  return { none: part.dataset.none ?? "", count: part.dataset.count ?? "" };
}

/** A text box in place of a list; the list stays what is sent. */
function inSearch(select: HTMLSelectElement): void {
  const input = document.createElement("input");
  const box = document.createElement("div");
  Object.assign(input, { className: "input", id: `${select.id}-text`, autocomplete: "off", placeholder: select.options[0]?.text ?? "" });
  input.value = select.value ? (select.selectedOptions[0]?.text ?? "") : "";
  box.className = "combo";
  const label = select.labels?.[0];
  if (label) label.htmlFor = input.id;
  select.before(box);
  box.append(input);
  select.hidden = true;
  combobox(input, {
    ...words(select),
    source: (typed) => placesFor(typed),
    change: () => (select.value = ""),
    pick: (choice) => {
      const known = Array.from(select.options).some((option) => option.value === choice.value);
      if (!known) select.add(new Option(choice.text, choice.value));
      select.value = choice.value;
      input.value = choice.text;
    },
  });
}

/** The place that was taken, as a choice at the top. */
function chosen(group: HTMLElement, choice: Choice): void {
  for (const none of group.querySelectorAll('input[type="hidden"][name="place"]')) none.remove();
  let radio = group.querySelector<HTMLInputElement>(`input[type="radio"][name="place"][value="${CSS.escape(choice.value)}"]`);
  if (!radio) {
    const line = document.createElement("label");
    const text = document.createElement("span");
    const hint = document.createElement("span");
    radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: "place", value: choice.value });
    line.className = "choice";
    hint.className = "hint";
    hint.textContent = choice.hint ?? "";
    text.append(choice.text, hint);
    line.append(radio, " ", text);
    const first = group.querySelector("label.choice");
    if (first) first.before(line);
    else group.append(line);
  }
  radio.checked = true;
  radio.focus();
}

export function findPlaces(): void {
  for (const select of document.querySelectorAll<HTMLSelectElement>("select[data-places]")) inSearch(select);
  for (const input of document.querySelectorAll<HTMLInputElement>("input[data-places]")) {
    const group = document.getElementById(input.dataset.places ?? "");
    const typed = input.value;
    if (!group) continue;
    const box = document.createElement("div");
    box.className = "combo";
    input.before(box);
    box.append(input);
    combobox(input, {
      ...words(input),
      source: (text) => placesFor(text),
      pick: (choice) => {
        // What was looked for before stands: the place was taken, nothing is to be looked for anew.
        input.value = typed;
        chosen(group, choice);
      },
    });
  }
}
