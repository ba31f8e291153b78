// An empty folder, `linli init`, three administrators with tables of their own, a resident who reports, a unit that gets it.
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { expectText, look, person, through } from "../house.mjs";
import { code, enrol } from "../totp.mjs";

const target = process.env.CARGO_TARGET_DIR || join(homedir(), ".cache/linli-target");
const program = process.env.LINLI_BIN || join(target, "debug/linli");
const OWN = "我自己的一句话当密码用";

const PLACES = `代码,名称,别的叫法
990101001001001001,春风里1号楼,春风里1栋
990101001001001,春风社区第一网格,春风里
990101001001,春风社区,春风
990101001002,柳荫社区,
`;
const BAD_PLACES = `${PLACES}99010100100X,坏代码,
`;
const UNITS = `短名,单位名称,种类,管什么,管哪里,上级单位,公开电话
urban,城管办,政府部门,城管,990101001,street-office,0512-88880001
lamps,市政所,政府部门,市政,990101001,street-office,
spring,春风社区居委会,社区居委会,社区事务,春风社区,street-office,
`;
const ACCOUNTS = `登录名,姓名
lin,林晓雨
zhou,周敏
zhang,张师傅
`;
const SEATS = `登录名,单位,角色,管哪里
lin,street-office,派单员,990101001
zhou,street-office,话务回访坐席,990101001
zhang,lamps,承办人员,990101001
`;

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** A deployment made by `linli init` in an empty folder. */
async function fresh(browser) {
  const data = await mkdtemp(join(tmpdir(), "linli-init-"));
  const made = spawnSync(program, ["init", "--yes", "--json", "--data", data, "--name", "春风街道", "--name-en", "Spring Street"], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`init: ${made.stderr}`);
  const { administrators } = JSON.parse(made.stdout);
  const again = spawnSync(program, ["init", "--yes", "--data", data], { encoding: "utf8" });
  if (again.status !== 2 || !again.stderr.includes("set up already")) throw new Error(`init again: ${again.status} ${again.stderr}`);
  const port = await freePort();
  const child = spawn(program, ["serve", "--data", data, "--listen", `127.0.0.1:${port}`, "--auto-dispatch"], { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; !(await fetch(`${url}/healthz`).then((r) => r.ok, () => false)); i++) {
    if (i > 300 || child.exitCode !== null) throw new Error("the program did not start");
    await new Promise((done) => setTimeout(done, 100));
  }
  const close = async () => {
    child.kill("SIGTERM");
    await new Promise((done) => (child.exitCode === null ? child.once("exit", done) : done()));
    await rm(data, { recursive: true, force: true });
  };
  return { url, browser, administrators, close };
}

/** Presses something that leads to another page; each press is counted. */
async function press(who, selector) {
  who.presses = (who.presses ?? 0) + 1;
  const answer = await through(who.page, () => who.page.locator(selector).first().click());
  if (answer && answer.status() >= 400) throw new Error(`${selector} on ${who.page.url()}: ${answer.status()}\n${await who.page.locator("main").innerText()}`);
}

/** Signs in with a first password and chooses an own one, as the program asks. */
async function enter(office, login, password, size, lang = "zh-CN") {
  const who = await person(office, login, { size, lang });
  await who.page.goto("/admin");
  await who.page.fill('input[name="login"]', login);
  await who.page.fill('input[name="password"]', password);
  await press(who, "main button[type=submit]");
  if (!who.page.url().includes("/desk/password")) throw new Error(`${login} is not asked for another password: ${who.page.url()}`);
  await look(who, "16-password");
  await who.page.fill("#old", password);
  await who.page.fill("#new", OWN);
  await who.page.fill("#again", OWN);
  await press(who, "main button[type=submit]");
  if (who.page.url().includes("/desk/me/factor")) await second(who);
  return who;
}

/** An administrator needs a second factor before anything else. */
async function second(who) {
  await expectText(who.page, "要求双重验证");
  await who.page.goto("/admin");
  if (!who.page.url().includes("/desk/me/factor")) throw new Error(`${who.name} came past the second factor`);
  await look(who, "16-factor");
  who.secret = (await enrol(who)).secret;
  who.presses += 3;
}

/** Brings a table in: uploads it, looks at the report, puts it in. */
async function bring(who, name, text, label) {
  const { page } = who;
  await page.goto("/admin/sheets");
  await page.setInputFiles("#file", { name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await press(who, "main form button.btn-main");
  if (label) await look(who, label);
  await press(who, 'main form[action$="/apply"] button');
}

export default async function (house, size, width) {
  const begun = Date.now();
  const office = await fresh(house.browser);
  try {
    const first = (login) => office.administrators.find((a) => a.login === login).password;
    const system = await enter(office, "system", first("system"), size);
    await system.page.goto("/admin");
    await expectText(system.page, "一步一步开始");
    await look(system, "16-assistant-empty");
    await system.page.goto("/admin/sheets");
    await look(system, "16-sheets");
    // A mistake is shown and holds nothing else up.
    await bring(system, "区划.csv", BAD_PLACES, "16-report-wrong");
    await expectText(system.page, "放进去了");
    await bring(system, "单位.csv", UNITS, "16-report");
    await bring(system, "账号.csv", ACCOUNTS);
    await expectText(system.page, "只显示这一次");
    await look(system, "16-passwords");
    const rows = await system.page.locator("main tbody tr").allInnerTexts();
    const given = Object.fromEntries(rows.map((row) => row.split(/\s+/).slice(-2)));
    if (Object.keys(given).length !== 3) throw new Error(`passwords of three people: ${rows}`);

    const security = await enter(office, "security", first("security"), size);
    await security.page.goto("/admin");
    await expectText(security.page, "等系统管理员");
    await look(security, "16-assistant-security");
    await bring(security, "岗位.csv", SEATS);

    await system.page.goto("/admin/coverage");
    await look(system, "16-coverage");
    await system.page.goto("/admin");
    await press(system, 'form[action="/admin/start/looked"] button');

    // A resident reports a lamp; it comes to the unit whose it is.
    const resident = await person(office, "resident", { size });
    await resident.page.goto("/");
    await resident.page.fill('textarea[name="say"]', "春风里1号楼楼下路灯不亮，已经三天");
    for (let i = 0; i < 5 && !(await resident.page.locator("dd.id").count()); i++) {
      if (await resident.page.locator('input[name="contact"]').count()) await resident.page.fill('input[name="contact"]', "19900000007");
      await press(resident, "main form button.btn-main");
    }
    await expectText(resident.page, /\d{6}-\d{5}/);
    const handler = await enter(office, "zhang", given.zhang, size);
    await handler.page.goto("/desk");
    await expectText(handler.page, "路灯");
    await look(handler, "16-arrived");

    await system.page.goto("/admin");
    await expectText(system.page, "第一件事是");
    await look(system, "16-assistant-full");
    await press(system, 'form[action="/admin/start/open"] button');
    await expectText(system.page, "正式开始了");

    const audit = await enter(office, "audit", first("audit"), size);
    await audit.page.goto("/admin/record");
    await expectText(audit.page, "市政所");
    await look(audit, "16-record");

    // The rules, for everybody, in both languages.
    const reader = await person(office, "reader", { size, lang: "en-GB" });
    for (const [path, label] of [["/rules", "about"], ["/rules/limits", "limits"], ["/rules/flows/request", "flow"], ["/rules/duties", "duties"], ["/rules/categories", "categories"], ["/rules/calendar", "calendar"], ["/rules/fields", "fields"], ["/rules/versions", "versions"]]) {
      await reader.page.goto(path);
      await look(reader, `16-rules-${label}-en`);
    }
    const zh = await person(office, "reader", { size });
    await zh.page.goto("/rules/flows/request");
    await look(zh, "16-rules-flow");
    const english = await person(office, "system", { size, lang: "en-GB" });
    await english.page.goto("/desk/signin?next=/admin");
    await english.page.fill('input[name="login"]', "system");
    await english.page.fill('input[name="password"]', OWN);
    await press(english, "main button[type=submit]");
    await english.page.fill("#code", code(system.secret, 1));
    await press(english, "main button[type=submit]");
    for (const path of ["/admin", "/admin/sheets", "/admin/coverage", "/admin/record", "/admin/pack/flows/request", "/desk/password"]) {
      await english.page.goto(path);
      await look(english, `16-en${path.replaceAll("/", "-")}`);
    }
    const presses = [system, security, resident, handler, audit].reduce((n, who) => n + (who.presses ?? 0), 0);
    const seconds = ((Date.now() - begun) / 1000).toFixed(0);
    console.log(`      from init to the first case at its unit: ${presses} presses, ${seconds} s (${width})`);
    if (presses > 45) throw new Error(`it takes ${presses} presses`);
    for (const who of [system, security, resident, handler, audit, reader, zh, english]) await who.context.close();
  } finally {
    await office.close();
  }
}
