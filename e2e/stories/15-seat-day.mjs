// A day of a seat at the hotline, without a mouse: a new case in so many keys, a known caller who asks how far it is, a
// question answered at once, a call put off and gone on with, an emergency, a repeat joined, a draft that outlives a reload.
import { expectText, look, person, through } from "../house.mjs";
import { staff } from "../people.mjs";

/** Keys that a hand presses. Chinese is counted as a keyboard types it: the letters of its sounds, and a key for each word. */
class Keys {
  constructor(page) {
    this.page = page;
    this.n = 0;
  }
  async press(key) {
    this.n += key.split("+").length;
    await this.page.keyboard.press(key);
  }
  async type(text) {
    this.n += text.length;
    await this.page.keyboard.type(text);
  }
  async say(text, sounds) {
    this.n += sounds.length + 1;
    await this.page.keyboard.insertText(text);
  }
}

const PHONE = "19900007700";
const focused = (page) => page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute("name") || document.activeElement?.textContent?.trim() || "");
async function until(page, what, check) {
  for (let i = 0; i < 100; i++) {
    if (await check()) return;
    await page.waitForTimeout(50);
  }
  throw new Error(`${what}: not so after 5 s; the page says\n${await page.locator("main").innerText()}`);
}

/** The common case: number, words, place, and three times Enter; counted. */
async function newCase(who) {
  const { page } = who;
  const keys = new Keys(page);
  await page.goto("/desk/new");
  if ((await focused(page)) !== "phone") throw new Error(`the cursor is not in the number: ${await focused(page)}`);
  await keys.type(PHONE);
  await keys.press("Enter");
  await until(page, "the number is looked up", () => page.locator("#earlier").innerText());
  await keys.say("楼下路灯三天不亮了", "louxia ludeng santian bu liang le");
  await keys.press("Enter");
  await keys.type("hyxq3");
  await until(page, "places are offered", () => page.locator("#where[aria-expanded=true]").count());
  await look(who, "call-places");
  await keys.press("Enter");
  await until(page, "the sentence to read back", async () => (await page.locator("#read").innerText()).includes("和苑小区3号楼"));
  await until(page, "the category", async () => (await page.inputValue("#category-text")) === "路灯");
  await look(who, "call-read-back");
  await keys.press("Enter");
  await keys.press("Enter");
  if ((await focused(page)) !== "file") throw new Error(`Enter did not lead to the button: ${await focused(page)}`);
  await through(page, () => keys.press("Enter"));
  await expectText(page, "登记好了");
  await look(who, "call-done");
  const seconds = keys.n / 2.5;
  console.log(`      a common case: ${keys.n} keys, ${seconds.toFixed(1)} s at 2.5 keys a second`);
  if (keys.n > 60 || seconds > 30) throw new Error(`${keys.n} keys are too many`);
}

/** Typing faster than the offers come, and choosing another category by its first letters. */
async function fastAndChanged(who) {
  const { page } = who;
  await page.goto("/desk/new");
  await page.keyboard.type("19900007701");
  await page.keyboard.press("Enter");
  await page.keyboard.insertText("有人天天在这里吵");
  await page.keyboard.press("Enter");
  await page.keyboard.type("wcl2", { delay: 0 });
  await page.keyboard.press("Enter");
  await until(page, "Enter waited for the offers", async () => (await page.inputValue('input[type=hidden][name="place"]')) !== "");
  await until(page, "on to the category", async () => (await focused(page)) === "category-text");
  await page.keyboard.type("ylzs");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("llzs");
  const offers = () => page.locator("#category-text ~ ul [role=option]").allInnerTexts();
  await until(page, "llzs offers it", async () => (await offers())[0]?.includes("邻里噪声"));
  await page.keyboard.press("Enter");
  await until(page, "read back with the category", async () => (await page.locator("#read").innerText()).includes("邻里噪声"));
  // A reload loses nothing, and nothing of the caller is where other tabs or days could find it.
  await page.reload();
  await expectText(page, "刚才没登记完的来电");
  if ((await page.inputValue("#phone")) !== "19900007701") throw new Error("the number was lost");
  if (!(await page.inputValue("#body")).includes("天天")) throw new Error("the words were lost");
  if (await page.evaluate(() => JSON.stringify(localStorage).includes("1990000"))) throw new Error("the number is in localStorage");
  await look(who, "call-restored");
  await through(page, () => page.keyboard.press("Control+Enter"));
  await expectText(page, "登记好了");
  await through(page, () => page.keyboard.press("Enter"));
  if (await page.inputValue("#body")) throw new Error("the next call begins with the words of the last");
}

async function knownCaller(who) {
  const { page } = who;
  // The softphone opens the form: the number is in the fragment, and does not stay in the address.
  await page.goto("about:blank");
  await page.goto(`/desk/new#tel=${PHONE}`);
  await until(page, "earlier matters", async () => (await page.locator("#earlier").innerText()).includes("现在："));
  if (page.url().includes(PHONE)) throw new Error(`the number stayed in ${page.url()}`);
  if ((await focused(page)) !== "body") throw new Error("the cursor is not in the words");
  await look(who, "call-known");
  await through(page, () => page.keyboard.press("F8"));
  await expectText(page, "记下了：来电问进展");
}

async function question(who) {
  const { page } = who;
  await page.goto("/desk/new");
  await page.keyboard.press("Enter");
  await page.keyboard.insertText("老人高龄津贴怎么申请");
  await until(page, "an answer at hand", () => page.locator("[data-answer]").count());
  await look(who, "call-answer");
  await through(page, () => page.keyboard.press("F2"));
  await expectText(page, "已答复，登记好了");
}

async function putOff(who) {
  const { page } = who;
  await page.goto("/desk/new");
  await page.keyboard.type("19900007702");
  await page.keyboard.press("Enter");
  await page.keyboard.insertText("单元门坏了，赶车，下次细说");
  await page.keyboard.press("F9");
  await page.keyboard.press("Space");
  await look(who, "call-later");
  await through(page, () => page.keyboard.press("Enter"));
  await expectText(page, "约好回电了");
  const number = (await page.locator(".call-number .sr").innerText()).trim();
  await page.goto("/desk");
  await expectText(page, "单元门坏了");
  await page.goto(`/desk/calls/990101001/${number}`);
  await look(who, "callback");
  await through(page, () => page.keyboard.press("d"));
  await expectText(page, "19900007702");
  await look(who, "callback-dialled");
  await through(page, () => page.keyboard.press("w"));
  if (!(await page.inputValue("#body")).includes("单元门坏了")) throw new Error("what was typed before the call-back is gone");
  await page.keyboard.press("Enter");
  await page.keyboard.type("hyxq5");
  await page.keyboard.press("Enter");
  await until(page, "the place was taken", async () => (await page.inputValue('input[type=hidden][name="place"]')) !== "");
  await through(page, () => page.keyboard.press("Control+Enter"));
  await expectText(page, "登记好了");
}

async function emergency(who) {
  const { page } = who;
  await page.goto("/desk/new");
  await page.keyboard.press("Enter");
  await page.keyboard.insertText("楼道里有很重的煤气味");
  await until(page, "the bar is up", () => page.locator("#danger:visible").count());
  if ((await focused(page)) !== "body") throw new Error("the bar took the cursor away");
  await page.keyboard.insertText("，好多人在下面");
  await page.keyboard.press("F4");
  await look(who, "call-danger");
  await through(page, () => page.keyboard.press("Enter"));
  await expectText(page, "已转紧急电话");
}

/** A neighbour's matter again: joined with one key. */
async function repeat(who) {
  const { page } = who;
  await page.goto("/desk/new");
  await page.keyboard.type("19900007703");
  await page.keyboard.press("Enter");
  await page.keyboard.insertText("我们楼下路灯不亮");
  await page.keyboard.press("Enter");
  await page.keyboard.type("hyxq3");
  await page.keyboard.press("Enter");
  await until(page, "open cases near by", () => page.locator("[data-joins]").count());
  await look(who, "call-repeat");
  await through(page, () => page.keyboard.press("F7"));
  await expectText(page, "并在一起办了");
}

/** The same form where no script runs. */
async function withoutScripts(house, who, size) {
  const plain = await person(house, "desk without scripts", { size, scripts: false });
  await plain.context.addCookies(await who.context.cookies());
  const { page } = plain;
  await page.goto("/desk/new");
  await page.fill("#body", "楼下路灯又不亮了");
  await page.fill("#where", "hyxq3");
  await through(page, () => page.press("#where", "Enter"));
  await expectText(page, "是这里吗");
  await look(plain, "call-plain");
  await through(page, () => page.click("#file"));
  await expectText(page, "登记好了");
  await plain.context.close();
}

export default async function (house, size) {
  const desk = await staff(house, "desk", size);
  await desk.page.goto("/desk/new");
  await look(desk, "call-empty");
  await newCase(desk);
  await fastAndChanged(desk);
  await knownCaller(desk);
  await question(desk);
  await putOff(desk);
  await emergency(desk);
  await repeat(desk);
  await withoutScripts(house, desk, size);
  const english = await staff(house, "desk", size, "en-GB");
  await english.page.goto("/desk/new");
  await english.page.keyboard.type(PHONE);
  await english.page.keyboard.press("Enter");
  await english.page.keyboard.type("The street light by my door has been out for three days.");
  await english.page.keyboard.press("Enter");
  await english.page.keyboard.type("heyuan court building 3");
  await english.page.keyboard.press("Enter");
  await until(english.page, "read back", async () => (await english.page.locator("#read").innerText()).includes("Heyuan Court, Building 3"));
  await look(english, "en-call");
  for (const who of [desk, english]) await who.context.close();
}
