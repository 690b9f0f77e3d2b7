/*
 * Keeps the playground's files, so that it works offline after the first visit. It requests only these files, from the page's
 * own origin. A page that is loaded while there is a new build is still the earlier one. The next one is new, even if other
 * pages are open: they have loaded all that they need.
 */

/** The files of this build, relative to this script. The build replaces the names. */
declare const PLAYGROUND_FILES: readonly string[];
/** Changes with any of the files. */
declare const PLAYGROUND_VERSION: string;

/** The parts of a service worker's global scope that this file uses. */
interface ServiceWorkerScope {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEvent) => void): void;
}

interface ExtendableEvent extends Event {
  waitUntil(promise: Promise<unknown>): void;
}

interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

const scope = self as unknown as ServiceWorkerScope;
const prefix = "tracing-sidecar-playground-";
const cacheName = prefix + PLAYGROUND_VERSION;
const urls = new Set(PLAYGROUND_FILES.map((file) => new URL(file, scope.location.href).href));

scope.addEventListener("install", (event) => event.waitUntil(install()));
scope.addEventListener("activate", (event) => event.waitUntil(activate()));
scope.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  url.search = "";
  url.hash = "";
  if (event.request.method === "GET" && urls.has(url.href)) event.respondWith(answer(url.href, event.request));
});

async function install(): Promise<void> {
  const cache = await caches.open(cacheName);
  // The names of all files except the page change with their content, so they can come from the browser's own cache, which
  // has them already.
  await cache.addAll([...urls].map((url) => new Request(url, { cache: url.endsWith("/") ? "no-cache" : "default" })));
  await scope.skipWaiting();
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  const outdated = names.filter((name) => name.startsWith(prefix) && name !== cacheName);
  await Promise.all(outdated.map((name) => caches.delete(name)));
  await scope.clients.claim();
}

async function answer(url: string, request: Request): Promise<Response> {
  const cache = await caches.open(cacheName);
  return (await cache.match(url)) ?? fetch(request);
}
