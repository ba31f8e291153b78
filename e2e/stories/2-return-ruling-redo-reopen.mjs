// The long way: returned once, ruled on, done again, closed, reopened, closed again.
import { expectText, look, person, through } from "../house.mjs";
import { RESULT, STREET, act, report, staff } from "../people.mjs";

const BACK = { duty_cited: "灯杆归市政所", better_unit: "yunzhou-municipal", reason: "不是户外广告，是路灯。" };
const HANDLED = { contact_way: "phone", contact_note: "已约好时间" };

export default async function (house, size, width) {
  const resident = await person(house, "resident", { size });
  const filed = await report(resident, `滨河花园1号楼门口的灯一闪一闪。照得楼上睡不着。`);
  const { number } = filed;
  const [dispatcher, urban, head, municipal, desk] = await Promise.all(
    ["dispatcher", "urban", "desk-head", "municipal", "desk"].map((login) => staff(house, login, size)),
  );
  await act(dispatcher, number, "dispatch", { class: "general", unit: "yunxi-urban" });
  await act(urban, number, "return", BACK, "case-return");
  await act(head, number, "redirect", { unit: "yunzhou-municipal", reason: "责任清单写明路灯归市政。" }, "case-ruling");
  // After a ruling nobody returns it: the act stands there with the reason, without a button.
  await municipal.page.goto(`/desk/cases/${STREET}/${number}`);
  await expectText(municipal.page, "不能再退");
  await look(municipal, "case-barred");
  await act(municipal, number, "accept");
  await act(municipal, number, "contacted", HANDLED);
  const around = async () => {
    await act(municipal, number, "result", RESULT);
    await act(head, number, "approve");
    await act(municipal, number, "told", { contact_way: "phone" });
  };
  await around();
  await act(desk, number, "answered", { contacted: "yes", solved: "no", satisfied: "dissatisfied", words: "当晚又闪了" }, "case-callback");
  await act(head, number, "redo", { reason: "反映人说没有解决" }, "case-judge");
  await around();
  await act(desk, number, "answered", { contacted: "yes", solved: "yes", satisfied: "satisfied" });
  await resident.page.goto(`${filed.url}/do/reopen`);
  await resident.page.fill('textarea[name="reason"]', "昨晚又开始闪");
  await look(resident, "reopen");
  await through(resident.page, () => resident.page.click("main form button.btn-main"));
  await expectText(resident.page, "昨晚又开始闪");
  await look(resident, "track-reopened");
  await act(dispatcher, number, "dispatch", { class: "general", unit: "yunzhou-municipal" });
  await act(municipal, number, "accept");
  await act(municipal, number, "contacted", HANDLED);
  await around();
  await act(desk, number, "answered", { contacted: "yes", solved: "yes", satisfied: "satisfied" });
  await resident.page.goto(filed.url);
  await expectText(resident.page, "已解决");
  if (await resident.page.locator('a[href$="/do/reopen"]').count()) throw new Error("a second reopening is offered");
  for (const who of [resident, dispatcher, urban, head, municipal, desk]) await who.context.close();
}
