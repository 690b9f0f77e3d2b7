import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { TestContext } from "node:test";
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { isUpToDate } from "../../scripts/site/inputs";
import { buildPlayground } from "../../scripts/site/playground";
import { find, root, temporaryFolder } from "../hosts/support";

/*
 * A real Chromium for the tests of the site. The packages are those of site/package.json, because the project's own must stay
 * few.
 */

const site = join(root, "site");
const siteRequire = createRequire(join(site, "package.json"));
const chromium = ["chromium", "google-chrome", "chromium-browser"].map(find).find((path) => path !== undefined);

/** The reason to skip the tests that need a browser; false if there is none. */
export const withoutBrowser = skipUnlessCi([
  ...(existsSync(join(site, "node_modules", "playwright-core"))
    ? []
    : ["the packages of site/ (npm ci --prefix site)"]),
  ...(chromium === undefined ? ["chromium"] : []),
]);

/** The reason to skip the tests that need the built site; false if there is none. */
export const withoutSite =
  withoutBrowser || skipUnlessCi(isUpToDate(root, "/") ? [] : ["the current site (npm run site)"]);

function skipUnlessCi(missing: readonly string[]): string | false {
  if (missing.length === 0) return false;
  const reason = `not installed: ${missing.join(", ")}`;
  assert.ok(!process.env["CI"], `${reason}; with CI set, nothing may be missing`);
  return reason;
}

/** Builds the playground into a new folder, which is deleted when the test ends. */
export async function builtPlayground(t: TestContext): Promise<string> {
  const folder = temporaryFolder(t);
  await buildPlayground(join(folder, "playground"));
  return folder;
}

/** Returns a new folder with an empty page, which is deleted when the test ends. */
export function temporaryPage(t: TestContext): string {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "index.html"), '<!doctype html><title>Empty</title><link rel="icon" href="data:,">');
  return folder;
}

/** A server for a folder. */
export interface Server {
  /** Ends with a slash. */
  readonly url: string;
  /** The paths that were requested. */
  readonly requests: string[];
  stop(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
};

/** Serves a folder as GitHub Pages does: `index.html` for a folder, and ten minutes in the browser's cache. */
export async function serve(t: TestContext, folder: string): Promise<Server> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    requests.push(path);
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    const isFile = existsSync(file) && statSync(file).isFile();
    response.writeHead(isFile ? 200 : 404, {
      "Content-Type": types[extname(file)] ?? "application/octet-stream",
      "Cache-Control": "max-age=600",
    });
    response.end(isFile ? readFileSync(file) : "");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const stop = () =>
    new Promise<void>((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  t.after(stop);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests, stop };
}

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts a browser with an empty profile. It ends with the test. */
export async function startBrowser(t: TestContext, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const { chromium: launcher } = siteRequire("playwright-core") as typeof import("playwright-core");
  const profile = mkdtempSync(join(tmpdir(), "tracing-sidecar-chromium-"));
  const context = await launcher.launchPersistentContext(profile, {
    executablePath: chromium as string,
    args: flags,
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  t.after(async () => {
    await context.close();
    rmSync(profile, { recursive: true, maxRetries: 3 });
  });
  return context;
}

/** Opens a page. The test fails if the page throws an error, or writes one to the console. */
export async function openPage(t: TestContext, context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  t.after(() => assert.deepEqual(errors, [], "the page must not have errors"));
  await page.goto(url);
  return page;
}

/** Waits until the result belongs to the current input and its status matches, and returns the status. */
export async function waitForStatus(page: Page, pattern: RegExp): Promise<string> {
  const status = page.locator("#status");
  await page.waitForFunction(
    ([source, flags]) =>
      document.getElementById("result-panel")?.ariaBusy === "false" &&
      new RegExp(source ?? "", flags).test(document.getElementById("status")?.textContent ?? ""),
    [pattern.source, pattern.flags] as const,
    { timeout: 60_000 },
  );
  return (await status.textContent()) ?? "";
}

/**
 * Returns the problems that axe-core finds and that exclude people, except those of VitePress's search button, whose name
 * doesn't contain its keyboard shortcut.
 */
export async function seriousProblems(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(siteRequire.resolve("axe-core/axe.min.js"), "utf8"));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { readonly axe: typeof import("axe-core") };
    const { violations } = await axe.run({ exclude: [".DocSearch-Button"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`));
  });
}
