// What people do on the pages, in the words of the pages: no shortcut past a button.
import { expectText, look, PASSWORD, person, through } from "./house.mjs";

export const STREET = "990101001";

/** A member of staff, signed in. */
export async function staff(house, login, size, lang) {
  const who = await person(house, login, { size, lang });
  await who.page.goto("/desk/signin");
  await who.page.fill('input[name="login"]', login);
  await who.page.fill('input[name="password"]', PASSWORD);
  await through(who.page, () => who.page.click('main button[type="submit"], main form button.btn-main'));
  if (who.page.url().includes("signin")) throw new Error(`${login} could not sign in: ${await who.page.locator("main").innerText()}`);
  return who;
}

/** The form of an act on the page that is open. */
function actForm(page, act) {
  return page.locator(`form:has(input[type="hidden"][name="act"][value="${act}"])`).first();
}

async function fill(form, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const all = form.locator(`[name="${name}"]:not([type="hidden"])`);
    const kind = await all.first().evaluate((e) => (e.tagName === "SELECT" ? "select" : e.type));
    if (kind === "select") await all.first().selectOption(value);
    else if (kind === "radio") await form.locator(`[name="${name}"][value="${value}"]`).check();
    else if (kind === "checkbox") {
      // A long list of boxes is folded away until it is opened.
      await all.first().evaluate((e) => e.closest("details:not(.act)")?.setAttribute("open", ""));
      for (const v of [value].flat()) await form.locator(`[name="${name}"][value="${v}"]`).check();
    } else if (kind === "file") await all.first().setInputFiles(value);
    else await all.first().fill(value);
  }
}

/** Acts on a case at the desk: opens it, opens the act, fills in its form, presses its button. */
export async function act(who, number, name, fields = {}, label) {
  const { page } = who;
  await page.goto(`/desk/cases/${STREET}/${number}`);
  const form = actForm(page, name);
  if (!(await form.count())) throw new Error(`${who.name} is not offered "${name}" on ${number}:\n${await page.locator("main").innerText()}`);
  await form.evaluate((f) => f.closest("details")?.setAttribute("open", ""));
  await fill(form, fields);
  if (label) await look(who, label);
  let answer = await through(page, () => form.locator("button.btn:not([formaction])").last().click());
  // The same words for many cases are doubted, and these people know what they do.
  const anyway = page.locator('button[name="anyway"]');
  if (answer?.status() === 422 && (await anyway.count())) answer = await through(page, () => anyway.first().click());
  if (answer && answer.status() >= 400) throw new Error(`${name} on ${number}: ${answer.status()}\n${await page.locator("main").innerText()}`);
  return page;
}

/** What the desk's inbox holds: the case with this title must be in it. */
export async function inInbox(who, title, label) {
  await who.page.goto("/desk");
  await expectText(who.page, title);
  if (label) await look(who, label);
}

export const RESULT = {
  facts: "保险丝烧断，路灯没有电。",
  law: "城市道路照明设施管理规定",
  measure: "已更换保险丝，现场试灯正常。",
  done_by: "张师傅",
  done_on: "2026-12-01",
};

/** Reports something in own words, through the three pages, or joins (`join`) a neighbour who did; gives number, code and address. */
export async function report(who, text, { photo, join } = {}) {
  const { page } = who;
  const press = async (selector) => {
    const answer = await through(page, () => page.click(selector));
    if (answer && answer.status() >= 400) throw new Error(`${page.url()}: ${answer.status()}\n${await page.locator("main").innerText()}`);
  };
  await page.goto("/");
  await look(who, "home");
  await page.fill('textarea[name="say"]', text);
  await press("main form button.btn-main");
  // From the first page one comes to the first or the second of the three: the words are there already.
  if (await page.locator('main textarea[name="say"]').count()) {
    await look(who, "say-what");
    await press("main form button.btn-main");
  }
  await look(who, "say-where");
  await press("main form button.btn-main");
  // Neighbours may have reported the same: joining them, or not, is asked before the rest.
  if (await page.locator('main button[name="join"]').count()) {
    await look(who, "say-near");
    await press(join ? 'main button[name="join"]' : 'main button.btn[value="other"]');
  }
  await look(who, join ? "say-join" : "say-last");
  await page.fill('input[name="contact"]', "19900000007");
  if (photo) await page.setInputFiles('input[type="file"]', photo);
  await press("main form button.btn-main");
  await look(who, "say-done");
  const [number, code] = await page.locator("dd.id").allInnerTexts();
  if (!/^\d{6}-\d{5}$/.test(number)) throw new Error(`no number on the page: ${await page.locator("main").innerText()}`);
  return { number, code, url: `/c/${STREET}/${number}` };
}

/** The one-time code that a demonstration writes into its log. */
async function codeOf(house, phone) {
  for (let i = 0; i < 100; i++) {
    const codes = [...house.log().matchAll(new RegExp(`one-time code for ${phone.slice(-4)}: (\\d{6})`, "g"))];
    if (codes.length) return codes.at(-1)[1];
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error("no code in the log");
}

/** Signs a resident in by the one-time code. */
export async function byPhone(house, who, phone, next) {
  const { page } = who;
  await page.goto(`/signin?next=${next}`);
  await page.fill('input[name="phone"]', phone);
  await through(page, () => page.click("main form .btn-main"));
  await page.fill('input[name="code"]', await codeOf(house, phone));
  await through(page, () => page.click("main form .btn-main"));
}
