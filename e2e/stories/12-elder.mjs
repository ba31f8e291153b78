// A day of a resident with the elder version: reports for a parent, loses the connection, comes back, follows, looks around.
// In Chinese at 390 px with a finger; in English at 320 px with the keyboard alone.
import { cable, measure, tabTo } from "../elder.mjs";
import { expectText, look, person, through } from "../house.mjs";
import { byPhone } from "../people.mjs";

const WORDS = {
  zh: {
    say: "和苑小区3号楼楼下的路灯三天不亮了，我妈晚上下楼看不见台阶。",
    draft: "上次没写完的", waiting: "还没送出去", sent: "已经送到了", offline: "现在没有网络", back: "我自己的事", parent: "替父母说",
  },
  en: {
    say: "The lamp below Heyuan Court, Building 3 has been dark for three days and my mother cannot see the steps.",
    draft: "still on this phone", waiting: "Not sent yet", sent: "has arrived", offline: "There is no network", back: "Myself", parent: "For a parent",
  },
};

export default async function (house, size, width) {
  const zh = width === "phone";
  const [t, lang] = zh ? [WORDS.zh, "zh"] : [WORDS.en, "en"];
  const line = await cable(house.url);
  const who = await person(house, "elder", { size: { width: zh ? 390 : 320, height: 844 }, lang: zh ? "zh-CN" : "en-GB", baseURL: line.url });
  const { page } = who;
  // A line that is cut is no fault of the page.
  who.faults.push = (fault) => (/net::ERR_/.test(fault) ? 0 : Array.prototype.push.call(who.faults, fault));
  const see = async (name) => {
    await look(who, `elder-${lang}-${name}`);
    await measure(page, `${name} (${lang})`);
  };
  /** Presses a button: with the finger, or by Tab and Enter. */
  const press = async (selector) => {
    if (!zh) await tabTo(page, selector);
    const answer = await through(page, () => zh ? page.click(selector) : page.keyboard.press("Enter"));
    if (answer && answer.status() >= 400) throw new Error(`${page.url()}: ${answer.status()}\n${await page.locator("main").innerText()}`);
  };
  const write = async (selector, text) => {
    if (zh) return page.fill(selector, text);
    await tabTo(page, selector);
    await page.keyboard.insertText(text);
  };
  const choose = async (selector) => {
    if (zh) return page.check(selector);
    await tabTo(page, selector.replace(/\[value=[^\]]*\]/, ""));
    for (let i = 0; i < 6 && !(await page.isChecked(selector)); i++) await page.keyboard.press(/radio|relation|told/.test(selector) && i ? "ArrowDown" : "Space");
    if (!(await page.isChecked(selector))) throw new Error(`the keyboard does not choose ${selector}`);
  };

  await page.goto("/");
  await press('button[name="elder"]');
  await see("home");
  await write('textarea[name="say"]', t.say);
  // Called away: what was typed is still there, and can be cleared or taken up.
  await page.waitForFunction(() => localStorage.getItem("linli-draft"));
  await page.goto("/");
  await expectText(page, t.draft);
  await see("draft");
  await press('[data-do="resume"]');
  if ((await page.inputValue('textarea[name="say"]')) !== t.say) throw new Error("the draft came back otherwise than it was typed");
  await see("say");
  await press('main form button.btn-main');
  await see("where");
  await press('button[value="last"]');
  if (await page.locator('.actions button[value="other"]').count()) {
    await see("near");
    await press('.actions button[value="other"]');
  }
  await see("photo");
  await press('button[value="photo-done"]');
  await see("phone");
  await write('input[name="contact"]', "19900000045");
  await press('button[value="phone-done"]');
  await expectText(page, t.back);
  await see("check");
  await press('button[value="whom"]');
  await see("whom");
  await choose('input[name="relation"][value="child"]');
  await write('input[name="whom_name"]', zh ? "孙奶奶" : "Mrs Sun");
  await write('input[name="whom_phone"]', zh ? "19900000078" : "19900000079");
  await choose('input[name="told"][value="both"]');
  await choose('input[name="agreed"]');
  await press('button[value="whom-done"]');
  await expectText(page, t.parent);
  await see("check-parent");

  // The connection goes as she presses the button.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await line.cut();
  await page.click('button[value="send"]');
  await page.waitForSelector('[data-keep="waiting"]:not([hidden])');
  await expectText(page, t.waiting);
  await see("waiting");
  await page.goto("/").catch(() => undefined);
  await expectText(page, t.offline);
  await see("offline");
  await line.mend();
  await page.goto("/");
  await page.waitForSelector('[data-keep="sent"]:not([hidden])');
  await expectText(page, t.sent);
  await see("sent");
  await press('[data-keep="sent"] a');
  await see("filed");
  const [number] = await page.locator("dd.id").allInnerTexts();
  if (!/^\d{6}-\d{5}$/.test(number)) throw new Error(`no number: ${number}`);
  const left = await page.evaluate(() => localStorage.getItem("linli-draft"));
  if (left) throw new Error(`a draft is left behind: ${left}`);
  await press('main > .actions a.btn-main');
  await see("track");

  // Around: the same numbers as a sketch and as a list.
  await page.goto("/nearby");
  await see("nearby");
  if (await page.locator(".sketch a").count()) {
    await press(".sketch a");
    await see("nearby-community");
  }
  await page.goto("/settings");
  await see("settings");
  for (const path of ["/track", "/signin", "/no-such-page"]) {
    await page.goto(path);
    await see(path.slice(1));
  }

  // Her mother signs in with her own telephone and finds it there.
  const phone = zh ? "19900000078" : "19900000079";
  const mother = await person(house, "mother", { size, lang: zh ? "zh-CN" : "en-GB" });
  await byPhone(house, mother, phone, "/mine");
  await expectText(mother.page, zh ? "路灯" : "lamp");
  await look(mother, `mother-mine-${lang}`);
  for (const one of [who, mother]) await one.context.close();
  await line.cut();
}
