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

  await t.test("a damaged link doesn't replace the input", async (subtest) => {
    const page = await open(subtest);
    await paste(page, web);
    await page.evaluate(() => location.assign("#v1=AAAA"));
    await page.getByText("The link is damaged or too long.").waitFor();
    assert.equal(await editorText(page, "manifest"), web);
  });

  await t.test(
    "after an edit, the address has no link to the earlier input, and its message is gone",
    async (subtest) => {
      const page = await open(subtest);
      await page.getByRole("button", { name: "Copy link" }).click();
      await page.getByText("Copied the link").waitFor();
      const link = page.url();
      await page.locator("#configuration .cm-content").focus();
      await page.keyboard.type("# mine\n");
      await page.locator("#message:empty").waitFor({ state: "attached" });
      assert.equal(page.url(), url);
      await page.goto(link);
      await page.locator("#message:empty").waitFor({ state: "attached" });
      await waitForStatus(page, injected);
      assert.doesNotMatch(await editorText(page, "configuration"), /# mine/);
      assert.equal(page.url(), link, "showing a link isn't an edit");
    },
  );

  await t.test("an example doesn't replace the visitor's own input for good", async (subtest) => {
    const page = await open(subtest);
    const list = page.locator("#example");
    await paste(page, web);
    await waitForStatus(page, injected);
    const configuration = await editorText(page, "configuration");
    assert.equal(await list.inputValue(), "");
    await list.focus();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await waitForStatus(page, injected);
    assert.match(await editorText(page, "manifest"), /example-hotrod/);
    await list.selectOption("Your own");
    await waitForStatus(page, injected);
    assert.equal(await editorText(page, "manifest"), web);
    assert.equal(await editorText(page, "configuration"), configuration);
  });

  await t.test("the list shows an example only as long as the input is this example", async (subtest) => {
    const page = await open(subtest);
    const list = page.locator("#example");
    assert.equal(await list.inputValue(), "article");
    await page.locator("#configuration .cm-content").focus();
    await page.keyboard.insertText("# mine\n");
    await waitForStatus(page, injected);
    assert.equal(await list.inputValue(), "");
    await page.keyboard.press("Control+z");
    await waitForStatus(page, injected);
    assert.equal(await list.inputValue(), "article");
    const own = (await editorText(page, "configuration")).replace("name: jaeger-agent", "name: own");
    await openFiles(page, [{ name: "tracing.yaml", content: own }]);
    await waitForStatus(page, injected);
    assert.equal(await list.inputValue(), "");
  });

  await t.test("a finding of a closed file leads nowhere", async (subtest) => {
    const page = await open(subtest);
    await openFiles(page, [
      { name: "a.yaml", content: web },
      { name: "b.yaml", content: "broken: [" },
    ]);
    await waitForStatus(page, /error/);
    await page.getByRole("tab", { name: "b.yaml" }).click();
    // Both clicks are in the same task, so there is no result without the file yet.
    await page.evaluate(() => {
      document.getElementById("remove-file")?.click();
      document.querySelector<HTMLElement>("#findings .place")?.click();
    });
    assert.equal(await page.locator("#manifest .cm-content:focus").count(), 0);
  });

  await t.test("a new file has no result before the run ends", async (subtest) => {
    const page = await open(subtest);
    // The run starts later than this task.
    const shown = await page.evaluate(() => {
      document.getElementById("add-file")?.click();
      return document.getElementById("result")?.textContent;
    });
    assert.equal(shown, "There is no result for manifest.yaml yet.");
    await page.getByText("manifest.yaml doesn't change.").waitFor();
  });

  await t.test("each file keeps its scroll position", async (subtest) => {
    const page = await open(subtest);
    const long = "# a comment\n".repeat(500);
    await openFiles(page, [
      { name: "a.yaml", content: long },
      { name: "b.yaml", content: long },
    ]);
    const scroller = page.locator("#manifest .cm-scroller");
    await scroller.evaluate((element) => element.scrollTo({ top: 3000 }));
    await page.locator("#manifest .cm-gutterElement", { hasText: "160" }).waitFor();
    await page.getByRole("tab", { name: "b.yaml" }).click();
    await page.locator("#manifest .cm-gutterElement", { hasText: /^2$/ }).waitFor();
    await page.getByRole("tab", { name: "a.yaml" }).click();
    await page.locator("#manifest .cm-gutterElement", { hasText: "160" }).waitFor();
  });

  await t.test("a byte order mark doesn't move the place of a finding", async (subtest) => {
    const page = await open(subtest);
    await openFiles(page, [{ name: "a.yaml", content: "\ufeffkind: [a}\n" }]);
    await waitForStatus(page, /error/);
    const place = page.locator("#findings .place").first();
    const [, column = ""] = /:1:(\d+)$/.exec((await place.textContent()) ?? "") ?? [];
    await place.click();
    const selected = await page.evaluate(() => document.getSelection()?.toString());
    assert.equal(selected, "kind: [a}".slice(Number(column) - 1).slice(0, selected?.length || 1));
  });

  await t.test("a long path is cut off at its start", async (subtest) => {
    const page = await open(subtest);
    await openFiles(page, [{ name: `${"a-long-name-".repeat(5)}end.yaml`, content: web }]);
    const tab = page.getByRole("tab");
    const path = await tab.locator("bdi").boundingBox();
    const button = await tab.boundingBox();
    assert.ok(path && button && path.x < button.x && path.x + path.width < button.x + button.width);
  });
});
