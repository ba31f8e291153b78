// The service worker: keeps the plain shell (style, code, icon) and one page that says that there is no network. Pages,
// which may hold something of a person, are never kept. The program puts the names of what is kept before this text.
//
// A new worker waits until no page of the old one is left. One that took over at once would now and then swallow a
// navigation that the old one had begun: the reader would look at a page that never came.
interface Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asking extends Event {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  SHELL: string[];
  OFFLINE: string[];
  location: Location;
  addEventListener(kind: "install" | "activate", heard: (event: Event) => void): void;
  addEventListener(kind: "fetch", heard: (event: Asking) => void): void;
}
const worker = self as unknown as Worker;
const NAME = `shell ${worker.SHELL.join(" ")}`;
// Where a page notes how its reader reads (app.ts); a worker sees no cookies.
const LOOK = "look";
// Staff work on live data: their pages are left to the browser.
const STAFF = /^\/(desk|admin|api)(\/|$)/;

worker.addEventListener("install", (event) => {
  // Without cookies: the kept page is the same for everybody.
  const plain = [...worker.SHELL, ...worker.OFFLINE].map((url) => new Request(url, { credentials: "omit", cache: "reload" }));
  event.waitUntil(caches.open(NAME).then((kept) => kept.addAll(plain)));
});

worker.addEventListener("activate", (event) => {
  const old = (name: string) => name !== NAME && name !== LOOK;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== worker.location.origin || STAFF.test(url.pathname)) return;
  if (request.method === "GET" && worker.SHELL.includes(url.pathname)) {
    event.respondWith(caches.match(url.pathname).then((kept) => kept ?? fetch(request)));
  } else if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(offline));
  }
});

/** The page without a network, as this reader reads. */
async function offline(): Promise<Response> {
  const noted = await caches.match("/look");
  const look = (await noted?.text()) ?? "";
  const address = worker.OFFLINE.find((page) => page.endsWith(look)) ?? "";
  return (await caches.match(address)) ?? Response.error();
}
