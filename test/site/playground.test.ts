import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { root, temporaryFolder } from "../hosts/support";
import {
  builtPlayground,
  openPage,
  seriousProblems,
  serve,
  startBrowser,
  waitForStatus,
  withoutBrowser,
} from "./support";
import { downloaded, editorText, injected, openFiles, paste, web } from "./visitor";

/*
 * The playground in a real Chromium, as a visitor uses it.
 */

const article = readFileSync(join(root, "examples/hotrod/kpt/deployment.yaml"), "utf8");

test("the playground", { skip: withoutBrowser }, async (t) => {
  const folder = await builtPlayground(t);
  const context = await startBrowser(t);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const requests: string[] = [];
  context.on("request", (request) => requests.push(request.url()));
  const server = await serve(t, folder);
  const url = `${server.url}playground/`;
  const open = (subtest: TestContext, fragment = "") => openPage(subtest, context, url + fragment);

  await t.test("shows an example with its diff, and loads less than 400 kB", async (subtest) => {
    const page = await open(subtest);
    assert.match(await waitForStatus(page, injected), injected);
    assert.equal(await editorText(page, "manifest"), article);
    await page.locator("#result .cm-changedLine").first().waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready);
    const files = readdirSync(join(folder, "playground"));
    const sizes = files.map((name) => gzipSync(readFileSync(join(folder, "playground", name)), { level: 9 }).length);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(total < 400_000, `${total} bytes`);
    assert.deepEqual(
      [...new Set(server.requests)].sort(),
      ["/playground/", ...files.filter((name) => name !== "index.html").map((name) => `/playground/${name}`)].sort(),
    );
    subtest.diagnostic(`the playground has ${total} bytes compressed with gzip`);
  });

  await t.test("injects into pasted text, and removes to the same bytes", async (subtest) => {
    const page = await open(subtest);
    await waitForStatus(page, injected);
    await paste(page, web);
    await waitForStatus(page, injected);
    assert.match((await page.locator("#message").textContent()) ?? "", /now selects every Deployment/);
    assert.equal(await downloaded(page).then((text) => text.includes("name: tracing\n")), false);
    assert.match(await downloaded(page), /OTELCOL_CONFIG/);
    await page.getByText("Inject, then remove").click();
    assert.equal(await waitForStatus(page, /^Removed/), `Removed: identical to your input, ${web.length} bytes.`);
    assert.equal(await downloaded(page), web);
  });

  await t.test("keeps the line breaks of a CRLF file", async (subtest) => {
    const page = await open(subtest);
    await waitForStatus(page, injected);
    const crlf = web.replaceAll("\n", "\r\n");
    await openFiles(page, [{ name: "web.yaml", content: crlf }]);
    await waitForStatus(page, injected);
    const changed = await downloaded(page);
    assert.match(changed, /OTELCOL_CONFIG/);
    assert.doesNotMatch(changed, /[^\r]\n/, "the added lines must end with CRLF too");
    await page.getByText("Inject, then remove").click();
    assert.equal(await waitForStatus(page, /^Removed/), `Removed: identical to your input, ${crlf.length} bytes.`);
    assert.equal(await downloaded(page), crlf);
  });

  await t.test("shows the Collector's configuration", async (subtest) => {
    const page = await open(subtest);
    await page.locator("#example").selectOption({ label: "HotROD with an OpenTelemetry Collector" });
    await waitForStatus(page, injected);
    await page.locator("#result .cm-changedLine").first().waitFor();
    await page.getByText("Collector configuration", { exact: true }).click();
    const text = await editorText(page, "result");
    assert.match(text, /^# Deployment example-hotrod: otel-collector\nreceivers:\n {2}otlp:/);
  });

  await t.test("creates the objects of a private CA, and removes them", async (subtest) => {
    const page = await open(subtest);
    await page.locator("#example").selectOption({ label: "A private CA" });
    await waitForStatus(page, /1 private CA generated/);
    assert.match(await downloaded(page), /kind: ClusterIssuer/);
    await page.getByText("Inject, then remove").click();
    assert.equal(await waitForStatus(page, /^Removed/), "Removed: identical to your input, 0 bytes.");
  });

  await t.test("marks errors in the configuration, and goes to them", async (subtest) => {
    const page = await open(subtest);
    await waitForStatus(page, injected);
    const editor = page.locator("#configuration .cm-content");
    await editor.getByText("jaeger-collector:443").click();
    await page.keyboard.press("End");
    await page.keyboard.type("0000");
    await waitForStatus(page, /^Nothing was changed: 1 error/);
    await page.locator("#configuration .cm-lintRange-error").waitFor();
    const finding = page.locator("#findings .error");
    assert.match(await finding.innerText(), /^Error configuration:12:\d+ spec\.collector\.endpoint: .*invalid-config$/);
    await finding.getByRole("button").click();
    const selected = await page.evaluate(() => document.getSelection()?.toString());
    assert.equal(selected, "dns:///jaeger-collector:4430000");
    assert.ok(await page.getByRole("button", { name: "Download" }).isDisabled());
  });

  await t.test("completes and describes the fields of the configuration", async (subtest) => {
    const page = await open(subtest);
    await waitForStatus(page, injected);
    const editor = page.locator("#configuration .cm-content");
    await editor.getByText("selector:").click();
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.type("  str");
    const options = page.locator(".cm-tooltip-autocomplete li");
    await options.first().waitFor();
    assert.equal(await options.first().locator(".cm-completionLabel").textContent(), "strict");
    await page.waitForTimeout(100);
    await page.keyboard.press("Enter");
    await page.keyboard.type("tr");
    await options.getByText("true").waitFor();
    await page.waitForTimeout(100);
    await page.keyboard.press("Enter");
    await editor.getByText("strict: true").waitFor();
    await page.locator("#configuration .tok-propertyName", { hasText: "strict" }).hover();
    await page.getByText("If true, warnings are errors.").waitFor();
  });

  await t.test("shares a link that shows the same input", async (subtest) => {
    const page = await open(subtest);
    await waitForStatus(page, injected);
    await paste(page, web.replace("name: web", 'name: "wéb-😀"'));
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByText("Copied the link").waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(link, /\/playground\/#v1=[\w-]+$/);
    const other = await openPage(subtest, context, link);
    await waitForStatus(other, /./);
    assert.equal(await editorText(other, "manifest"), await editorText(page, "manifest"));
    assert.equal(await editorText(other, "configuration"), await editorText(page, "configuration"));
  });

  await t.test("shows an example if a link is damaged, or too long", async (subtest) => {
    for (const fragment of ["#v1=AAAA", "#v1=%20", `#v1=${"A".repeat(20_000)}`]) {
      const page = await open(subtest, fragment);
      await waitForStatus(page, injected);
      assert.match((await page.locator("#message").textContent()) ?? "", /damaged or too long/);
      await page.close();
    }
  });

  await t.test("doesn't share a Secret", async (subtest) => {
    const page = await open(subtest);
    await waitForStatus(page, injected);
    await openFiles(page, [{ name: "all.yaml", content: `${web}---\n{"apiVersion": "v1", "kind": "S\\u0065cret"}\n` }]);
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByText("Not shared: all.yaml:17 may contain a Secret. Remove it first.").waitFor();
    assert.equal(await page.evaluate(() => location.hash), "");
  });

  await t.test("shares the input that it checked, also if the user edits it meanwhile", async (subtest) => {
    const page = await open(subtest);
    await waitForStatus(page, injected);
    await page.evaluate(() => {
      document.getElementById("share")?.click();
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "# kind: Secret\n");
      const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
      document.querySelector("#configuration .cm-content")?.dispatchEvent(paste);
    });
    await page.getByText("Copied the link").waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(await editorText(page, "configuration"), /^# kind: Secret$/m);
    const other = await openPage(subtest, context, link);
    await waitForStatus(other, injected);
    assert.doesNotMatch(await editorText(other, "configuration"), /Secret$/m);
  });

  await t.test("doesn't share what is too long", async (subtest) => {
    const page = await open(subtest);
    const noise = Array.from({ length: 4000 }, (_, index) => `# ${Math.imul(index, 0x9e3779b1).toString(36)}\n`).join(
      "",
    );
    await openFiles(page, [{ name: "all.yaml", content: web + noise }]);
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByText("Not shared: the input is too long for a link.").waitFor();
  });

  await t.test("opens a folder with its configuration, and says what it skips", async (subtest) => {
    const source = temporaryFolder(subtest);
    const write = (path: string, content: string | Uint8Array) => {
      mkdirSync(join(source, "k8s", path, ".."), { recursive: true });
      writeFileSync(join(source, "k8s", path), content);
    };
    write("a/web.yaml", web);
    write("b/web.yaml", web.replaceAll("web", "api"));
    write("b/picture.png", new Uint8Array([0x89, 0x50]));
    write("b/binary.yaml", new Uint8Array([0xff, 0xfe, 0x00]));
    write(".git/config.yaml", "hidden: true");
    write(
      "tracing.yaml",
      "apiVersion: tracing-sidecar.dev/v1alpha1\nkind: TracingSidecar\nmetadata: {name: agent}\nspec:\n  selector: {}\n  collector: {endpoint: collector:4317}\n",
    );
    const page = await open(subtest);
    await waitForStatus(page, injected);
    await page.locator("#folder").setInputFiles(join(source, "k8s"));
    await waitForStatus(page, /^2 of 2 files would change: 2 workloads injected/);
    assert.deepEqual(await page.getByRole("tab").allTextContents(), ["k8s/a/web.yaml", "k8s/b/web.yaml"]);
    assert.equal(
      await page.locator("#message").textContent(),
      "Opened 3 files. Skipped 2 files, such as k8s/b/picture.png: not a .yaml, .yml, or .json file.",
    );
    assert.match(await editorText(page, "configuration"), /name: agent/);
    await page.getByRole("tab", { name: "k8s/b/web.yaml" }).click();
    assert.match(await editorText(page, "result"), /^ {2}name: api$/m);
    const zip = await downloaded(page, "latin1");
    assert.deepEqual(
      [...zip.matchAll(/k8s\/\w\/web\.yaml/g)]
        .map(([name]) => name)
        .sort()
        .filter((name, index, all) => name !== all[index - 1]),
      ["k8s/a/web.yaml", "k8s/b/web.yaml"],
    );
  });

  await t.test("accepts dropped files with the same name", async (subtest) => {
    const page = await open(subtest);
    await waitForStatus(page, injected);
    await page.evaluate((text) => {
      const data = new DataTransfer();
      for (const name of ["web.yaml", "web.yaml"]) data.items.add(new File([text], name));
      const event = (type: string) => new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
      document.getElementById("manifest")?.dispatchEvent(event("dragover"));
      document.getElementById("manifest")?.dispatchEvent(event("drop"));
    }, web);
    await waitForStatus(page, /2 files|error/);
    assert.deepEqual(await page.getByRole("tab").allTextContents(), ["web.yaml", "web-2.yaml"]);
    await page.getByRole("button", { name: "Close file" }).click();
    assert.deepEqual(await page.getByRole("tab").allTextContents(), ["web-2.yaml"]);
    await waitForStatus(page, injected);
  });

  await t.test("reports YAML that isn't valid, at its line", async (subtest) => {
    const page = await open(subtest);
    await waitForStatus(page, injected);
    await paste(page, `${web}  broken: [`);
    await waitForStatus(page, /^Nothing was changed: 1 error/);
    assert.match(await page.locator("#findings .error").innerText(), /^Error deployment\.yaml:\d+:\d+ /);
    await page.locator("#manifest .cm-lintRange-error, #manifest .cm-lintPoint-error").waitFor({ state: "attached" });
  });

  await t.test("goes on after its worker has crashed", async (subtest) => {
    const page = await open(subtest);
    await waitForStatus(page, injected);
    const [worker] = page.workers();
    await worker?.evaluate(() => {
      setTimeout(() => {
        throw new Error("out of memory");
      });
    });
    await page.waitForTimeout(200);
    await paste(page, web);
    await waitForStatus(page, injected);
  });

  await t.test("can be used with the keyboard alone", async (subtest) => {
    const page = await open(subtest);
    await waitForStatus(page, injected);
    const tabTo = async (label: string) => {
      for (let count = 0; count < 40; count++) {
        await page.keyboard.press("Tab");
        const name = await page.evaluate(() => {
          const element = document.activeElement as HTMLInputElement | null;
          return element?.getAttribute("aria-label") || element?.labels?.[0]?.textContent || element?.textContent || "";
        });
        if (name.trim() === label) return;
      }
      assert.fail(`Tab doesn't reach ${label}`);
    };
    await tabTo("Skip to the playground");
    await page.keyboard.press("Enter");
    await tabTo("Manifest");
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(web);
    await tabTo("Configuration");
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText(
      'apiVersion: tracing-sidecar.dev/v1alpha1\nkind: TracingSidecar\nmetadata: {name: agent}\nspec: {selector: {}, collector: {endpoint: "collector:4317"}}\n',
    );
    await tabTo("Inject");
    await page.keyboard.press("ArrowRight");
    assert.equal(await waitForStatus(page, /^Removed/), `Removed: identical to your input, ${web.length} bytes.`);
    await tabTo("Side by side");
    await page.keyboard.press("Space");
    await tabTo("deployment.yaml after");
  });

  await t.test("sends nothing: the policy blocks requests of the page and of its worker", async (subtest) => {
    const page = await context.newPage();
    subtest.after(() => page.close());
    await page.goto(url);
    await waitForStatus(page, injected);
    const blocked = (address: string) =>
      fetch(address).then(
        () => "sent",
        () => "blocked",
      );
    assert.equal(await page.evaluate(blocked, server.url), "blocked");
    const [worker] = page.workers();
    assert.equal(await worker?.evaluate(blocked, server.url), "blocked");
    await paste(page, web);
    await waitForStatus(page, injected);
    const foreign = requests.filter((request) => !/^(?:blob|data):/.test(request) && !request.startsWith(url));
    assert.deepEqual(
      foreign.filter((request) => request !== server.url),
      [],
    );
  });

  await t.test("is usable at 320 pixels, and without motion", async (subtest) => {
    const page = await open(subtest);
    await page.setViewportSize({ width: 320, height: 640 });
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.reload();
    await waitForStatus(page, injected);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    await page.locator("#manifest .cm-content").click();
    assert.equal(
      await page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === "running").length),
      0,
    );
  });

  await t.test("has no serious accessibility problem, in both themes and on small screens", async (subtest) => {
    const page = await open(subtest);
    for (const [colorScheme, width] of [
      ["light", 1440],
      ["dark", 1440],
      ["light", 320],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.reload();
      await waitForStatus(page, injected);
      await page.locator("#result .cm-changedLine").first().waitFor();
      for (const prepare of [async () => {}, () => page.locator("#side-by-side").check()]) {
        await prepare();
        assert.deepEqual(await seriousProblems(page), [], `${colorScheme}, ${width} pixels`);
      }
    }
  });

  await t.test("shows choices and changes with high contrast", async (subtest) => {
    const page = await open(subtest);
    await page.emulateMedia({ forcedColors: "active" });
    await waitForStatus(page, injected);
    const styleOf = (selector: string, property: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
    const [on, off] = ["input:checked + span", "input:not(:checked) + span"];
    assert.notEqual(await styleOf(on, "background-color"), await styleOf(off, "background-color"));
    assert.equal(await styleOf("#result .cm-changedLine", "border-left-width"), "4px");
  });

  await t.test("prints with light colors, and all lines", async (subtest) => {
    const page = await open(subtest);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.reload();
    await waitForStatus(page, injected);
    await page.emulateMedia({ colorScheme: "dark", media: "print" });
    const colorOf = (name: string) =>
      page.evaluate((property) => getComputedStyle(document.body)[property], name as "color");
    assert.equal(await colorOf("color"), "rgb(60, 60, 67)");
    const lastLine = article.trimEnd().split("\n").length;
    await page.locator("#manifest .cm-gutterElement", { hasText: `${lastLine}` }).waitFor();
    const cutOff = await page
      .locator(".pane")
      .evaluateAll((panes) => panes.filter((pane) => pane.scrollHeight > pane.clientHeight).length);
    assert.equal(cutOff, 0);
  });

  await t.test("shows a new version after two reloads, even if another page is open", async (subtest) => {
    const page = await open(subtest);
    await open(subtest);
    await page.evaluate(() => navigator.serviceWorker.ready);
    const edit = (name: string, change: (text: string) => string) => {
      const file = join(folder, "playground", name);
      writeFileSync(file, change(readFileSync(file, "utf8")));
    };
    edit("index.html", (text) => text.replace("<h1>Playground</h1>", "<h1>New playground</h1>"));
    edit("service-worker.js", (text) => text.replace(/[0-9a-f]{64}/, "f".repeat(64)));
    await page.reload();
    // The first reload finds the new version, and the second one shows it.
    await page.evaluate(
      async (name) => {
        for (let tries = 0; tries < 600 && (await caches.keys()).join() !== name; tries++)
          await new Promise((done) => setTimeout(done, 50));
      },
      `tracing-sidecar-playground-${"f".repeat(64)}`,
    );
    await page.reload();
    await page.getByRole("heading", { name: "New playground" }).waitFor();
    await waitForStatus(page, injected);
  });

  await t.test("works offline after the first visit", async (subtest) => {
    const page = await open(subtest);
    await waitForStatus(page, injected);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await server.stop();
    await page.reload();
    await waitForStatus(page, injected);
    await paste(page, web);
    await waitForStatus(page, injected);
  });
});

test("without JavaScript, the playground says so", { skip: withoutBrowser }, async (t) => {
  const server = await serve(t, await builtPlayground(t));
  const context = await startBrowser(t, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${server.url}playground/`);
  await page.locator("noscript p").waitFor();
});

test("large manifests in the playground", { skip: withoutBrowser }, async (t) => {
  const server = await serve(t, await builtPlayground(t));
  const context = await startBrowser(t);
  const page = await openPage(t, context, `${server.url}playground/`);
  await waitForStatus(page, injected);
  const deployments = Array.from({ length: 1000 }, (_, index) => web.replaceAll("web", `web-${index}`)).join("---\n");
  const comments = "# a comment\n".repeat(Math.ceil((5_000_000 - deployments.length) / 12));

  await t.test("1,000 Deployments are injected, and removed to the same bytes", async (subtest) => {
    const start = Date.now();
    await openFiles(page, [{ name: "all.yaml", content: deployments }]);
    await waitForStatus(page, /1000 workloads injected/);
    subtest.diagnostic(`1,000 Deployments take ${Date.now() - start} ms`);
    await page.locator("#result .cm-scroller").evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
    const lastLine = (await downloaded(page)).split("\n").length;
    await page.locator("#result .cm-gutterElement", { hasText: `${lastLine}` }).waitFor();
    await page.getByText("Inject, then remove").click();
    await waitForStatus(page, new RegExp(`identical to your input, ${deployments.length.toLocaleString("en")} bytes`));
  });

  await t.test("5 MB are injected", async () => {
    await page.getByText("Inject", { exact: true }).click();
    await openFiles(page, [{ name: "more.yaml", content: comments }]);
    await waitForStatus(page, /of 2 files would change: 1000 workloads injected/);
    await page.getByText("more.yaml doesn't change.").waitFor();
    await page.getByRole("tab", { name: "all.yaml" }).click();
    await page.locator("#result .cm-changedLine").first().waitFor();
  });
});
