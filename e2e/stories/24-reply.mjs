// A handler writes a reply of courtesies, is warned before it goes, mends it and sends it; uses the words of a case that was solved,
// and a draft. The warning comes while one types, too, and works without scripts.
import { expectText, look, person, through } from "../house.mjs";
import { STREET, act, report, staff } from "../people.mjs";

const stamp = () => Math.random().toString(36).slice(2, 7);

/** A case in the hands of the lighting department. */
async function handled(resident, dispatcher, handler, words) {
  const filed = await report(resident, words);
  await act(dispatcher, filed.number, "dispatch", { class: "general", unit: "yunzhou-municipal" });
  await act(handler, filed.number, "accept");
  await act(handler, filed.number, "contacted", { contact_way: "phone", contact_note: "晚上在家" });
  return filed.number;
}

const box = (page, name) => page.locator(`details.act[open] textarea[name="${name}"]`);

async function warned(handler, number, width) {
  const { page } = handler;
  await page.goto(`/desk/cases/${STREET}/${number}`);
  await look(handler, "reply-case");
  await box(page, "facts").fill("您好！您反映的问题已收悉，感谢您的关注。");
  await Promise.all([page.waitForResponse((r) => r.url().endsWith("/check")), box(page, "measure").fill("我们高度重视，已转相关部门处理。")]);
  await page.waitForSelector("[data-doubts] li");
  await expectText(page, "除了客套话");
  await look(handler, "reply-typing");
  const form = page.locator('form[data-check]:has(input[name="act"][value="result"])');
  await form.locator('input[name="law"]').fill("城市照明管理规定");
  await form.locator('input[name="done_by"]').fill("张师傅");
  const answer = await through(page, () => form.locator("button.btn-main").click());
  if (answer.status() !== 422) throw new Error(`a reply of courtesies went out: ${answer.status()}`);
  await expectText(page, "发出之前，请再看一眼");
  await expectText(page, "仍然发出");
  // The reader is led to what is doubted, and what was typed is there.
  const focused = await page.evaluate(() => document.activeElement?.className);
  if (!focused.includes("summary")) throw new Error(`the focus is on ${focused}`);
  if (!(await box(page, "measure").inputValue()).includes("高度重视")) throw new Error("what was typed is gone");
  await look(handler, "reply-warned");
  await page.locator('.summary a[href="#handle-result-facts"]').click();
  await box(page, "facts").fill(`电工${width === "phone" ? "上午" : "下午"}到楼前查看，路灯的保险丝烧断，灯杆没有电（${stamp()}）。`);
  await box(page, "measure").fill(`今天更换保险丝，现场试灯，照明恢复正常（${stamp()}，${stamp()}）。`);
  const sent = await through(page, () => page.locator('form[data-check]:has(input[name="act"][value="result"]) button.btn-main').click());
  if (sent.status() >= 400) throw new Error(`the mended reply did not go: ${sent.status()}\n${await page.locator("main").innerText()}`);
  await expectText(page, "提交办理结果");
}

/** The panel knows a case a few seconds after it was solved. */
async function helped(handler, number) {
  const { page } = handler;
  for (let i = 0; ; i++) {
    await page.goto(`/desk/cases/${STREET}/${number}`);
    if (await page.locator(".advice [data-fill]", { hasText: "用它的话" }).count()) break;
    if (i > 20) throw new Error(`no solved case helps:\n${await page.locator(".advice").innerText()}`);
    await page.waitForTimeout(1500);
  }
  await page.locator(".advice summary", { hasText: "办过的同类事" }).click();
  await page.locator(".advice summary", { hasText: "依据" }).click();
  await look(handler, "reply-advice");
  await box(page, "facts").fill("我到现场看过了。");
  await page.locator(".advice [data-fill]", { hasText: "用它的话" }).first().click();
  const facts = await box(page, "facts").inputValue();
  if (!facts.startsWith("我到现场看过了。\n") || facts.length < 20) throw new Error(`the box holds ${facts}`);
  if (/\d/.test(facts.split("\n")[1])) throw new Error(`a figure of another case: ${facts}`);
  await expectText(page, "请逐句核对");
  await look(handler, "reply-used");
}

/** Without scripts the links and the form do the same by themselves. */
async function plain(house, handler, size, number) {
  const still = await person(house, "a handler without scripts", { size, scripts: false });
  await still.context.addCookies(await handler.context.cookies());
  const { page } = still;
  await page.goto(`/desk/cases/${STREET}/${number}`);
  await through(page, () => page.locator(".advice a", { hasText: "放一份草稿" }).click());
  const facts = await box(page, "facts").inputValue();
  if (!facts.includes("____")) throw new Error(`no draft: ${facts}`);
  await box(page, "facts").fill("您好，感谢您的关注，谢谢您！");
  await box(page, "measure").fill("已转相关部门处理，请您耐心等待。");
  await page.locator('details.act[open] input[name="done_by"]').fill("张师傅");
  const form = page.locator('form[data-check]:has(input[name="act"][value="result"])');
  const answer = await through(page, () => form.locator("button.btn-main").click());
  if (answer.status() !== 422) throw new Error(`not warned: ${answer.status()}`);
  const sent = await through(page, () => page.locator('button[name="anyway"]').click());
  if (sent.status() >= 400) throw new Error(`it did not go all the same: ${sent.status()}`);
  await expectText(page, "提交办理结果");
  await still.context.close();
}

export default async function (house, size, width) {
  const resident = await person(house, "resident", { size });
  const [dispatcher, handler, head, desk] = [
    await staff(house, "dispatcher", size),
    await staff(house, "municipal", size),
    await staff(house, "desk-head", size),
    await staff(house, "desk", size),
  ];
  const lamp = (n) => `和苑小区${n}号楼前面的路灯三天不亮了（${stamp()}）。老人晚上看不见台阶。`;
  const first = await handled(resident, dispatcher, handler, lamp(3));
  await warned(handler, first, width);
  await act(head, first, "approve");
  await act(handler, first, "told", { contact_way: "phone" });
  await act(desk, first, "answered", { contacted: "yes", solved: "yes", satisfied: "satisfied" });
  const second = await handled(resident, dispatcher, handler, lamp(5));
  await helped(handler, second);
  const english = await staff(house, "municipal", size, "en");
  await english.page.goto(`/desk/cases/${STREET}/${second}`);
  await look(english, "reply-advice-en");
  await plain(house, handler, size, second);
  for (const who of [resident, dispatcher, handler, head, desk, english]) await who.context.close();
}
