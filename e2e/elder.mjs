// What the elder version promises (MIIT 2021), measured on the page that is open: letters, lines, targets; the keyboard alone;
// a connection that goes away.
import { connect, createServer } from "node:net";

/** Fails with every text and every target that is too small. */
export async function measure(page, label) {
  const small = await page.evaluate(() => {
    const found = [];
    const name = (e) => `${e.tagName.toLowerCase()}.${e.className?.baseVal ?? e.className} "${(e.textContent ?? "").trim().slice(0, 20)}"`;
    const seen = (e) => e.getClientRects().length > 0 && !e.closest(".sr, .skip, [aria-hidden=true]") && getComputedStyle(e).visibility === "visible";
    for (const e of document.querySelectorAll("body *")) {
      const own = Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.textContent.trim());
      if (!own || !seen(e) || e.matches("option, optgroup, script, style, title")) continue;
      const style = getComputedStyle(e);
      const scale = e.ownerSVGElement ? e.getScreenCTM().a : 1;
      const size = parseFloat(style.fontSize) * scale;
      if (size < 17.9) found.push(`${size.toFixed(1)} px letters: ${name(e)}`);
      const line = parseFloat(style.lineHeight) / parseFloat(style.fontSize);
      if (!e.ownerSVGElement && line < 1.3) found.push(`lines ${line.toFixed(2)} apart: ${name(e)}`);
    }
    for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]")) {
      if (!seen(e)) continue;
      const box = (e.matches("[type=radio], [type=checkbox], .photo > input") ? e.closest("label") : e).getBoundingClientRect();
      if (box.width < 59.5 || box.height < 59.5) found.push(`${box.width.toFixed(0)} × ${box.height.toFixed(0)} px target: ${name(e)}`);
    }
    return found;
  });
  if (small.length) throw new Error(`${label}: too small for the elder version:\n  ${small.join("\n  ")}`);
}

/** Goes to a control by the Tab key alone; the focus has to be seen there. */
export async function tabTo(page, selector) {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press("Tab");
    const state = await page.evaluate((s) => {
      const at = document.activeElement;
      if (!at?.matches(s)) return "";
      const ring = [at, at.closest("label"), at.querySelector?.(".hit")].filter(Boolean).some((e) => {
        const style = getComputedStyle(e);
        return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.stroke !== "none";
      });
      return ring ? "seen" : "unseen";
    }, selector);
    if (state === "seen") return;
    if (state) throw new Error(`the focus on ${selector} is not seen`);
  }
  throw new Error(`the Tab key does not lead to ${selector} on ${page.url()}`);
}

/** A line to the house that can be cut and mended: what a browser meets in a stairwell, its worker included. */
export async function cable(to) {
  const sockets = new Set();
  const { hostname, port } = new URL(to);
  const relay = () =>
    createServer((near) => {
      const far = connect(Number(port), hostname);
      for (const [one, other] of [[near, far], [far, near]]) {
        sockets.add(one);
        one.pipe(other);
        one.on("error", () => other.destroy());
        one.on("close", () => sockets.delete(one));
      }
    });
  let server = relay();
  const listen = (at) => new Promise((done) => server.listen(at, "127.0.0.1", done));
  await listen(0);
  const at = server.address().port;
  return {
    url: `http://127.0.0.1:${at}`,
    async cut() {
      const closed = new Promise((done) => server.close(done));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async mend() {
      server = relay();
      await listen(at);
    },
  };
}
