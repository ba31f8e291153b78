// The service worker: keeps the plain shell (style, code, icon) and one page that says that there is no network. Pages,
// which may hold something of a person, are never kept. The program puts the names of the shell before this text.
interface Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asking extends Event {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  SHELL: string[];
  location: Location;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  addEventListener(kind: "install" | "activate", heard: (event: Event) => void): void;
  addEventListener(kind: "fetch", heard: (event: Asking) => void): void;
}
const worker = self as unknown as Worker;
const look = worker.location.search;
const OFFLINE = `/offline${look}`;
const NAME = `shell ${worker.SHELL.join(" ")}${look}`;
// Staff work on live data: their pages are left to the browser.
const STAFF = /^\/(desk|admin|api)(\/|$)/;

worker.addEventListener("install", (event) => {
  // Without cookies: the kept page is the same for everybody.
  const plain = [...worker.SHELL, OFFLINE].map((url) => new Request(url, { credentials: "omit", cache: "reload" }));
  event.waitUntil(caches.open(NAME).then((kept) => kept.addAll(plain)).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== worker.location.origin || STAFF.test(url.pathname)) return;
  if (request.method === "GET" && worker.SHELL.includes(url.pathname)) {
    event.respondWith(caches.match(url.pathname).then((kept) => kept ?? fetch(request)));
  } else if (request.mode === "navigate") {
    const offline = () => caches.match(OFFLINE).then((kept) => kept ?? Response.error());
    event.respondWith(fetch(request).catch(offline));
  }
});
