// The service worker: files of the shell from the store, pages from the server and from the store where there is no line.
// VERSION and TOLD ({hashed, shell}) stand before this (storefront/pwa.py). What is kept of pages belongs to one person:
// static/js/pwa.js empties it when somebody else, or nobody, is signed in.

const SHELL = `shell-${VERSION}`;
const PAGES = "pages";
const OFFLINE = "/offline/";
const MOST = 60;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(SHELL).then(async (cache) => {
      await cache.addAll(TOLD.shell);
      await cache.add(new Request(OFFLINE, { cache: "reload" }));
    }),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("shell-") && name !== SHELL) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "take-over") self.skipWaiting();
  if (event.data === "language") event.waitUntil(caches.open(SHELL).then((cache) => cache.add(new Request(OFFLINE, { cache: "reload" }))).catch(() => {}));
});

// A file whose name is made of its content never changes; under its plain name the server is asked first.
const file = async (request) => {
  const cache = await caches.open(SHELL);
  const kept = await cache.match(request);
  if (kept && TOLD.hashed) return kept;
  try {
    const answer = await fetch(request);
    if (answer.ok) cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
};

const trim = async (cache) => {
  const keys = await cache.keys();
  for (const key of keys.slice(0, Math.max(0, keys.length - MOST))) await cache.delete(key);
};
const keep = async (key, answer) => {
  const html = answer.headers.get("Content-Type")?.startsWith("text/html");
  if (!answer.ok || answer.redirected || !html || answer.headers.get("Cache-Control")?.includes("no-store")) return;
  const cache = await caches.open(PAGES);
  await cache.delete(key);
  await cache.put(key, answer);
  await trim(cache);
};
const page = async (event) => {
  const key = event.request.url;
  try {
    const answer = await fetch(event.request);
    event.waitUntil(keep(key, answer.clone()));
    return answer;
  } catch {
    const cache = await caches.open(PAGES);
    const kept = (await cache.match(key)) ?? (await cache.match(key, { ignoreSearch: true }));
    return kept ?? (await caches.match(OFFLINE)) ?? Response.error();
  }
};

const PRIVATE = /^\/(accounts|graphql|session|palette|media|health)\//;

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (PRIVATE.test(url.pathname) || url.searchParams.has("export") || url.searchParams.has("part")) return;
  else if (request.mode === "navigate" || request.headers.get("HX-Boosted")) event.respondWith(page(event));
});
