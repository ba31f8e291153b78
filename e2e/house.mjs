// The house as a browser meets it: the built program over a fresh database, a real Chromium, and people who sign in.
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, mkdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const AXE = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
const OUT = new URL("./out/", import.meta.url).pathname;
const target = process.env.CARGO_TARGET_DIR || join(homedir(), ".cache/linli-target");
const program = process.env.LINLI_BIN || join(target, "debug/linli");
/** Runs a command of the program on a house; gives what it printed. */
export function command(house, ...args) {
  const done = spawnSync(program, [...args, ...house.where], { encoding: "utf8", env: { ...process.env, LINLI_LOG: "warn" } });
  if (done.status !== 0) throw new Error(`linli ${args.join(" ")}: ${done.status}\n${done.stdout}${done.stderr}`);
  return done.stdout;
}

export const PASSWORD = "linli-demo-2026";
export const WIDTHS = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Starts the demonstration; `database` is a PostgreSQL address, or nothing for SQLite. */
export async function open(database) {
  const data = await mkdtemp(join(tmpdir(), "linli-e2e-"));
  const port = await freePort();
  const args = ["demo", "--small", "--data", data, "--listen", `127.0.0.1:${port}`, ...(database ? ["--db", database] : [])];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, LINLI_LOG: "info" } });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (log += text));
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; ; i++) {
    if (child.exitCode !== null || i > 600) throw new Error(`the program did not start:\n${log}`);
    if (await fetch(`${url}/healthz`).then((r) => r.ok, () => false)) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
  });
  await mkdir(OUT, { recursive: true });
  return {
    url,
    browser,
    /** For commands beside the program that serves. */
    where: ["--data", data, ...(database ? ["--db", database] : [])],
    log: () => log,
    async close() {
      await browser.close();
      child.kill("SIGTERM");
      await new Promise((done) => (child.exitCode === null ? child.once("exit", done) : done()));
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** Somebody with a browser of their own. `scripts: false` turns JavaScript off, as residents may. */
export async function person(house, name, { size = WIDTHS.desktop, lang = "zh-CN", scripts = true, ...more } = {}) {
  const context = await house.browser.newContext({ viewport: size, locale: lang, javaScriptEnabled: scripts, baseURL: house.url, ...more });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => message.type() === "error" && !/status of 4\d\d/.test(message.text()) && faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(String(error)));
  return { name, page, context, faults, scripts };
}

/** What a page is doing, for whoever wonders why the next one does not come. */
async function doing(page) {
  const asked = page.evaluate(() => ({
    ready: document.readyState,
    sent: Array.from(document.querySelectorAll("form[data-sent]"), (form) => form.getAttribute("action")),
    worker: navigator.serviceWorker?.controller?.scriptURL,
    focus: document.activeElement?.outerHTML.slice(0, 200),
  }));
  const late = new Promise((done) => setTimeout(done, 2000, "it does not say"));
  return `${page.url()} ${JSON.stringify(await Promise.race([asked.catch(String), late]))}`;
}

/** Does what leads to another page and waits for that page; gives the answer. A slow one is told of, one that never comes fails. */
export async function through(page, deed) {
  const slow = setTimeout(() => void doing(page).then((what) => console.log(`      slow: nothing in 20 s after ${what}`)), 20_000);
  try {
    const [answer] = await Promise.all([page.waitForNavigation({ timeout: 60_000 }), deed()]);
    return answer;
  } catch (error) {
    throw new Error(`nothing came after ${await doing(page)}`, { cause: error });
  } finally {
    clearTimeout(slow);
  }
}

/** Fails with what was expected and what the page says instead. */
export async function expectText(page, text) {
  const body = await page.locator("body").innerText();
  const has = text instanceof RegExp ? text.test(body) : body.includes(text);
  if (!has) throw new Error(`expected ${text} on ${page.url()}, which says:\n${body.slice(0, 1500)}`);
}

/** No fault of accessibility, nothing sideways; keeps a picture, where somebody is there to look at it. */
export async function look(who, label) {
  const { page } = who;
  const width = page.viewportSize().width;
  if (!process.env.CI) await page.screenshot({ path: join(OUT, `${label}-${width}.png`), fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth).catch(() => 0);
  if (wide > 1) throw new Error(`${label}: the page is ${wide} px wider than the screen at ${width}`);
  const missing = (await page.locator("body").innerText()).match(/\u27e8[^\u27e9]*\u27e9/);
  if (missing) throw new Error(`${label}: a text is missing: ${missing[0]}`);
  if (!who.scripts) return;
  await page.evaluate(AXE);
  const found = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  if (found.violations.length) {
    const list = found.violations.map((v) => `${v.id}: ${v.help}\n    ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join("\n    ")}`);
    throw new Error(`${label} at ${width}: axe found\n  ${list.join("\n  ")}`);
  }
  if (who.faults.length) throw new Error(`${label}: the console says ${who.faults.join("; ")}`);
}
