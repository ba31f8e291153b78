// Passkeys, with an authenticator that the browser plays: an administrator adds one, comes in with it, sets codes up beside
// it, comes in with a code instead, and takes both off again.
import { expectText, look, PASSWORD, person, through } from "../house.mjs";
import { staff } from "../people.mjs";
import { code } from "../totp.mjs";

const LOGIN = "admin-system";
const FACTOR = "/desk/me/factor";
const USE = 'form[data-passkey] button:has-text("用通行密钥验证")';

/** Gives a browser a security key that is touched at once. */
async function authenticator(who) {
  const cdp = await who.context.newCDPSession(who.page);
  await cdp.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options });
  const touch = (enabled) => cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled });
  const lie = (isBogusSignature) => cdp.send("WebAuthn.setResponseOverrideBits", { authenticatorId, isBogusSignature });
  return { touch, lie };
}

async function signOut(page) {
  await page.goto("/desk/me");
  await through(page, () => page.click('form[action="/signout"] button'));
}

/** The password alone: on to the second page. */
async function password(page) {
  await page.goto("/desk/signin");
  await page.fill("#login", LOGIN);
  await page.fill("#password", PASSWORD);
  await through(page, () => page.click("main form button.btn-main"));
}

/** Waits until somebody is inside. */
const inside = (page) => page.waitForURL((url) => !url.pathname.includes("signin"), { timeout: 20_000 });

async function prove(page) {
  await page.goto(FACTOR);
  await through(page, () => page.click(USE));
  await expectText(page, "验证好了");
}

/** Adds the first passkey; its page before, after, and the recovery codes. */
async function add(who) {
  const { page } = who;
  await page.goto(FACTOR);
  await look(who, "29-passkeys-off");
  await page.fill("#name", "工作手机");
  await through(page, () => page.click('button:has-text("添加通行密钥")'));
  const codes = await page.locator("li code.secret").count();
  if (codes !== 10) throw new Error(`${codes} recovery codes`);
  await look(who, "29-codes");
  await page.goto(FACTOR);
  await expectText(page, "工作手机");
  await expectText(page, "还没用过");
  if (await page.locator('form[action$="/remove"]').count()) throw new Error("it may be removed without being shown");
  await look(who, "29-on");
}

/** Codes beside it. */
async function codes(who) {
  const { page } = who;
  await prove(page);
  await look(who, "29-free");
  await through(page, () => page.click('form[action="/desk/me/factor"] button'));
  const secret = await page.locator("#seed").innerText();
  await look(who, "29-setup");
  await page.fill("#code", code(secret));
  await through(page, () => page.click('form[action$="/confirm"] button'));
  await expectText(page, "动态验证码打开了");
  return secret;
}

/** Comes in with what there is. */
async function signIns(house, size, who, key) {
  const { page } = who;
  // With passkeys alone the browser asks at once; nobody touches the key, then somebody does.
  await signOut(page);
  await key.touch(false);
  await password(page);
  await expectText(page, "再验证一次");
  await look(who, "29-second");
  await key.touch(true);
  await page.reload();
  await inside(page);
  const secret = await codes(who);
  await signOut(page);
  await password(page);
  await page.waitForTimeout(500);
  if (!page.url().includes("signin")) throw new Error("with codes on, nobody asked for the passkey");
  await look(who, "29-both");
  await key.lie(true);
  await through(page, () => page.click(USE));
  await expectText(page, "没有通过");
  await look(who, "29-wrong");
  await key.lie(false);
  await through(page, () => page.click(USE));
  await inside(page);
  const plain = await person(house, LOGIN, { size, scripts: false });
  await password(plain.page);
  await expectText(plain.page, "通行密钥要用支持它的浏览器打开");
  await look(plain, "29-without-scripts");
  await plain.page.fill("#code", code(secret, 1));
  await through(plain.page, () => plain.page.locator("form:has(#code) button").click());
  await inside(plain.page);
  await plain.context.close();
}

export default async function (demo, size) {
  // A passkey is bound to a name; the number of a machine has none.
  const house = { ...demo, url: demo.url.replace("127.0.0.1", "localhost") };
  const number = await staff(demo, LOGIN, size);
  await number.page.goto(FACTOR);
  await expectText(number.page, "还没有设好对外的网址");
  await number.context.close();
  const who = await staff(house, LOGIN, size);
  const key = await authenticator(who);
  await add(who);
  await signIns(house, size, who, key);
  const { page } = who;
  await page.goto(FACTOR);
  await look(who, "29-both-on");
  await prove(page);
  await through(page, () => page.click('form[action$="/remove"] button'));
  await expectText(page, "通行密钥移除了");
  await look(who, "29-removed");
  await through(page, () => page.click('button[value="off"]'));
  await expectText(page, "动态验证码关掉了");
  const audit = await staff(house, "admin-audit", size);
  await audit.page.goto("/admin/security?kind=passkey-added");
  await expectText(audit.page, "添加了通行密钥");
  const english = await staff(house, LOGIN, { width: 320, height: 640 }, "en-GB");
  await english.page.goto(FACTOR);
  await look(english, "29-en");
  for (const one of [who, audit, english]) await one.context.close();
}
