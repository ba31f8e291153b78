// A report goes through every hop by the right people to a close that the resident confirms.
import { expectText, look, person, through } from "../house.mjs";
import { RESULT, STREET, act, inInbox, report, staff } from "../people.mjs";

export default async function (house, size, width) {
  // The resident has no JavaScript: nothing on this way needs it.
  const resident = await person(house, "resident", { size, scripts: false });
  const filed = await report(resident, `和苑小区3号楼楼下的路灯三天不亮了。老人晚上下楼看不见台阶，怕摔。`);
  await resident.page.goto(filed.url);
  await look(resident, "track-new");

  const dispatcher = await staff(house, "dispatcher", size);
  await inInbox(dispatcher, "路灯三天不亮", "inbox-dispatcher");
  await act(dispatcher, filed.number, "dispatch", { class: "general", unit: "yunzhou-municipal" }, "case-dispatch");

  const handler = await staff(house, "municipal", size);
  await inInbox(handler, "路灯三天不亮", "inbox-handler");
  await act(handler, filed.number, "accept");
  await act(handler, filed.number, "contacted", { contact_way: "phone", contact_note: "晚上六点以后在家" });
  await act(handler, filed.number, "result", RESULT, "case-result");

  const head = await staff(house, "desk-head", size);
  await act(head, filed.number, "approve", {}, "case-review");
  await act(handler, filed.number, "told", { contact_way: "phone" });

  await resident.page.goto(filed.url);
  await expectText(resident.page, RESULT.measure);
  await look(resident, "track-told");
  const scripted = await person(house, "resident with scripts", { size });
  await scripted.context.addCookies(await resident.context.cookies());
  await scripted.page.goto(`${filed.url}/do/answered`);
  await look(scripted, "rate");
  await resident.page.goto(`${filed.url}/do/answered`);
  for (const [name, value] of [["contacted", "yes"], ["solved", "yes"], ["satisfied", "satisfied"]])
    await resident.page.check(`input[name="${name}"][value="${value}"]`);
  await through(resident.page, () => resident.page.click("main form button.btn-main"));
  await expectText(resident.page, "已解决");
  await scripted.page.goto(filed.url);
  await look(scripted, "track-closed");
  const desk = await staff(house, "desk", size);
  await desk.page.goto(`/desk/cases/${STREET}/${filed.number}`);
  await expectText(desk.page, "已解决");
  await look(desk, "case-closed");
  for (const who of [resident, scripted, dispatcher, handler, head, desk]) await who.context.close();
}
