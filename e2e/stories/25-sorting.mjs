// Public letters whose category is hidden: a dispatcher goes through the first twenty of the queue, ten at each width, confirms what is proposed
// or puts it right, and the program learns. History that came with its categories is what it knows at first.
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, expectText, look, through } from "../house.mjs";
import { staff, STREET } from "../people.mjs";

const ROOT = new URL("../../", import.meta.url).pathname;
const RECORDS = process.env.LINLI_DATA || join(ROOT, "../shared/data");
const LETTERS = join(RECORDS, "complaints/labelled.jsonl");
const [HISTORY, QUEUE, SORTED] = [700, 20, 10];

/** The category of the public set that each category of the pack stands for: its own or its parent's. */
async function labels() {
  const text = await readFile(join(ROOT, "packs/cn/categories.toml"), "utf8");
  const known = new Map();
  for (const [, code, rest] of text.matchAll(/\{ code = "([^"]+)"(.*)/g)) {
    known.set(code, /label = "([^"]+)"/.exec(rest)?.[1] ?? known.get(code.split(".").slice(0, -1).join(".")));
  }
  return known;
}

/** Letters of the same set, in an order that mixes the categories and is always the same. */
async function letters(from, count) {
  const rows = (await readFile(LETTERS, "utf8")).trim().split("\n").map((line) => JSON.parse(line));
  const mixed = rows.map((row, at) => [(at * 2654435761) % 4294967296, row]).sort((a, b) => a[0] - b[0]);
  return mixed.map(([, row]) => row).filter((row) => row.text.length < 2000).slice(from, from + count);
}

async function bring(house, folder, name, rows, map) {
  const file = join(folder, `${name}.jsonl`);
  await writeFile(file, rows.map((row) => JSON.stringify(row)).join("\n"));
  command(house, "import", file, "--map", map);
}

/** Brings the letters in: earlier ones with their category, then some without; what was learnt of the earlier ones. */
async function fill(house) {
  const folder = await mkdtemp(join(tmpdir(), "linli-letters-"));
  const map = join(ROOT, "packs/maps/letters-labelled.toml");
  const hidden = join(folder, "hidden.toml");
  const text = await readFile(map, "utf8");
  await writeFile(hidden, text.replace(', "category_text"]', "]").replace(/category_text = .*\n/, "").replace(/\[category\][\s\S]*/, "").replace('over         = ["closed"]', "over         = []"));
  const at = (n) => `2025/${1 + (n % 12)}/${1 + (n % 28)} 10:00:00`;
  const earlier = (await letters(0, HISTORY)).map((row, n) => ({ ...row, time: at(n), closed: "2025/12/31 10:00:00" }));
  await bring(house, folder, "earlier", earlier, map);
  const told = JSON.parse(command(house, "text", "learn", "--json")).find((learnt) => learnt.kind === "category");
  const queue = (await letters(HISTORY, QUEUE)).map((row, n) => ({ ...row, time: at(n), closed: null }));
  await bring(house, folder, "queue", queue, hidden);
  await rm(folder, { recursive: true, force: true });
  return told;
}

/** What is proposed for words, as the form for calls shows it. */
async function proposed(who, body) {
  const answer = await who.page.evaluate(async (words) => {
    const sent = new URLSearchParams({ body: words, title: "", where: "", place: "", category: "", class: "" });
    return (await fetch("/desk/new/think", { method: "POST", body: sent })).json();
  }, body);
  return answer.category;
}

export default async function sorting(house, size, width) {
  if (!existsSync(LETTERS)) return console.log("      skipped: the public letters are not on this machine (LINLI_DATA)");
  const told = await fill(house);
  // The second width works on the same office: there is little new to learn then.
  if (width === "phone" && (told.outcome !== "replaced" || told.new.macro_f1 <= told.old.macro_f1)) throw new Error(`nothing was learnt: ${JSON.stringify(told)}`);
  const [known, queue] = [await labels(), await letters(HISTORY, QUEUE)];
  const truth = new Map(queue.map((row) => [row.title, row.category]));
  const codeOf = (label) => Array.from(known).find(([, own]) => own === label)[0];
  const lin = await staff(house, "dispatcher", size);
  const { page } = lin;

  // What each is, as the queue holds them: the addresses first, for a list changes while one works on it.
  await page.goto("/desk/search?state=triage");
  const waiting = [];
  for (;;) {
    const rows = await page.locator('a[href*="/desk/cases/"]').evaluateAll((links) => links.map((a) => [a.getAttribute("href"), a.textContent.trim()]));
    waiting.push(...rows.filter(([, title]) => truth.has(title)));
    const next = page.locator('a[rel="next"]').first();
    if (waiting.length >= SORTED || !(await next.count())) break;
    await through(page, () => next.click());
  }
  const todo = waiting.slice(0, SORTED);
  if (todo.length < SORTED) throw new Error(`only ${todo.length} of the letters wait to be sorted`);
  const corrected = [];
  let accepted = 0;
  for (const [n, [address, title]] of todo.entries()) {
    await page.goto(address);
    const body = await page.locator("blockquote.quote").first().innerText();
    const choice = page.locator('form:has(input[name="act"][value="dispatch"]) select[name="category"]');
    if (n === 0) await look(lin, "25-proposal");
    if (known.get(await choice.inputValue()) === truth.get(title)) {
      accepted++;
    } else {
      const right = codeOf(truth.get(title));
      corrected.push([body, right]);
      await page.goto(`${address}?act=${encodeURIComponent("step:triage::dispatch")}&category=${right}#acts`);
      if ((await choice.inputValue()) !== right) throw new Error(`${right} is not in the form on ${page.url()}`);
      if (corrected.length === 1) await look(lin, "25-corrected");
    }
    await page.locator("h1").first().click();
    // One key does what is proposed; where the form holds something else, a button says what it does.
    const keyed = await page.locator('.suggest [data-key="y"]').count();
    await through(page, () => (keyed ? page.keyboard.press("y") : page.click(".suggest .actions .btn")));
    await expectText(page, "派单");
    if (!page.url().includes("done=")) throw new Error(`${title} was not sent on: ${await page.locator("main").innerText()}`);
  }
  const share = (score) => (score ? `${(score.accuracy * 100).toFixed(1)} %` : "not tried");
  console.log(`      ${told.trial} later letters: ${share(told.new)} right, before ${share(told.old)}; ${accepted} of ${todo.length} confirmed, ${corrected.length} put right`);
  if (accepted < todo.length / 2) throw new Error(`only ${accepted} of ${todo.length} proposals were right`);

  // What was put right is learnt: the same matter in fewer words is read as people read it.
  command(house, "text", "learn");
  const zhou = await staff(house, "desk", size);
  await zhou.page.goto("/desk/new");
  for (const [body, right] of corrected) {
    const shorter = body.slice(0, Math.ceil(body.length * 0.8));
    let said = "";
    for (let i = 0; i < 20 && said !== right; i++) {
      said = await proposed(zhou, shorter);
      if (said !== right) await new Promise((done) => setTimeout(done, 250));
    }
    if (said !== right) throw new Error(`a correction was not learnt: ${said} for ${right}: ${shorter}`);
  }

  const system = await staff(house, "admin-system", size);
  await system.page.goto("/admin/reading");
  await expectText(system.page, "正在用的");
  await look(system, "25-reading");
  await system.page.fill("#sure", "101");
  await through(system.page, () => system.page.locator('form[action="/admin/reading"] button').click());
  await expectText(system.page, "请写 30 到 99 的整数");
  await system.page.fill("#sure", "55");
  await through(system.page, () => system.page.locator('form[action="/admin/reading"] button').click());
  await expectText(system.page, "已保存");
  await lin.context.close();
  await zhou.context.close();
  await system.context.close();
}
