import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

/*
 * What a visitor of the playground does.
 */

/** The status after one workload was injected. */
export const injected = /^1 of 1 file would change: 1 workload injected/;

/** A manifest of a visitor. */
export const web = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels: {app: web} # kept
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: "shop/web:1.4"
`;

/** Copies the whole text of an editor. The page itself has only the visible lines. */
export async function editorText(page: Page, id: string): Promise<string> {
  await page.locator(`#${id} .cm-content`).focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+c");
  return page.evaluate(() => navigator.clipboard.readText());
}

/** Replaces the text of the manifest by pasting another one. */
export async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((content) => navigator.clipboard.writeText(content), text);
  await page.locator("#manifest .cm-content").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+v");
}

/** Opens files as the button "Open files" does. */
export async function openFiles(
  page: Page,
  files: readonly { readonly name: string; readonly content: string }[],
): Promise<void> {
  const payloads = files.map(({ name, content }) => ({ name, mimeType: "text/yaml", buffer: Buffer.from(content) }));
  await page.locator("#files").setInputFiles(payloads);
  await page.locator("#message", { hasText: "Opened" }).waitFor();
}

/** Clicks "Download", and returns the file. */
export async function downloaded(page: Page, encoding: BufferEncoding = "utf8"): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download" }).click(),
  ]);
  return readFileSync(await download.path(), encoding);
}
