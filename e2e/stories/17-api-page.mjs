// The page for programs: read, tried as anybody and as a desk; a token granted by the security administrator, fetched by
// whoever sits on the seat, tried, revoked.
import { expectText, look, person, through } from "../house.mjs";
import { staff } from "../people.mjs";

const form = (page, name) => page.locator(`#op-${name} form`);

async function open(page, name) {
  await page.locator(`#op-${name}`).evaluate((e) => e.setAttribute("open", ""));
  return form(page, name);
}

/** Presses the button of an operation and gives the answer. */
async function send(page, name) {
  const box = await open(page, name);
  await box.locator("button").click();
  await box.locator("[data-answer]:not([hidden])").waitFor();
  const status = await box.locator(".status").innerText();
  return { status: Number.parseInt(status, 10), text: await box.locator("[data-answer] code").innerText() };
}

function is(answer, status, what) {
  if (answer.status !== status) throw new Error(`${what}: ${answer.status} instead of ${status}\n${answer.text}`);
  return JSON.parse(answer.text);
}

export default async function (house, size) {
  // Anybody: files a request, follows it by its code, and is told what is missing elsewhere.
  const anybody = await person(house, "anybody", { size });
  await anybody.page.goto("/api");
  await look(anybody, "api-page");
  await (await open(anybody.page, "file-request")).locator("textarea").fill('{ "body": "页面上试一试：路灯不亮", "place": "990101001001001003" }');
  const filed = is(await send(anybody.page, "file-request"), 201, "filing");
  await anybody.page.fill("#code", filed.tracking);
  const box = await open(anybody.page, "read-request");
  await box.locator('[name="jurisdiction"]').fill(filed.jurisdiction);
  await box.locator('[name="number"]').fill(filed.number);
  const read = is(await send(anybody.page, "read-request"), 200, "following");
  if (read.body !== "页面上试一试：路灯不亮") throw new Error(JSON.stringify(read));
  const refused = is(await send(anybody.page, "list-cases"), 401, "listing as nobody");
  await look(anybody, "api-tried");
  await anybody.page.goto(refused.type);
  await look(anybody, "api-problem");

  // A program's token: granted by one, fetched by another.
  const security = await staff(house, "admin-security", size);
  await security.page.goto("/admin/tokens");
  await look(security, "tokens-before");
  await through(security.page, () => security.page.click('a[href="/admin/new/token"]'));
  await security.page.fill("#login", "desk");
  await through(security.page, () => security.page.click("main form button"));
  await through(security.page, () => security.page.click("main form button.btn-main"));
  await look(security, "tokens-form-wrong");
  const name = `物业报修 ${size.width} ${filed.number}`;
  await security.page.fill("#name", name);
  await security.page.locator('[name="seat"]').first().check();
  for (const scope of ["cases:read", "feed:read"]) await security.page.check(`[name="scopes"][value="${scope}"]`);
  await through(security.page, () => security.page.click("main form button.btn-main"));
  await expectText(security.page, name);
  await look(security, "tokens-granted");

  const desk = await staff(house, "desk", size);
  await desk.page.goto("/desk/me/tokens");
  const mine = desk.page.locator("section.panel", { hasText: name });
  await through(desk.page, () => mine.locator("form button").click());
  const secret = (await desk.page.locator("[data-secret]").innerText()).trim();
  if (!/^linli_[0-9a-f]{64}$/.test(secret)) throw new Error(`not a token: ${secret}`);
  await look(desk, "token-fetched");
  await desk.page.goto("/desk/me/tokens");
  if ((await desk.page.content()).includes(secret)) throw new Error("a token is shown once");

  // Without a token the page calls as the desk; with one, as the program, for what it is for.
  await desk.page.goto("/api");
  is(await send(desk.page, "read-inbox"), 200, "the inbox as the desk");
  await desk.page.fill("#token", secret);
  const me = is(await send(desk.page, "read-me"), 200, "who I am");
  if (me.token.name !== name) throw new Error(JSON.stringify(me));
  is(await send(desk.page, "list-cases"), 200, "cases with the token");
  is(await send(desk.page, "list-orgs"), 403, "what the token is not for");

  await security.page.goto("/admin/tokens");
  const row = security.page.locator("tr", { hasText: name });
  await through(security.page, () => row.locator("form button").click());
  is(await send(desk.page, "list-cases"), 401, "a revoked token");

  const english = await person(house, "reader", { size, lang: "en-GB" });
  await english.page.goto("/api");
  await look(english, "en-api-page");
  for (const who of [anybody, security, desk, english]) await who.context.close();
}
