// The way into the demonstration: being somebody by one click, and being shown around, in both languages.
import { expectText, look, person, through } from "../house.mjs";

const press = async (page, selector) => {
  const answer = await through(page, () => page.locator(selector).first().click());
  if (answer && answer.status() >= 400) throw new Error(`${selector} on ${page.url()}: ${answer.status()}`);
};

/** Comes in as one of the guides and walks to the end of the tour; keeps a picture of every step. */
async function walk(who, guide, steps, label) {
  const { page } = who;
  await page.goto("/demo");
  await press(page, `button[name="who"][value="${guide}"]`);
  for (let n = 1; n <= steps; n++) {
    await expectText(page, new RegExp(`${n}/${steps}`));
    await look(who, `${label}-${guide}-${n}`);
    // The panel covers nothing: what comes below it begins where it ends.
    const apart = await page.evaluate(() => {
      const [tour, main] = [document.querySelector(".tour"), document.querySelector("main")].map((e) => e.getBoundingClientRect());
      return main.top >= tour.bottom - 1;
    });
    if (!apart) throw new Error(`the panel lies over the page at ${page.url()}`);
    await press(page, n < steps ? '.tour button[value="next"]' : '.tour button[value="end"]');
  }
  if (await page.locator(".tour").count()) throw new Error("the tour does not end");
}

export default async function (house, size, width) {
  const reader = await person(house, "reader", { size });
  await reader.page.goto("/desk/signin");
  await look(reader, "demo-signin-staff");
  await reader.page.goto("/signin");
  await look(reader, "demo-signin-resident");
  await walk(reader, "dispatcher", 4, "tour");
  // Ended, it begins again from the link at the top; it can be left in the middle and gone back to.
  await press(reader.page, 'button[name="go"][value="start"]');
  await expectText(reader.page, "1/4");
  await press(reader.page, '.tour button[value="next"]');
  await reader.page.goto("/desk/me");
  await expectText(reader.page, "2/4");
  await press(reader.page, '.tour button[value="here"]');
  if (!reader.page.url().includes("/desk/cases/")) throw new Error(`not the page of the step: ${reader.page.url()}`);
  await walk(reader, "elder", 4, "tour");
  if (!(await reader.page.locator("html[data-elder]").count())) throw new Error("the older resident has no large print");

  const english = await person(house, "English reader", { size, lang: "en-GB" });
  await walk(english, "resident", 5, "tour-en");
  if (width === "desktop") for (const [guide, steps] of [["desk", 4], ["handler", 4], ["desk-head", 4], ["overseer", 4], ["leader", 4], ["admin-system", 5], ["admin-security", 4], ["admin-audit", 4]]) await walk(english, guide, steps, "tour-en");

  // Nothing of it needs JavaScript.
  const plain = await person(house, "reader without scripts", { size, scripts: false });
  await walk(plain, "handler", 4, "tour-plain");
  for (const who of [reader, english, plain]) await who.context.close();
}
