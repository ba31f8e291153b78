// A report that names another place than the one that was chosen for it: the dispatcher puts the place right while sending it on.
import { expectText, look, person, through } from "../house.mjs";
import { staff, STREET } from "../people.mjs";

/** Reports something and says that it is in another community than the words do; the number, and what was chosen. */
async function misplaced(who) {
  const { page } = who;
  const press = (selector) => through(page, () => page.click(selector));
  await page.goto("/");
  await page.fill('textarea[name="say"]', "和苑小区5号楼门口的井盖松了，夜里车一过就响。");
  await press("main form button.btn-main");
  if (await page.locator('main textarea[name="say"]').count()) await press("main form button.btn-main");
  const right = await page.locator('input[name="place"]').first().getAttribute("value");
  await page.check('input[name="place"][value="other"]');
  await press("main form button.btn-main");
  // The street first, then another community of it.
  for (const fits of [(code) => code === STREET, (code) => code.startsWith(STREET) && code.length > 9 && !right.startsWith(code)]) {
    const pick = page.locator('select[name="pick"]').last();
    const codes = await pick.locator("option").evaluateAll((all) => all.map((o) => o.value));
    const code = codes.find(fits);
    if (!code) continue;
    await pick.selectOption(code);
    await press('button[value="pick"]');
  }
  await press("main form button.btn-main");
  if (await page.locator('main button[name="join"]').count()) await press('main button.btn[value="other"]');
  await page.fill('input[name="contact"]', "19900000008");
  await press("main form button.btn-main");
  const [number] = await page.locator("dd.id").allInnerTexts();
  return { number, right };
}

export default async function place(house, size) {
  const resident = await person(house, "misplaced", { size });
  const { number, right } = await misplaced(resident);
  const lin = await staff(house, "dispatcher", size);
  const { page } = lin;
  await page.goto(`/desk/cases/${STREET}/${number}`);
  const select = page.locator('form:has(input[name="act"][value="dispatch"]) select[name="place"]');
  if ((await select.inputValue()) !== "") throw new Error("a place is put in the form that nobody said");
  await look(lin, "28-elsewhere");
  await through(page, () => page.locator('.suggest a.chip[href*="&place="]').first().click());
  const chosen = await select.inputValue();
  if (!chosen || !(chosen.startsWith(right) || right.startsWith(chosen))) throw new Error(`${chosen} is in the form, not ${right}`);
  const name = await select.locator("option:checked").innerText();
  await look(lin, "28-chosen");
  const form = page.locator('form:has(input[name="act"][value="dispatch"])').first();
  await through(page, () => form.locator("button.btn-main:not([formaction])").last().click());
  await page.goto(`/desk/cases/${STREET}/${number}`);
  await expectText(page, name.split(" ").at(-1));
  await look(lin, "28-placed");
  for (const one of [resident, lin]) await one.context.close();
}
