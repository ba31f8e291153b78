// A letter with a name and numbers in it: handlers read it without, an office sees them for a reason, the resident reads who
// looked, takes a copy along, and asks for erasure by right.
import { readFile } from "node:fs/promises";
import { expectText, look, person, through } from "../house.mjs";
import { act, byPhone, report, staff, STREET } from "../people.mjs";

const SECRETS = ["欧阳建国", "13912345678", "11010519491231002X"];
const LETTER = "三号楼下路灯不亮。我叫欧阳建国，电话13912345678，身份证号11010519491231002X，请修。";

async function holds(page, some) {
  const body = await page.locator("main").innerText();
  for (const secret of SECRETS) {
    if (body.includes(secret) !== some) throw new Error(`${secret} ${some ? "is not" : "is"} on ${page.url()}:\n${body}`);
  }
}

/** The desk reads it without; for a reason it sees the words as they were written. */
async function desk(house, size, number) {
  const who = await staff(house, "desk-head", size);
  const { page } = who;
  await page.goto(`/desk/cases/${STREET}/${number}`);
  await expectText(page, "电话已隐去");
  await holds(page, false);
  await look(who, "20-masked");
  await page.goto(`/desk/cases/${STREET}/${number}/caller`);
  await page.fill('[name="why"]', "核实是哪一盏灯");
  await through(page, () => page.click("main form button.btn-main"));
  await holds(page, true);
  await look(who, "20-words");
  return who;
}

async function copyOf(who) {
  const [download] = await Promise.all([who.page.waitForEvent("download"), who.page.click('a[href="/mine/data/copy"]')]);
  return JSON.parse(await readFile(await download.path(), "utf8"));
}

export default async function (house, size, width) {
  const phone = width === "phone" ? "19900000101" : "19900000102";
  const who = await person(house, "owner", { size });
  await byPhone(house, who, phone, "/mine");
  const { page } = who;
  const filed = await report(who, LETTER);
  await page.goto(filed.url);
  await holds(page, true);
  const head = await desk(house, size, filed.number);

  await page.goto("/mine/data");
  await expectText(page, "核实是哪一盏灯");
  await look(who, "20-data");
  const copy = await copyOf(who);
  if (copy.person.phone !== phone || !copy.cases[0].body.includes(SECRETS[0]) || copy.looks[0].why !== "核实是哪一盏灯") {
    throw new Error(`the copy says ${JSON.stringify(copy)}`);
  }
  await page.fill("#name", "欧阳师傅");
  await through(page, () => page.click('form[action="/mine/data/name"] button'));
  await expectText(page, "已保存");
  await through(page, () => page.click('form[action="/mine/data/ask"] button'));
  await expectText(page, "请选择要提出什么");
  await look(who, "20-data-choose");
  await page.check('input[name="right"][value="erase"]');
  await through(page, () => page.click('form[action="/mine/data/ask"] button'));
  const [number] = await page.locator("dd.id").allInnerTexts();
  await look(who, "20-asked");

  // While a matter of theirs is open, somebody has to be told how it ends.
  await head.page.goto(`/desk/cases/${STREET}/${number}`);
  await look(head, "20-right");
  const refused = await act(head, number, "granted", { answer: "已删除" }).catch((error) => error);
  if (!/没办结的事/.test(String(refused.message))) throw new Error(`granted although ${filed.number} is open: ${refused}`);
  await page.goto(`${filed.url}/do/withdraw`);
  await through(page, () => page.click("main form button.btn-danger, main form button.btn-main"));
  await act(head, number, "granted", { answer: "您的信息已全部删除" });
  // Nothing is erased before a second person has looked.
  await head.page.goto(`/desk/cases/${STREET}/${filed.number}`);
  await holds(head.page, false, "已按本人要求删除");
  const overseer = await staff(house, "overseer", size);
  await overseer.page.goto(`/desk/cases/${STREET}/${number}`);
  await look(overseer, "20-confirm");
  await act(overseer, number, "erase");
  await head.page.goto(`/desk/cases/${STREET}/${filed.number}`);
  await expectText(head.page, "已按本人要求删除");
  await holds(head.page, false);
  await look(head, "20-erased");
  const stranger = await person(house, "code", { size });
  await stranger.page.goto("/track");
  await stranger.page.fill('input[name="number"]', filed.number);
  await stranger.page.fill('input[name="code"]', filed.code);
  await through(stranger.page, () => stranger.page.click("main form button.btn-main"));
  await expectText(stranger.page, "应反映人要求");
  await look(stranger, "20-erased-tracked");
  const answer = await stranger.page.goto(`/c/${STREET}/${filed.number}/receipt/1`);
  if (answer.status() !== 410) throw new Error(`the receipt of what was erased answers ${answer.status()}`);
  await expectText(stranger.page, "个人信息保护法");
  await look(stranger, "20-erased-receipt");
  for (const one of [who, head, stranger]) await one.context.close();
}
