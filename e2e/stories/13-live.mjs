// Two people on one case see each other, and nothing that one types is lost when the other acts; the inbox follows; each
// is told as they chose.
import { expectText, look, person, through } from "../house.mjs";
import { STREET, act, byPhone, report, staff } from "../people.mjs";

/** Waits until something is true on a page; says what the page says when it does not come true. */
async function until(who, what, check) {
  try {
    await who.page.waitForFunction(check.fn, check.arg, { timeout: 15_000 });
  } catch {
    throw new Error(`${who.name} never saw ${what} on ${who.page.url()}:\n${(await who.page.locator("body").innerText()).slice(0, 1500)}`);
  }
}

const says = (selector, text) => ({
  arg: [selector, text],
  fn: ([s, t]) => Array.from(document.querySelectorAll(s)).some((e) => !e.closest("[hidden]") && e.textContent.includes(t)),
});

/** Where the focus is, what is typed there, and how high on the screen. */
const hands = (page) =>
  page.evaluate(() => {
    const box = document.activeElement;
    const { left, top } = box.getBoundingClientRect();
    const covered = !box.contains(document.elementFromPoint(left + 20, top + 12));
    return { covered, name: box?.getAttribute("name"), value: box?.value, top: Math.round(box?.getBoundingClientRect().top), at: box?.selectionStart };
  });

function same(before, after, when) {
  const moved = Math.abs(before.top - after.top);
  if (after.covered) throw new Error(`${when}: what is typed is covered`);
  if (before.name !== after.name || before.value !== after.value || before.at !== after.at || moved > 2)
    throw new Error(`${when}: the hands were at ${JSON.stringify(before)}, and then at ${JSON.stringify(after)}`);
}

export default async function (house, size, width) {
  const resident = await person(house, "resident", { size });
  const dispatcher = await staff(house, "dispatcher", size);
  const inbox = await dispatcher.context.newPage();
  await inbox.goto("/desk");
  const listing = { ...dispatcher, page: inbox, name: "dispatcher's inbox" };

  // A new case is said in the inbox while somebody types there.
  await inbox.locator("[data-search]").fill("路灯 三号");
  const typing = await hands(inbox);
  const first = await report(resident, `${width}：楼下路灯三天不亮了，老人晚上看不见台阶。`);
  await until(listing, "a new case", says("[data-live-news]", "件新到"));
  same(typing, await hands(inbox), "a new case in the inbox");
  await look(listing, "live-inbox-new");
  const before = await inbox.locator(".views .n").first().innerText();
  const neighbour = await person(house, "neighbour", { size });
  await report(neighbour, `${width}：小区门口垃圾没人收，味道很大。`);
  await until(listing, "two new cases", says("[data-live-news]", "2 件新到"));
  await until(listing, "the count of the inbox", { arg: before, fn: (b) => document.querySelector(".views .n")?.textContent !== b });
  await through(inbox, () => inbox.locator("[data-live-update]").click());
  await expectText(inbox, "垃圾没人收");

  // Two on one case: each is told of the other, and that something is being written.
  const head = await staff(house, "desk-head", size);
  const address = `/desk/cases/${STREET}/${first.number}`;
  await head.page.goto(address);
  await dispatcher.page.goto(address);
  await until(head, "the colleague", says("[data-live-here]", "派单员"));
  await until(dispatcher, "the colleague", says("[data-live-here]", "值班长"));
  const note = head.page.locator('form:has(input[name="act"][value="note"]) textarea').first();
  await note.evaluate((box) => box.closest("details")?.setAttribute("open", ""));
  await note.fill("已和物业通过电话，");
  await note.press("End");
  await until(dispatcher, "that the colleague writes", says("[data-live-here]", "正在填写"));
  await look(dispatcher, "live-case-here");

  // One acts while the other types.
  const hand = await hands(head.page);
  const acting = dispatcher.page.locator('form:has(input[name="act"][value="dispatch"])').first();
  await acting.evaluate((form) => form.closest("details")?.setAttribute("open", ""));
  await acting.locator('select[name="unit"]').selectOption("yunzhou-municipal");
  await through(dispatcher.page, () => acting.locator("button.btn:not([formaction])").last().click());
  await until(head, "what the colleague did", says("[data-live-news]", "派给承办单位"));
  same(hand, await hands(head.page), "an act of a colleague");
  await look(head, "live-case-news");
  await until(listing, "the row that is seen to", says("tr.gone .live-mark", "已由"));
  await look(listing, "live-inbox-gone");

  // What is new is shown beside what is typed, and the note is sent as it was.
  await head.page.locator("[data-live-look]").click();
  await until(head, "the new entry", says("ol.timeline", "派给承办单位"));
  await until(head, "that the form is untouched", says("[data-live-news]", "没动"));
  if ((await note.inputValue()) !== "已和物业通过电话，") throw new Error("what was typed is gone");
  await look(head, "live-case-kept");
  await note.fill("已和物业通过电话，今晚来人。");
  await through(head.page, () => note.evaluate((box) => box.form.requestSubmit()));
  await expectText(head.page, "今晚来人");

  // Whoever leaves is gone from the other's page.
  await dispatcher.page.goto(address);
  await until(dispatcher, "the colleague", says("[data-live-here]", "值班长"));
  await head.page.goto("/desk");
  await until(dispatcher, "that nobody else is there", { fn: () => document.querySelector("[data-live-here]").hidden });

  // The unit is told that somebody urges, as it chose; opening the case reads it.
  const unit = await staff(house, "municipal", size);
  await unit.page.goto("/desk/me/notices");
  await look(unit, "notices-none");
  await unit.page.fill('input[name="quiet_from"]', "00:00");
  await unit.page.fill('input[name="quiet_until"]', "00:00");
  await through(unit.page, () => unit.page.click('form[action="/desk/me/notices"] button.btn-main'));
  await expectText(unit.page, "已按您选的保存");
  await resident.page.goto(`${first.url}/do/urge`);
  await through(resident.page, () => resident.page.click("main form button.btn-main"));
  await until(unit, "the notice", { fn: () => !document.querySelector("[data-unread]").hidden });
  await until(unit, "what it says", says("[data-live-told]", "有人催办"));
  await unit.page.goto("/desk/me/notices");
  await expectText(unit.page, "有人催办");
  await expectText(unit.page, "未读");
  await look(unit, "notices");
  const unread = await unit.page.locator("[data-unread]").innerText();
  await act(unit, first.number, "accept");
  await until(unit, "that it is read", {
    arg: unread,
    fn: (n) => document.querySelector("[data-unread]").hidden || Number(document.querySelector("[data-unread]").textContent) < Number(n),
  });

  // A resident reads what they were told, and chooses when.
  const phone = width === "phone" ? "19900000001" : "19900000002";
  await byPhone(house, resident, phone, "/mine/notices");
  await resident.page.goto("/mine/notices");
  await expectText(resident.page, "我的通知");
  await look(resident, "mine-notices");
  await through(resident.page, () => resident.page.click('form[action="/mine/notices"] button'));
  await expectText(resident.page, "已按您选的保存");

  for (const who of [resident, neighbour, dispatcher, head, unit]) await who.context.close();
}
