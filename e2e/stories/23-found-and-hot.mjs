// What was typed wrongly is found nearly, and what many write about stands first: near hits with their marks; hot events,
// their letters, another span, one letter opened; in both languages and on paper-thin screens.
import { expectText, look, person, through } from "../house.mjs";
import { report, staff } from "../people.mjs";

/** What was filed a moment ago is found within a second or two; the page is looked at again until then. */
async function filed(page, words) {
  for (let i = 0; i < 40; i++) {
    await page.goto(`/desk/search?q=${words}`);
    if (await page.locator(".hits .hit").count()) return;
    await page.waitForTimeout(250);
  }
  throw new Error(`${words} is not found`);
}

async function near(who) {
  const { page } = who;
  await filed(page, "噪音扰民");
  await page.goto("/desk/search");
  await page.fill("#f-q", "绞拌站半夜");
  await through(page, () => page.click("form.filters button.btn"));
  await expectText(page, "没有找到“绞拌站半夜”，下面是相近的");
  const marked = await page.locator(".near mark").allInnerTexts();
  if (!marked.some((text) => text === "搅拌站半夜")) throw new Error(`marked: ${marked}`);
  await look(who, "23-near");
  await page.goto("/desk/search?q=游泳馆");
  await expectText(page, "没有找到");
  if (await page.locator(".near").count()) throw new Error("something is near that is not");
}

async function hot(who, words) {
  const { page } = who;
  await through(page, () => page.goto("/desk").then(() => page.click('nav.views a[href="/desk/hot"]')));
  await look(who, `23-hot-${words.lang}`);
  const first = page.locator(".hot-event", { hasText: "搅拌站" }).first();
  await first.locator("summary").click();
  await expectText(page, words.why);
  await look(who, `23-hot-open-${words.lang}`);
  await page.selectOption('select[name="days"]', "7");
  await through(page, () => page.click("form.filters button.btn"));
  const event = page.locator(".hot-event", { hasText: "搅拌站" }).first();
  await event.locator("summary").click();
  const letter = event.locator("ul.rows a").first();
  const title = (await letter.locator(".title").innerText()).trim();
  await through(page, () => letter.click());
  await expectText(page, title);
  // As a table.
  const file = await page.request.get("/desk/hot.csv?days=7");
  if (!file.ok() || !(await file.text()).includes("搅拌站")) throw new Error("the table does not say it");
}

export default async function (house, size) {
  const resident = await person(house, "resident", { size });
  const texts = ["小区旁边的搅拌站半夜施工，噪音太大睡不着", "搅拌站半夜的噪音和扬尘整夜不停，孩子睡不着", "搅拌站半夜还在响，噪音扰民"];
  for (const text of texts) await report(resident, text);
  await resident.context.close();
  const zh = await staff(house, "dispatcher", size);
  await near(zh);
  await hot(zh, { lang: "zh", why: "人写信，算" });
  await zh.page.goto("/desk/hot?until=2020-01-01");
  await expectText(zh.page, "没有两件以上来信");
  await look(zh, "23-hot-none");
  await zh.context.close();
  const en = await staff(house, "overseer", size, "en");
  await hot(en, { lang: "en", why: "people wrote" });
  await en.context.close();
}
