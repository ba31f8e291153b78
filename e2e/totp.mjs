// What an authenticator app does, and setting one up on the pages.
import { createHmac } from "node:crypto";
import { expectText, look, through } from "./house.mjs";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The code that an app shows `ahead` steps from now (RFC 6238). */
export function code(secret, ahead = 0) {
  const bits = [...secret.replace(/\s/g, "")].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const mac = createHmac("sha1", key).update(step).digest();
  const word = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(word % 1_000_000).padStart(6, "0");
}

/** Sets a second factor up on its page: the secret that the app would keep, and the recovery codes. */
export async function enrol(who, label) {
  const { page } = who;
  await page.goto("/desk/me/factor");
  if (label) await look(who, `${label}-off`);
  await through(page, () => page.click('form[action="/desk/me/factor"] button'));
  if (label) await look(who, `${label}-setup`);
  const secret = await page.locator("#seed").innerText();
  if (label) {
    await page.fill("#code", "000000");
    await through(page, () => page.click('form[action$="/confirm"] button'));
    await expectText(page, "验证码不对");
    if ((await page.locator("#seed").innerText()) !== secret) throw new Error("a wrong code changed the secret");
    await look(who, `${label}-wrong`);
  }
  await page.fill("#code", code(secret));
  await through(page, () => page.click('form[action$="/confirm"] button'));
  if (label) await look(who, `${label}-codes`);
  const codes = await page.locator("li code.secret").allInnerTexts();
  if (codes.length !== 10) throw new Error(`${codes.length} recovery codes`);
  return { secret, codes };
}
