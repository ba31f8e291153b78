// Three neighbours say "me too" instead of reporting it again; the unit answers once, all are told, and one says that it
// is not solved at their place. Then the desk merges two cases, with a look at what that does, and takes them apart.
import { expectText, look, person, through } from "../house.mjs";
import { RESULT, STREET, act, report, staff } from "../people.mjs";

const LAMP = "和苑小区3号楼南边的路灯整夜不亮，我是502的钱大爷。";

/** The program tells followers a moment later. */
async function later(page, url, text) {
  for (let i = 0; i < 60; i++) {
    await page.goto(url);
    if ((await page.locator("main").innerText()).includes(text)) return;
    await page.waitForTimeout(250);
  }
  await expectText(page, text);
}

async function answer(who, url, fields) {
  await who.page.goto(url);
  await look(who, `join-${url.split("/").pop()}`);
  for (const [name, value] of Object.entries(fields)) {
    const radio = who.page.locator(`input[type="radio"][name="${name}"][value="${value}"]`);
    if (await radio.count()) await radio.check();
    else await who.page.fill(`[name="${name}"]`, value);
  }
  await through(who.page, () => who.page.click("main form:has([name='act']) button.btn-main"));
}

export default async function (house, size, width) {
  const first = await person(house, "first", { size, scripts: false });
  const main = await report(first, LAMP);
  const neighbours = [];
  for (const [n, lang] of ["zh-CN", "en", "zh-CN"].entries()) {
    const who = await person(house, `neighbour ${n}`, { size, lang, scripts: n !== 2 });
    const filed = await report(who, "和苑小区3号楼楼下路灯不亮", { join: true });
    if (filed.number === main.number) throw new Error("a number of one's own is expected");
    neighbours.push({ ...who, filed });
  }
  await neighbours[1].page.goto(neighbours[1].filed.url);
  await look(neighbours[1], "join-follower-en");

  const dispatcher = await staff(house, "dispatcher", size);
  await act(dispatcher, main.number, "dispatch", { class: "general", unit: "yunzhou-municipal" });
  const unit = await staff(house, "municipal", size);
  await act(unit, main.number, "accept");
  await act(unit, main.number, "contacted", { contact_way: "phone", contact_note: "晚上六点以后在家" });
  await first.page.goto(main.url);
  await expectText(first.page, "还有 3 位邻居也反映了这件事");
  await first.page.fill('.talk-box textarea[name="message"]', "楼道门的密码要吗？");
  await through(first.page, () => first.page.click(".talk-box button.btn"));
  await act(unit, main.number, "reply", { reply: "不用，灯杆在外面。" });
  await look(unit, "join-desk-main");
  await act(unit, main.number, "progress", { progress: "保险丝明天到货，明天下午换。" });
  await later(neighbours[0].page, neighbours[0].filed.url, "保险丝明天到货");
  for (const secret of ["钱大爷", "楼道门的密码", "灯杆在外面", main.number, "晚上六点"]) {
    if ((await neighbours[0].page.content()).includes(secret)) throw new Error(`a neighbour reads “${secret}”`);
  }
  await look(neighbours[0], "join-follower");
  await first.page.goto(main.url);
  await expectText(first.page, "不用，灯杆在外面。");
  const scripted = await person(house, "first with scripts", { size });
  await scripted.context.addCookies(await first.context.cookies());
  await scripted.page.goto(main.url);
  await look(scripted, "join-talk");

  await act(unit, main.number, "result", RESULT);
  const head = await staff(house, "desk-head", size);
  await act(head, main.number, "approve");
  await act(unit, main.number, "told", { contact_way: "phone" });
  await answer(scripted, `${main.url}/do/answered`, { contacted: "yes", solved: "yes", satisfied: "satisfied" });
  for (const n of [0, 2]) await later(neighbours[n].page, neighbours[n].filed.url, RESULT.measure);
  await later(neighbours[0].page, neighbours[0].filed.url, "我的还没解决");
  await look(neighbours[0], "join-closed");
  await answer(neighbours[0], `${neighbours[0].filed.url}/do/not_solved`, { reason: "我这边的灯还黑着" });
  await expectText(neighbours[0].page, "正在确定由谁来办");
  await later(neighbours[2].page, neighbours[2].filed.url, "我这里也好了");
  await answer(neighbours[2], `${neighbours[2].filed.url}/do/solved_too`, { satisfied: "satisfied" });
  await expectText(neighbours[2].page, "已解决");

  // The one that is not solved is merged by hand into another, shown first, and taken apart again.
  const other = await report(first, "和苑小区3号楼西头路灯闪个不停");
  const own = neighbours[0].filed.number;
  await dispatcher.page.goto(`/desk/cases/${STREET}/${own}/merge?main=${other.number}`);
  await expectText(dispatcher.page, "并入以后");
  await look(dispatcher, "join-merge");
  await through(dispatcher.page, () => dispatcher.page.click('main form[action$="/act"] button.btn-main'));
  await expectText(dispatcher.page, "主件");
  await look(dispatcher, "join-desk-follower");
  await act(dispatcher, own, "separate", { reason: "不是同一根灯杆" });
  await dispatcher.page.evaluate(() => document.querySelector("#other")?.closest("details")?.setAttribute("open", ""));
  await dispatcher.page.fill("#other", other.number);
  await through(dispatcher.page, () => dispatcher.page.click('form[action$="/related"] button.btn:not(.btn-quiet)'));
  await expectText(dispatcher.page, "有关联的");
  await look(dispatcher, "join-related");
  for (const who of [first, scripted, dispatcher, unit, head, ...neighbours]) await who.context.close();
}
