// Every page that needs no case of its own, in English and in large print: words there, nothing sideways, axe clean.
import { look, person, through } from "../house.mjs";
import { staff } from "../people.mjs";

const OPEN = ["/", "/report", "/track", "/signin", "/desk/signin", "/no-such-page"];
const DESK = ["/desk", "/desk/search?q=%E8%B7%AF%E7%81%AF", "/desk/me"];
const ADMIN = ["/admin", "/admin/places", "/admin/orgs", "/admin/accounts", "/admin/accounts?unused=1", "/admin/duties", "/admin/pack"];

export default async function (house, size) {
  const visit = async (who, paths) => {
    for (const path of paths) {
      await who.page.goto(path);
      await look(who, `en-${path.replace(/[^a-z]+/g, "-").replace(/^-|-$/g, "") || "home"}`);
    }
  };
  const reader = await person(house, "reader", { size, lang: "en-GB" });
  await visit(reader, OPEN);
  await reader.page.goto("/");
  await through(reader.page, () => reader.page.click('button[name="elder"]'));
  await look(reader, "elder-home");
  const desk = await staff(house, "desk", size, "en-GB");
  await visit(desk, DESK);
  const admin = await staff(house, "admin-system", size, "en-GB");
  await visit(admin, ADMIN);
  for (const who of [reader, desk, admin]) await who.context.close();
}
