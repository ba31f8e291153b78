// What is kept of people is printed for everybody, without JavaScript and on paper; what is kept by consent is taken back
// with one button, by whoever gave it and by whoever it was given of.
import { expectText, look, person, through } from "../house.mjs";
import { byPhone, STREET } from "../people.mjs";

async function notice(house, size, width) {
  for (const [lang, words] of [["zh-CN", ["办结后 3 年", "个人信息保护法", "180 天"]], ["en-GB", ["3 years after the matter is over", "Personal Information Protection Law", "180 days"]]]) {
    const who = await person(house, "anybody", { size, lang, scripts: lang !== "zh-CN" || width === "phone" });
    const { page } = who;
    await page.goto("/report");
    await through(page, () => page.click('main a[href="/privacy"]'));
    for (const text of words) await expectText(page, text);
    await look(who, `21-privacy-${lang.slice(0, 2)}`);
    await page.emulateMedia({ media: "print" });
    await look({ ...who, scripts: false }, `21-privacy-paper-${lang.slice(0, 2)}`);
    await page.emulateMedia({ media: "screen" });
    await through(page, () => page.click('footer a[href="/privacy"]'));
    await who.context.close();
  }
}

/** Reports for a parent, with a name for oneself and one for them. */
async function reportFor(page, parent) {
  const press = (selector) => through(page, () => page.click(selector));
  await page.goto("/report");
  await page.fill('textarea[name="say"]', `二号楼一单元门口的台阶松动了，老人走路不方便。${parent}`);
  await press('main button[value="where"]');
  if (await page.locator('main button[value="last"]').count()) await press('main button[value="last"]');
  else await press("main form button.btn-main");
  if (await page.locator('main button.btn[value="other"]').count()) await press('main button.btn[value="other"]');
  await page.fill('input[name="name"]', "孙师傅");
  await press('main button[value="whom"]');
  await page.check('input[name="relation"][value="child"]');
  await page.fill('input[name="whom_name"]', "孙奶奶");
  await page.fill('input[name="whom_phone"]', parent);
  await page.check('input[name="told"][value="both"]');
  await page.check('input[name="agreed"]');
  await press('button[value="whom-done"]');
  await press('main button[value="send"]');
  const [number] = await page.locator("dd.id").allInnerTexts();
  return number;
}

export default async function (house, size, width) {
  await notice(house, size, width);
  const [own, parent] = width === "phone" ? ["19900000111", "19900000113"] : ["19900000112", "19900000114"];
  const who = await person(house, "child", { size });
  await byPhone(house, who, own, "/mine");
  const number = await reportFor(who.page, parent);
  await who.page.goto("/mine/data");
  await expectText(who.page, "1 件事");
  await look(who, "21-consents");
  await through(who.page, () => who.page.click('form[action="/mine/data/withdraw"] button'));
  await expectText(who.page, "已撤回");
  if (await who.page.locator('form[action="/mine/data/withdraw"]').count()) throw new Error("the name is still there");
  await look(who, "21-consents-none");

  const them = await person(house, "parent", { size });
  await byPhone(house, them, parent, "/mine/data");
  await expectText(them.page, number);
  await look(them, "21-consent-behalf");
  await through(them.page, () => them.page.click('form[action="/mine/data/withdraw"] button'));
  await expectText(them.page, "已撤回");
  const answer = await them.page.goto(`/c/${STREET}/${number}`);
  if (answer.status() !== 404 && !/signin|track/.test(them.page.url())) throw new Error(`${number} is still theirs: ${answer.status()} ${them.page.url()}`);
  for (const one of [who, them]) await one.context.close();
}
