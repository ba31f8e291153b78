// The doors: a second factor is set up, asked for, replaced by a recovery code and switched off; one sees where one is signed
// in and ends it; administrators take a lost one off and read what happened.
import { expectText, look, PASSWORD, person, through } from "../house.mjs";
import { byPhone, staff } from "../people.mjs";
import { code, enrol } from "../totp.mjs";

const LOGIN = "overseer";

/** The password alone: on to the code. */
async function password(house, size, scripts = true) {
  const who = await person(house, LOGIN, { size, scripts });
  await who.page.goto("/desk/signin");
  await who.page.fill("#login", LOGIN);
  await who.page.fill("#password", PASSWORD);
  await through(who.page, () => who.page.click("main form button.btn-main"));
  await expectText(who.page, "填动态验证码");
  return who;
}

async function give(who, field, text) {
  const { page } = who;
  if (field === "recovery") await page.click("details summary");
  await page.fill(`#${field}`, text);
  await through(page, () => page.locator(`form:has(#${field}) button`).first().click());
}

const inside = (who) => !who.page.url().includes("signin");

async function signIns(house, size, { secret, codes }) {
  const app = await password(house, size, false);
  await look(app, "19-code-without-scripts");
  // The same code twice, also where the clock turns between.
  const once = code(secret, 1);
  await give(app, "code", once);
  if (!inside(app)) throw new Error("the code does not let in");
  const lost = await password(house, size);
  await look(lost, "19-code");
  await give(lost, "code", once);
  await expectText(lost.page, "已经用过");
  await look(lost, "19-code-wrong");
  await give(lost, "recovery", codes[0]);
  if (!inside(lost)) throw new Error("a recovery code does not let in");
  const twice = await password(house, size);
  await give(twice, "recovery", codes[0].toUpperCase());
  await expectText(twice.page, "备用码不对");
  await look(twice, "19-recovery-used");
  await twice.context.close();
  return { app, lost };
}

/** The list of sessions: the other one is there and is ended from here. */
async function sessions(here, other) {
  await here.page.goto("/desk/me/sessions");
  await expectText(here.page, "Linux");
  await look(here, "19-sessions");
  const rows = await here.page.locator("ul.rows > li").count();
  if (rows < 2) throw new Error(`${rows} sessions`);
  await through(here.page, () => here.page.click('button[name="others"]'));
  await expectText(here.page, "已经退出");
  await other.page.goto("/desk");
  if (inside(other)) throw new Error("the other session lives on");
}

async function resident(house, size, number) {
  const who = await person(house, "resident", { size });
  await byPhone(house, who, number, "/mine/sessions");
  await expectText(who.page, "在哪里登录着");
  await look(who, "19-sessions-resident");
  await who.context.close();
}

async function administrators(house, size) {
  const system = await staff(house, "admin-system", size);
  await system.page.goto(`/admin/accounts/${LOGIN}`);
  await expectText(system.page, "双重验证");
  await look(system, "19-account");
  // One administrator alone gets nobody's seat: what would put one in another's place waits for a second one.
  await through(system.page, () => system.page.click('form[action$="/factor"] button'));
  await expectText(system.page, "须由另一位管理员");
  const other = await staff(house, "admin-security", size);
  await other.page.goto("/admin/second");
  await through(other.page, () => other.page.click('form[action$="/confirm"] button'));
  await other.context.close();
  // So does an administrator's password.
  await system.page.goto("/admin/accounts/admin-audit");
  await through(system.page, () => system.page.click('form[action$="/password"] button'));
  await expectText(system.page, "须由另一位管理员");
  await look(system, "19-proposed");
  await system.page.goto("/admin/second");
  await expectText(system.page, "须由另一位管理员确认");
  const security = await staff(house, "admin-security", size);
  await security.page.goto("/admin");
  await security.page.click('a[href="/admin/second"] strong');
  await look(security, "19-second");
  await through(security.page, () => security.page.click('form[action$="/decline"] button'));
  await expectText(security.page, "没有等待确认的变更");
  await security.page.goto("/admin/security");
  await look(security, "19-rule");
  if (await security.page.locator("#log").count()) throw new Error("the security administrator reads the log");
  const audit = await staff(house, "admin-audit", size);
  await audit.page.goto("/admin/security");
  await expectText(audit.page, "用了一个备用码");
  await look(audit, "19-log");
  await audit.page.selectOption("#kind", "factor-taken");
  await audit.page.fill("#who", LOGIN);
  await through(audit.page, () => audit.page.click("form.filters button"));
  await expectText(audit.page, "管理员解除了双重验证");
  await look(audit, "19-log-filtered");
  const english = await staff(house, "admin-audit", { width: 320, height: 640 }, "en-GB");
  for (const path of ["/admin/security", "/desk/me/factor", "/desk/me/sessions"]) {
    await english.page.goto(path);
    await look(english, `19-en${path.replaceAll("/", "-")}`);
  }
  for (const who of [system, security, audit, english]) await who.context.close();
}

export default async function (house, size, width) {
  const who = await staff(house, LOGIN, size);
  const made = await enrol(who, "19-factor");
  await who.page.goto("/desk/me");
  await look(who, "19-me");
  await who.page.goto("/desk/me/factor");
  await expectText(who.page, "还有 10 个备用码");
  await look(who, "19-factor-on");
  await who.page.goto("/desk/me");
  await through(who.page, () => who.page.click('form[action="/signout"] button'));
  const { app, lost } = await signIns(house, size, made);
  await sessions(lost, app);
  await resident(house, size, width === "phone" ? "19900000061" : "19900000062");
  await administrators(house, size);
  // With the second factor taken off, the password is enough again.
  const again = await staff(house, LOGIN, size);
  for (const one of [who, app, lost, again]) await one.context.close();
}
