// Every resident page under hard conditions: little data, a slow network, no JavaScript, an old browser, 320 px, 400 % zoom,
// forced colours, reduced motion. Each condition once; the width of the run only chooses the half that is tried.
import { expectText, look, person } from "../house.mjs";
import { report } from "../people.mjs";

const PAGES = ["/", "/report", "/nearby", "/track", "/signin", "/settings", "/offline", "/no-such-page"];
const BUDGET = 60_000;
const LAMP = "和苑小区3号楼楼下的路灯三天不亮了。";
const name = (path) => path.slice(1).replace(/\W+/g, "-") || "home";

/** Bytes over the wire of a first visit. */
async function weigh(house, path, cookies) {
  const who = await person(house, "visitor", { size: { width: 390, height: 844 }, serviceWorkers: "block" });
  if (cookies) await who.context.addCookies(cookies);
  const cdp = await who.context.newCDPSession(who.page);
  await cdp.send("Network.enable");
  let bytes = 0;
  cdp.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
  await who.page.goto(path, { waitUntil: "networkidle" });
  // The icon and the manifest are fetched behind the page's back.
  const rest = await who.page.evaluate(async () => {
    const links = Array.from(document.querySelectorAll('link[rel="icon"], link[rel="manifest"]'));
    const sizes = await Promise.all(links.map(async (l) => (await (await fetch(l.href)).arrayBuffer()).byteLength));
    return sizes.reduce((a, b) => a + b, 0);
  });
  await who.context.close();
  return bytes + rest;
}

async function light(house, cookies, url) {
  for (const path of PAGES) {
    const bytes = await weigh(house, path);
    console.log(`      ${path}: ${(bytes / 1000).toFixed(1)} KB`);
    if (bytes > BUDGET) throw new Error(`${path} weighs ${bytes} bytes, more than ${BUDGET}`);
  }
  // Pages of one person go out as they are, and are within it all the same.
  for (const path of [url, `${url}/do/message`]) {
    const bytes = await weigh(house, path, cookies);
    console.log(`      a case${path.slice(url.length)}: ${(bytes / 1000).toFixed(1)} KB`);
    if (bytes > BUDGET) throw new Error(`${path} weighs ${bytes} bytes, more than ${BUDGET}`);
  }
}

async function slow(house) {
  const who = await person(house, "far", { size: { width: 390, height: 844 }, serviceWorkers: "block" });
  const cdp = await who.context.newCDPSession(who.page);
  await cdp.send("Network.enable");
  // 3G as it is in a stairwell: 400 kbit/s, 400 ms.
  await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 });
  for (const path of ["/", "/nearby"]) {
    await who.page.goto(path);
    const ready = await who.page.evaluate(() => performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd);
    console.log(`      ${path} on 3G: ${(ready / 1000).toFixed(1)} s`);
    if (ready > 6000) throw new Error(`${path} takes ${ready} ms on 3G`);
  }
  await who.context.close();
}

/** Reports and visits every page under a condition. */
async function walk(house, label, options, prepare) {
  const who = await person(house, label, options);
  if (prepare) await who.context.addInitScript(prepare);
  const filed = await report(who, LAMP);
  const left = who.scripts && (await who.page.evaluate(() => globalThis.localStorage?.getItem("linli-draft")));
  if (left) throw new Error(`${label}: a draft of what was filed is left behind: ${left}`);
  for (const path of [...PAGES, filed.url, `${filed.url}/do/message`, `${filed.url}/do/withdraw`]) {
    await who.page.goto(path);
    await look(who, `${label}-${name(path.replace(filed.url, "/case"))}`);
  }
  const cookies = await who.context.cookies();
  await who.context.close();
  return { cookies, url: filed.url };
}

const still = async (page) =>
  page.evaluate(() => Array.from(document.querySelectorAll("*")).filter((e) => parseFloat(getComputedStyle(e).transitionDuration) > 0).length);

/** What a browser of some years ago does not have. */
function old() {
  for (const gone of ["indexedDB", "caches", "speechSynthesis", "SpeechSynthesisUtterance", "structuredClone", "localStorage"]) {
    delete globalThis[gone];
    delete Window.prototype[gone];
  }
  delete Navigator.prototype.serviceWorker;
}

export default async function (house, size, width) {
  const narrow = { width: 320, height: 640 };
  if (width === "phone") {
    await walk(house, "no-scripts", { size: narrow, scripts: false });
    await walk(house, "old", { size: narrow, lang: "en-GB" }, old);
    const { cookies, url } = await walk(house, "zoom", { size: { width: 320, height: 256 }, deviceScaleFactor: 4 });
    await light(house, cookies, url);
    return;
  }
  await walk(house, "forced", { size, forcedColors: "active" });
  const calm = await person(house, "calm", { size, reducedMotion: "reduce" });
  for (const path of PAGES) {
    await calm.page.goto(path);
    if (await still(calm.page)) throw new Error(`${path} moves although motion is not wanted`);
  }
  await expectText(calm.page, "没有找到这个页面");
  await calm.context.close();
  await slow(house);
}
