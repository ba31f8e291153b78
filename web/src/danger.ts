// Words of danger raise a bar while they are typed, without asking the server, and without taking the cursor away.

interface Danger {
  line: string;
  title: string;
  say: string;
  any: string[];
  none: string[];
}

/** Watches a box; the function looks at once. */
export function watchDanger(form: HTMLFormElement, box: HTMLTextAreaElement): () => void {
  const bar = document.getElementById("danger");
  const dangers = JSON.parse(form.dataset.dangers ?? "[]") as Danger[];
  const put = (name: string, text: string) => {
    const part = bar?.querySelector(`[data-danger-${name}]`);
    if (part && part.textContent !== text) part.textContent = text;
  };
  const look = () => {
    if (!bar) return;
    const words = box.value.toLowerCase();
    const danger = dangers.find(({ any, none }) => any.some((word) => words.includes(word)) && !none.some((word) => words.includes(word)));
    if (danger) {
      for (const name of ["title", "say", "line"] as const) put(name, danger[name]);
      bar.querySelector<HTMLButtonElement>("[data-danger-go]")?.setAttribute("value", danger.line);
    }
    bar.hidden = !danger;
  };
  box.addEventListener("input", look);
  return look;
}
