// A picture taken on the spot says where and when, if whoever sends it says that it may: seen first, then sent; without the
// tick nothing is read. With scripts and without.
import { crc32, deflateSync } from "node:zlib";
import { expectText, look, person, through } from "../house.mjs";

/** A field of EXIF: tag, type, how many, bytes. */
const ascii = (tag, text) => [tag, 2, text.length + 1, Buffer.from(`${text}\0`)];
const fractions = (tag, degrees) => {
  const hundredths = Math.round(degrees * 360_000);
  const parts = [Math.floor(hundredths / 360_000), 1, Math.floor(hundredths / 6_000) % 60, 1, hundredths % 6_000, 100];
  const bytes = Buffer.alloc(24);
  parts.forEach((n, i) => bytes.writeUInt32BE(n, i * 4));
  return [tag, 5, 3, bytes];
};

function table(at, entries) {
  const head = Buffer.alloc(2 + entries.length * 12 + 4);
  head.writeUInt16BE(entries.length);
  const beside = [];
  let next = at + head.length;
  entries.forEach(([tag, type, count, bytes], i) => {
    const here = 2 + i * 12;
    head.writeUInt16BE(tag, here);
    head.writeUInt16BE(type, here + 2);
    head.writeUInt32BE(count, here + 4);
    if (bytes.length <= 4) return bytes.copy(head, here + 8);
    head.writeUInt32BE(next, here + 8);
    beside.push(bytes);
    next += bytes.length;
  });
  return Buffer.concat([head, ...beside]);
}

/** A black PNG that was taken here and then. */
function taken(lon, lat, wall) {
  const chunk = (name, data) => {
    const named = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const pointer = (tag, at) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(at);
    return [tag, 4, 1, bytes];
  };
  const [moment, place] = [[ascii(0x9003, wall)], [ascii(1, "N"), fractions(2, lat), ascii(3, "E"), fractions(4, lon)]];
  const first = 8 + 2 + 24 + 4;
  const second = first + table(0, moment).length;
  const head = table(8, [pointer(0x8769, first), pointer(0x8825, second)]);
  const exif = Buffer.concat([Buffer.from("MM\0*\0\0\0\b", "latin1"), head, table(first, moment), table(second, place)]);
  const size = Buffer.from([0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 0]);
  const pixels = deflateSync(Buffer.alloc(8 * 9));
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", size), chunk("eXIf", exif), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

const WORDS = {
  zh: { lang: "zh-CN", say: "路灯三天不亮了", by: "根据照片，地点是", grid: "和苑社区第一网格", line: "照片摄于 2026 年 3 月 2 日 09:40", away: "不在我们的社区里" },
  en: { lang: "en-GB", say: "The lamp has been dark for three days", by: "By the picture, the place is", grid: "Heyuan Grid 1", line: "Picture taken on 2026-3-2 at 09:40", away: "not taken in one of our communities" },
};

async function tell(house, size, t, scripts) {
  const who = await person(house, `photo-${t.lang}-${scripts}`, { size, lang: t.lang, scripts });
  const { page } = who;
  const press = (selector) => through(page, () => page.click(selector));
  const choose = (lon, lat, wall) => page.setInputFiles("#files", { name: "lamp.png", mimeType: "image/png", buffer: taken(lon, lat, wall) });
  const mark = `27-${t.lang.slice(0, 2)}${scripts ? "" : "-plain"}`;
  await page.goto("/report");
  await page.fill("#say", t.say);
  await press('main button[value="where"]');
  await page.click("details.more > summary >> nth=0");
  await look(who, `${mark}-offered`);
  if (await page.isChecked('input[name="tells"]')) throw new Error("the box is ticked by itself");
  // A clock that is ahead of the office's tells no time.
  await choose(121.5, 31.2, "2066:03:02 09:40:07");
  await page.check('input[name="tells"]');
  await press('main button[value="photo-look"]');
  await expectText(page, t.away);
  await look(who, `${mark}-outside`);
  await choose(119.3031, 33.8459, "2026:03:02 09:40:07");
  await page.check('input[name="tells"]');
  await press("main form button.btn-main");
  await expectText(page, t.by);
  await expectText(page, t.line);
  await look(who, `${mark}-told`);
  await press("main form button.btn-main");
  if (await page.locator('main button[name="join"]').count()) await press('main button.btn[value="other"]');
  await expectText(page, t.grid);
  await expectText(page, t.line);
  await look(who, `${mark}-last`);
  await press('main button[value="send"]');
  await page.waitForSelector("[data-filed]");
  await press('main a.btn-main[href^="/c/"]');
  await expectText(page, t.line);
  await who.context.close();
}

export default async function photo(house, size) {
  await tell(house, size, WORDS.zh, true);
  await tell(house, size, WORDS.en, false);
}
