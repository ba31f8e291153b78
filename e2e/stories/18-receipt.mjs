// A resident keeps a receipt and the page that checks it; with both, and without a network, nobody can tell them otherwise.
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, expectText, look, person } from "../house.mjs";
import { report } from "../people.mjs";

/** A key that anybody could make: as a line of text, and as what signs a checkpoint with it. */
function stranger(name, type) {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const typed = Buffer.concat([Buffer.of(type), Buffer.from(publicKey.export({ format: "jwk" }).x, "base64url")]);
  const id = createHash("sha256").update(`${name}\n`).update(typed).digest().subarray(0, 4);
  const line = (bytes) => `\u2014 ${name} ${Buffer.concat([id, bytes]).toString("base64")}\n`;
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(1_796_000_000n);
  return {
    key: `${name}+${id.toString("hex")}+${typed.toString("base64")}`,
    signs: (text) => line(sign(null, Buffer.from(text), privateKey)),
    sees: (text) => line(Buffer.concat([time, sign(null, Buffer.from(`cosignature/v1\ntime 1796000000\n${text}`), privateKey)])),
  };
}

/** The case page gives the receipt; the page that checks it is saved as it comes. */
async function keep(who, filed, folder) {
  const { page } = who;
  await page.goto(filed.url);
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator('a[href*="/receipt/"]').first().click()]);
  const receipt = join(folder, "receipt.txt");
  await download.saveAs(receipt);
  const saved = join(folder, "check.html");
  const answer = await who.context.request.get("/log/check");
  await writeFile(saved, await answer.body());
  return { receipt, saved };
}

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();

/** The root over leaves, and the way to one of them (RFC 9162, 2.1.1 and 2.1.3.1). */
function tree(leaves, index) {
  if (leaves.length === 1) return { root: sha256(Buffer.of(0), leaves[0]), way: [] };
  const half = 2 ** (31 - Math.clz32(leaves.length - 1));
  const [left, right] = [tree(leaves.slice(0, half), index), tree(leaves.slice(half), index - half)];
  return { root: sha256(Buffer.of(1), left.root, right.root), way: index < half ? [...left.way, right.root] : [...right.way, left.root] };
}

/** A receipt of the entry at a place of a log of so many, made by the book and by nothing of ours. */
function made(index, size, signer) {
  const entry = `{"at":1764124260000,"body":"${"0".repeat(64)}","by":"seat","kind":"case","of":"261126-0000${index}","seq":2,"what":"accept"}`;
  const salt = Buffer.alloc(16, size);
  const leaves = Array.from({ length: size }, (_, n) => (n === index ? sha256("linli leaf 1\n", salt, entry) : sha256(`${n}`)));
  const { root, way } = tree(leaves, index);
  const extra = Buffer.from(JSON.stringify({ entry, salt: salt.toString("hex") })).toString("base64");
  const note = `log.example/1\n${size}\n${root.toString("base64")}\n`;
  const hashes = way.map((hash) => `${hash.toString("base64")}\n`).join("");
  return (at = index) => `c2sp.org/tlog-proof@v1\nextra ${extra}\nindex ${at}\n${hashes}\n${note}\n${signer.signs(note)}`;
}

/** Every entry of small logs holds where it stands and nowhere else. */
async function checkMade(page) {
  const signer = stranger("log.example/1", 1);
  await page.fill("#keys", signer.key);
  const pairs = [];
  for (let size = 1; size <= 9; size++)
    for (let index = 0; index < size; index++) {
      const receipt = made(index, size, signer);
      for (let at = 0; at <= size; at++) pairs.push([receipt(at), at === index ? "holds" : "fails"]);
    }
  const wrong = await page.evaluate((pairs) => {
    const [form, box, result] = ["check", "receipt", "result"].map((id) => document.getElementById(id));
    return pairs.filter(([text, wanted]) => {
      box.value = text;
      form.requestSubmit();
      return result.className !== wanted;
    });
  }, pairs);
  if (wrong.length) throw new Error(`of ${pairs.length} receipts, ${wrong.length} were judged wrongly, such as:\n${wrong[0]}`);
}

async function paste(page, text) {
  await page.fill("#receipt", text);
  await page.click('button[type="submit"]');
}

async function expectVerdict(page, verdict, text) {
  await page.waitForSelector(`#result.${verdict}`, { timeout: 5000 });
  await expectText(page, text);
}

/** Every line changed at several places and left out, in turn: what was still believed. */
const believed = (page, text) =>
  page.evaluate((text) => {
    const [form, box, result] = ["check", "receipt", "result"].map((id) => document.getElementById(id));
    const lines = text.replace(/\n$/, "").split("\n");
    // By one bit: of the last letter before the padding this one says nothing, and has to be refused all the same.
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const other = (line, at) => `${line.slice(0, at)}${letters[letters.indexOf(line[at]) ^ 1] ?? "A"}${line.slice(at + 1)}`;
    const wrong = [];
    let tried = 0;
    lines.forEach((line, n) => {
      const places = Array.from({ length: 12 }, (_, k) => Math.floor(((line.length - 1) * k) / 11));
      const all = new Set([...places, line.length - 2, line.length - 3].filter((at) => at >= 0));
      const changes = line ? [...all].map((at) => [other(line, at)]) : [["A"]];
      for (const change of [...changes, [`${line} `, "A"], []]) {
        box.value = [...lines.slice(0, n), ...change, ...lines.slice(n + 1), ""].join("\n");
        form.requestSubmit();
        tried += 1;
        if (result.className !== "fails") wrong.push(`line ${n + 1}: ${change}`);
      }
    });
    // Cut off anywhere.
    for (let end = 0; end < text.length - 1; end += 37) {
      box.value = text.slice(0, end);
      form.requestSubmit();
      if (result.className !== "fails") wrong.push(`cut off after ${end}`);
    }
    return { wrong, tried };
  }, text);

/** The saved page without a network: what holds, and what does not. */
async function check(house, size, { receipt, saved }, number) {
  const reader = await person(house, "reader", { size, offline: true });
  const { page } = reader;
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`file://${saved}`);
  await page.setInputFiles("#file", receipt);
  await expectVerdict(page, "holds", number);
  await expectText(page, "路灯不亮了");
  await look(reader, "receipt-holds");
  await page.click('[data-lang="en"]');
  await expectText(page, `report ${number} was received`);
  await page.click('[data-lang="zh"]');

  const text = await readFile(receipt, "utf8");
  const key = await page.inputValue("#keys");
  await paste(page, text.replace(/^index \d+/m, "index 0"));
  await expectVerdict(page, "fails", "改过");
  await look(reader, "receipt-fails");
  await paste(page, text.slice(0, -60));
  await expectVerdict(page, "fails", "不完整");
  const { wrong, tried } = await believed(page, text);
  if (wrong.length || tried < 30) throw new Error(`of ${tried} changed receipts these were believed:\n  ${wrong.join("\n  ")}`);

  // The same receipt signed by somebody who took the name of the log: believed by whoever takes their key, and by nobody else.
  const at = text.indexOf("\n\n") + 2;
  const note = text.slice(at, text.lastIndexOf("\n\n") + 1);
  const other = stranger(note.split("\n")[0], 1);
  const forged = `${text.slice(0, at)}${note}\n${other.signs(note)}`;
  await paste(page, forged);
  await expectVerdict(page, "fails", "公钥");
  await page.fill("#keys", other.key);
  await paste(page, text);
  await expectVerdict(page, "fails", "公钥");
  await paste(page, forged);
  await expectVerdict(page, "holds", number);
  await page.fill("#keys", other.key.slice(0, -4));
  await paste(page, text);
  await expectVerdict(page, "fails", "公钥读不出来");

  const witness = stranger("witness.example/neighbour", 4);
  await page.fill("#keys", `${key}\n${witness.key}\n`);
  await paste(page, text + witness.sees(note));
  await expectVerdict(page, "holds", "有 1 个见证人看过");
  await paste(page, text + witness.sees(`${note}more\n`));
  await expectVerdict(page, "fails", "改过");
  await checkMade(page);
  // A browser that saves the page as it stands saves what was found; whoever opens that finds a page that has found nothing.
  await page.goto(`file://${saved}`);
  await page.setInputFiles("#file", receipt);
  await expectVerdict(page, "holds", number);
  await writeFile(saved, await page.content());
  await page.goto(`file://${saved}`);
  if (await page.locator("#result").isVisible()) throw new Error("a page that was saved with a verdict opens with it");
  await page.setInputFiles("#file", receipt);
  await expectVerdict(page, "holds", number);
  const away = asked.filter((url) => !/^(file|data|blob):/.test(url));
  if (away.length) throw new Error(`the saved page asked for ${away.join(" ")}`);
  if (reader.faults.length) throw new Error(`the console says ${reader.faults.join("; ")}`);
  await reader.context.close();
}

/** One pixel. */
const BOXES = {
  name: "boxes.png",
  mimeType: "image/png",
  buffer: Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64"),
};

/** A photo has a receipt of its own: with the file as the office keeps it, anybody sees that it is the one that came then. */
async function prove(house, who, size, folder) {
  const filed = await report(who, "和苑小区6号楼楼道堆满了纸箱，挡住了安全出口", { photo: BOXES });
  const { page } = who;
  await page.goto(filed.url);
  const link = page.locator('a[href$="/receipt"]');
  await link.scrollIntoViewIfNeeded();
  await look(who, "receipt-photo-offered");
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const receipt = join(folder, "photo-receipt.txt");
  await download.saveAs(receipt);
  const kept = await (await who.context.request.get(await page.locator(".thumbs a").first().getAttribute("href"))).body();
  await page.goto("/log/check");
  await page.setInputFiles("#file", receipt);
  // What it was called is nobody's business: in the case it is the first.
  await expectVerdict(page, "holds", "1.png");
  const choose = (buffer) => page.setInputFiles("#content", { name: "kept.png", mimeType: "image/png", buffer });
  await choose(kept);
  await page.waitForSelector("#result .same");
  await look(who, "receipt-photo-same");
  kept[kept.length - 1] ^= 1;
  await choose(kept);
  await page.waitForSelector("#result .other");
  await expectText(page, "不是同一个文件");
  await look(who, "receipt-photo-other");
}

/** The picture leads a phone to the page that checks, with the receipt behind the `#`: nobody is sent it. */
async function scan(who, filed) {
  const { page } = who;
  await page.goto(filed.url);
  await page.locator('a[href$="/code"]').first().click();
  await look(who, "receipt-code");
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  const address = await page.locator('a[href*="/log/check#"]').getAttribute("href");
  await page.click('a[href*="/log/check#"]');
  await expectVerdict(page, "holds", filed.number);
  if ((await page.locator("#result").innerText()).includes("路灯")) throw new Error("what they wrote is in the picture");
  await look(who, "receipt-scanned");
  if (asked.some((url) => url.includes(address.slice(20, 60)))) throw new Error("the receipt was sent");
  const letter = address[40] === "A" ? "B" : "A";
  for (const other of [address.slice(0, -9), `${address.slice(0, 40)}${letter}${address.slice(41)}`, "/log/check#1-8"]) {
    await page.goto(filed.url);
    await page.goto(other);
    await page.waitForSelector("#result.fails", { timeout: 5000 });
  }
}

export default async function (house, size) {
  const folder = await mkdtemp(join(tmpdir(), "linli-receipt-"));
  const resident = await person(house, "resident", { size });
  const filed = await report(resident, "和苑小区5号楼门口的路灯不亮了，“晚上”走路看不清。\n<b>已经三天</b>");
  const kept = await keep(resident, filed, folder);
  await check(house, size, kept, filed.number);
  await scan(resident, filed);
  await prove(house, resident, size, folder);

  // The page as it is served: under its own policy, in the dark, in large print, on the narrowest screen.
  const night = await person(house, "night", { size: { width: 320, height: 640 }, colorScheme: "dark", lang: "en-GB" });
  await night.page.goto("/log/check");
  await look(night, "check-dark");
  await night.page.setInputFiles("#file", kept.receipt);
  await expectVerdict(night.page, "holds", filed.number);
  await look(night, "check-dark-holds");
  await paste(night.page, "hello");
  await expectVerdict(night.page, "fails", "not a receipt");
  await look(night, "check-dark-fails");
  // The log begins anew: everybody reads why, and the receipt of before holds, as one of the earlier log.
  command(house, "log", "renew", "--why", "机房硬盘损坏，恢复了前一天的备份", "--known", "99999");
  await resident.page.goto("/log");
  await expectText(resident.page, "机房硬盘损坏");
  await resident.page.click("details summary");
  await look(resident, "log-anew");
  await resident.page.goto("/log/check");
  await resident.page.setInputFiles("#file", kept.receipt);
  await expectVerdict(resident.page, "holds", "已结束的旧日志");
  await look(resident, "check-earlier");
  const plain = await person(house, "plain", { size, scripts: false });
  await plain.page.goto("/log/check");
  await expectText(plain.page, "linli receipt verify");
  await look(plain, "check-without-scripts");
  for (const who of [resident, night, plain]) await who.context.close();
  await rm(folder, { recursive: true, force: true });
}
