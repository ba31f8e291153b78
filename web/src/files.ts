// Photographs before they are sent: what was chosen, and whether it is too much to send.
import { fill } from "./text";

/** Megabytes as people say them. */
function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}

/** The first reason why these files cannot be sent, in the page's words, or nothing. */
function refusal(input: HTMLInputElement, files: File[]): string {
  const { maxBytes, maxCount, tooBig, tooMany } = input.dataset;
  if (maxCount && files.length > Number(maxCount)) return fill(tooMany, { n: files.length, max: maxCount });
  const large = files.find((file) => maxBytes && file.size > Number(maxBytes));
  return large ? fill(tooBig, { name: large.name, size: megabytes(large.size) }) : "";
}

function thumbnail(file: File): HTMLLIElement {
  const item = document.createElement("li");
  if (file.type.startsWith("image/")) {
    const picture = document.createElement("img");
    picture.alt = file.name;
    picture.src = URL.createObjectURL(file);
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
    item.append(picture);
  } else {
    item.textContent = file.name;
  }
  return item;
}

/** `<input type=file data-preview="list-id" data-error="p-id" data-max-bytes data-max-count data-too-big data-too-many>`. */
export function previewFiles(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>("input[type=file][data-preview]")) {
    const list = document.getElementById(input.dataset.preview ?? "");
    const error = document.getElementById(input.dataset.error ?? "");
    input.addEventListener("change", () => {
      const files = Array.from(input.files ?? []);
      const reason = refusal(input, files);
      input.setCustomValidity(reason);
      if (error) {
        error.textContent = reason;
        error.hidden = reason === "";
      }
      list?.replaceChildren(...(reason ? [] : files.map(thumbnail)));
    });
  }
}
