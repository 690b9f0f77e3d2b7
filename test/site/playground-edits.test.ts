import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { builtPlayground, openPage, serve, startBrowser, waitForStatus, withoutBrowser } from "./support";
import { downloaded, editorText, injected, openFiles, paste, web } from "./visitor";

/*
 * What remains of a visitor's input: its exact bytes when it's pasted, copied and undone, and all of it when the page shows
 * something else.
 */

const crlf = web.replaceAll("\n", "\r\n");
const mixed = web.replace("\n", "\r\n");

test("the input of the playground", { skip: withoutBrowser }, async (t) => {
  const context = await startBrowser(t);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const server = await serve(t, await builtPlayground(t));
  const url = `${server.url}playground/`;
  const open = async (subtest: TestContext, fragment = "") => {
    const page = await openPage(subtest, context, url + fragment);
    await waitForStatus(page, injected);
    return page;
  };
  /** What is left of the input after injecting and removing: its exact bytes. */
  const left = async (page: Awaited<ReturnType<typeof open>>) => {
    await page.getByText("Inject, then remove").click();
    await waitForStatus(page, /^Removed: identical to your input/);
    return downloaded(page);
  };

  for (const [name, text] of Object.entries({ LF: web, CRLF: crlf, "both line endings": mixed })) {
    await t.test(`pasted text with ${name} keeps its bytes`, async (subtest) => {
      const page = await open(subtest);
      await paste(page, text);
      assert.equal(await left(page), text);
    });
  }

  for (const [name, original, pasted] of [
    ["CRLF", crlf, web],
    ["LF", web, crlf],
  ] as const) {
    await t.test(`undo restores the ${name} of a file that was replaced by pasted text`, async (subtest) => {
      const page = await open(subtest);
      await openFiles(page, [{ name: "web.yaml", content: original }]);
      await paste(page, pasted);
      await page.keyboard.press("Control+z");
      assert.equal(await left(page), original);
      await page.locator("#manifest .cm-content").focus();
      await page.keyboard.press("Control+y");
      assert.equal(await left(page), pasted);
    });
  }

  await t.test("text that is copied from a CRLF file, or from its result, has CRLF", async (subtest) => {
    const page = await open(subtest);
    await openFiles(page, [{ name: "web.yaml", content: crlf }]);
    await waitForStatus(page, injected);
    assert.equal(await editorText(page, "manifest"), crlf);
    const result = await downloaded(page);
    assert.equal(await editorText(page, "result"), result);
    await page.getByText("Text", { exact: true }).click();
    assert.equal(await editorText(page, "result"), result);
  });

  for (const [name, text] of Object.entries({ CRLF: crlf, "both line endings": mixed })) {
    await t.test(`a part of a file with ${name} that is cut and pasted again is the same`, async (subtest) => {
      const page = await open(subtest);
      await openFiles(page, [{ name: "web.yaml", content: text }]);
      await page.locator("#manifest .cm-content").focus();
      await page.keyboard.press("Control+End");
      await page.keyboard.press("Control+Shift+Home");
      await page.keyboard.press("Shift+ArrowRight");
      await page.keyboard.press("Control+x");
      await page.keyboard.press("Control+v");
      assert.equal(await left(page), text);
    });
  }

  await t.test("text that is pasted into a CRLF file gets its line breaks", async (subtest) => {
    const page = await open(subtest);
    await openFiles(page, [{ name: "web.yaml", content: crlf }]);
    await page.evaluate(() => navigator.clipboard.writeText("# one\n# two\r\n"));
    await page.locator("#manifest .cm-content").focus();
    await page.keyboard.press("Control+v");
    assert.equal(await left(page), `# one\r\n# two\r\n${crlf}`);
  });
});
