// A desk worker's day, by the keyboard alone: the inbox with its preview, a draft that is found again, ready-made words, several
// cases at once with a preview, a saved view, the hand-over at the end of the shift, and the same on a phone and without scripts.
import { expectText, look, person, through } from "../house.mjs";
import { act, report, staff } from "../people.mjs";

const stamp = () => Math.random().toString(36).slice(2, 7);

/** The page that a key leads to. */
async function press(page, key) {
  await through(page, () => page.keyboard.press(key));
}

async function inboxByKeys(who, titles) {
  const { page } = who;
  await page.goto("/desk?view=all");
  await page.keyboard.press("j");
  const rows = await page.locator(".table-rows .row-link").allInnerTexts();
  if (rows.length < 2) throw new Error(`too few rows: ${rows}`);
  await page.keyboard.press("j");
  const second = rows[1].trim();
  // The preview follows the row, and the focus is on its link.
  if (page.viewportSize().width >= 1024) await page.waitForFunction((title) => document.querySelector("[data-preview] h2")?.textContent === title, second);
  const focused = await page.evaluate(() => document.activeElement?.textContent?.trim());
  if (focused !== second) throw new Error(`the focus is on ${focused}, not on ${second}`);
  await press(page, "Enter");
  await expectText(page, second);
  await press(page, "u");
  await page.waitForFunction((title) => document.activeElement?.textContent?.trim() === title, second);
  await page.keyboard.press("?");
  await expectText(page, titles.keys);
  await look(who, "day-keys");
  await page.keyboard.press("Escape");
  if (await page.locator("dialog[open]").count()) throw new Error("Escape does not close the list of keys");
}

async function batchByKeys(who, titles) {
  const { page } = who;
  await page.goto("/desk?view=all");
  const rows = await page.locator(".table-rows .row-link").count();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  for (let i = 1; i < Math.min(rows, 3); i++) await page.keyboard.press("j");
  await page.keyboard.press("Shift+X");
  const ticked = await page.locator("input[name=case]:checked").count();
  if (ticked !== Math.min(rows, 3)) throw new Error(`${ticked} ticked of ${rows}`);
  await look(who, "day-inbox");
  await page.locator("[data-batch-go]").focus();
  await press(page, "Enter");
  await look(who, "day-batch");
  await page.locator('button[value="side::note"]').focus();
  await press(page, "Enter");
  await page.keyboard.press("Tab");
  await page.locator('textarea[name="note"]').focus();
  await page.keyboard.type(titles.note);
  await page.locator("main form button.btn-main").focus();
  await press(page, "Enter");
  await expectText(page, titles.nothingYet);
  await look(who, "day-preview");
  await page.locator("main form button.btn-main").focus();
  await press(page, "Enter");
  await look(who, "day-done");
  if ((await page.locator("main .tag-done").count()) !== ticked) throw new Error("not all were done");
}

/** Typed, not sent, found again in another browser; and words at hand put in by a figure. */
async function draft(house, who, size, number, titles) {
  const { page } = who;
  await page.goto(`/desk/cases/990101001/${number}`);
  await page.keyboard.press("e");
  const box = page.locator('details.act[open] textarea[name="contact_note"]');
  await box.focus();
  await Promise.all([page.waitForResponse((r) => r.url().endsWith("/draft") && r.status() === 204), page.keyboard.type(titles.note)]);
  await expectText(page, titles.kept);
  // Out of the field, the list of words, the first of them.
  await page.keyboard.press("Escape");
  await page.locator("details.act[open] > summary, details.act > summary").first().focus();
  if (!(await page.locator("details.act[open]").count())) await page.keyboard.press("Enter");
  await page.keyboard.press("t");
  await Promise.all([page.waitForResponse((r) => r.url().endsWith("/draft") && r.status() === 204), page.keyboard.press("1")]);
  const text = await box.inputValue();
  if (!text.startsWith(titles.note) || text.length < titles.note.length + 10) throw new Error(`the box holds: ${text}`);
  await look(who, "day-draft");
  const other = await staff(house, "municipal", size);
  await other.page.goto(`/desk/cases/990101001/${number}`);
  if ((await other.page.locator('textarea[name="contact_note"]').first().inputValue()) !== text) throw new Error("the draft is not on the other machine");
  await other.context.close();
}

export default async function (house, size, width) {
  const zh = { keys: "键盘操作", note: "今天第一次看过", nothingYet: "现在还什么都没有办", kept: "草稿存好了" };
  const en = { keys: "Keys", note: "Looked at today", nothingYet: "Nothing has been done yet", kept: "Draft saved" };
  const resident = await person(house, "resident", { size });
  for (let i = 0; i < 3; i++) await report(resident, `和苑小区${i + 1}号楼门口的灯不亮（${stamp()}）。晚上看不见路。`);
  const last = await report(resident, `和苑小区5号楼后面的灯不亮（${stamp()}）。晚上看不见路。`);
  const dispatcher = await staff(house, "dispatcher", size);
  await inboxByKeys(dispatcher, zh);
  await batchByKeys(dispatcher, zh);
  await act(dispatcher, last.number, "dispatch", { class: "general", unit: "yunzhou-municipal" });
  const municipal = await staff(house, "municipal", size);
  await act(municipal, last.number, "accept");
  await draft(house, municipal, size, last.number, zh);

  // A view of one's own, in English, on the left from then on.
  const english = await staff(house, "dispatcher", size, "en");
  const { page } = english;
  const name = `Lamps ${stamp()}`;
  await page.goto("/desk?category=utility");
  await page.locator("summary", { hasText: "Save as a view" }).click();
  await page.fill('input[name="name"]', name);
  await press(page, "Enter");
  await expectText(page, name);
  await look(english, "day-view");
  await page.keyboard.press("g");
  await press(page, "s");
  await expectText(page, "Find cases");
  await page.keyboard.press("g");
  await press(page, "i");

  // The end of the shift, in both languages; the next one takes it.
  await page.goto("/desk/handover");
  await page.selectOption('select[name="target"]', "role:desk-head");
  await page.fill('textarea[name="note"]', `Rain tonight ${name}`);
  await look(english, "day-handover");
  await page.locator("main form button.btn-main").focus();
  await press(page, "Enter");
  const head = await staff(house, "desk-head", size);
  await head.page.goto("/desk?view=all");
  await through(head.page, () => head.page.locator('main .notice a[href^="/desk/handover/"]').last().click());
  await expectText(head.page, `Rain tonight ${name}`);
  await press(head.page, "a");
  await expectText(head.page, "接下");
  await look(head, "day-taken");
  for (const path of ["/desk/load", "/desk/phrases", "/desk/views", "/desk/cover", "/desk/me"]) {
    await head.page.goto(path);
    await look(head, `day${path.replaceAll("/", "-")}`);
  }
  await municipal.page.goto(`/desk/cases/990101001/${last.number}/print`);
  await look(municipal, "day-print");

  // Single keys can be switched off; then a letter does nothing.
  await head.page.goto("/desk/me");
  await through(head.page, () => head.page.locator('button[name="keys"]').click());
  await head.page.goto("/desk?view=all");
  await head.page.keyboard.press("?");
  if (await head.page.locator("dialog[open]").count()) throw new Error("keys that are switched off still work");
  for (const who of [resident, dispatcher, municipal, english, head]) await who.context.close();
}
