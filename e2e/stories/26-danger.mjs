// Whoever writes of danger is told whom to ring before anything else: while typing, and on the next step without scripts.
import { expectText, look, person, through } from "../house.mjs";

const SMELL = "家里一股煤气味，头有点晕，怎么办";

export default async function danger(house, size) {
  const typing = await person(house, "typing", { size });
  await typing.page.goto("/report");
  await typing.page.fill("#say", SMELL);
  await typing.page.locator('[data-suggest="say"] [role="alert"]').waitFor();
  await expectText(typing.page, "请先打119");
  if ((await typing.page.locator('a[href="tel:119"]').count()) !== 1) throw new Error("the line cannot be rung");
  if (await typing.page.locator('[data-suggest="say"] details').count()) throw new Error("answers to read stand beside a danger");
  await look(typing, "26-typing");
  // What is no danger takes the notice away.
  await typing.page.fill("#say", "想问一下煤气费怎么交");
  await typing.page.locator('[data-suggest="say"] [role="alert"]').waitFor({ state: "detached" });

  const plain = await person(house, "plain", { size, scripts: false });
  await plain.page.goto("/report");
  await plain.page.fill("#say", SMELL);
  await through(plain.page, () => plain.page.click('main button[value="where"]'));
  await expectText(plain.page, "请先打119");
  await look(plain, "26-plain");

  const english = await person(house, "english", { size, lang: "en-GB" });
  await english.page.goto("/report");
  await english.page.fill("#say", "There is a smell of gas in the stairwell");
  await english.page.locator('[data-suggest="say"] [role="alert"]').waitFor();
  await expectText(english.page, "first ring 119");
  await look(english, "26-english");
  for (const who of [typing, plain, english]) await who.context.close();
}
