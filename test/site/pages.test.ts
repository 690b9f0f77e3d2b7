import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { descriptionOf } from "../../scripts/site/description";
import { deadLinks } from "../../scripts/site/links";
import { pagesOf, sidebarOf } from "../../scripts/site/pages";
import { documents } from "../docs/documents";
import { root, temporaryFolder } from "../hosts/support";
import { openPage, seriousProblems, serve, startBrowser, withoutSite } from "./support";

/*
 * The pages of the site: what the build makes of the documents, and how a browser shows them.
 */

const pages = pagesOf(root);

describe("the pages", () => {
  test("have every document, with the same text except for links to other files", () => {
    const withoutTargets = (text: string) => text.replace(/\]\([^)\s]+\)/g, "]()");
    for (const { path } of documents) {
      const page = path === "README.md" ? "overview.md" : path.replace(/README\.md$/, "index.md");
      const text = readFileSync(join(root, path), "utf8");
      assert.equal(withoutTargets(pages.get(page) ?? ""), withoutTargets(text), path);
    }
  });

  test("link to pages that show the files and folders of the project", () => {
    assert.match(pages.get("docs/how-to/helm.md") ?? "", /\]\(\.\.\/\.\.\/examples\/helm\/tracing\.yaml\.md\)/);
    const file = pages.get("examples/helm/tracing.yaml.md") ?? "";
    assert.ok(file.includes(readFileSync(join(root, "examples/helm/tracing.yaml"), "utf8")));
    const folder = pages.get("examples/hotrod/kpt/index.md") ?? "";
    assert.match(folder, /^## Kptfile$[\s\S]*^## deployment\.yaml$[\s\S]*^## private-ca\/Kptfile$/m);
  });

  test("link to the index of the documentation, and not to README.md", () => {
    const all = [...pages.values()].join("\n");
    assert.match(pages.get("overview.md") ?? "", /\]\(\.\/docs\/index\.md\)/);
    assert.doesNotMatch(all.replace(/`[^`]*`/g, ""), /\]\([^)]*README\.md/);
  });

  test("are all in the sidebar, in the sections of docs/README.md", () => {
    const sidebar = sidebarOf(readFileSync(join(root, "docs/README.md"), "utf8"));
    assert.deepEqual(
      sidebar.slice(0, 3).map(({ text }) => text),
      ["Get started", "Concepts", "How-to guides"],
    );
    const links = sidebar.flatMap(({ items }) => items.map(({ link }) => link));
    const linked = documents.map(({ path }) => path).filter((path) => /^docs\/.*\/|^examples/.test(path));
    for (const path of linked) assert.ok(links.includes(`/${path.replace(/(?:README)?\.md$/, "")}`), path);
  });
});

describe("the description of a page", () => {
  test("is its first paragraph, without Markdown", () => {
    const text =
      "---\nsearch: false\n---\n\n# Title\n\n![Image](a.svg)\n\nUse `init` to write\na **new** [file](./a.md).\n\nMore.\n";
    assert.equal(descriptionOf(text), "Use init to write a new file.");
    assert.equal(descriptionOf("# Title\n\n```sh\nnpm ci\n```\n\n- A list\n"), "");
  });

  test("exists for every document", () => {
    for (const { path } of documents)
      assert.match(descriptionOf(readFileSync(join(root, path), "utf8")), /\w{2}/, path);
  });
});

describe("the check of links", () => {
  test("finds links, images and anchors without a target", (t) => {
    const folder = temporaryFolder(t);
    mkdirSync(join(folder, "docs"));
    const good = ["./", "../index.html#top", "#here", "/base/docs/", "https://example.com/x", "data:,", "/base/#top"];
    const bad = ["missing.html", "../index.html#other", "#there", "/docs/", "/base/missing/", "../picture.svg"];
    const links = [...good, ...bad].map((target) => `<a class="a" href="${target}">x</a>`).join("\n");
    writeFileSync(join(folder, "index.html"), '<h1 id="top">Title</h1>');
    writeFileSync(join(folder, "docs/index.html"), `<h1 id="here">Title</h1>${links}<img alt="" src="../picture.svg">`);
    assert.deepEqual(
      deadLinks(folder, "/base/"),
      [...bad, "../picture.svg"].map((target) => `docs/index.html: ${target}`),
    );
  });
});

test("the built site", { skip: withoutSite }, async (t) => {
  const dist = join(root, "site", "dist");
  const server = await serve(t, dist);
  const context = await startBrowser(t);
  const requests: string[] = [];
  context.on("request", (request) => requests.push(request.url()));

  await t.test("has a page for each document", () => {
    const files = readdirSync(dist, { recursive: true, encoding: "utf8" });
    for (const page of pages.keys()) assert.ok(files.includes(page.replace(/\.md$/, ".html")), page);
  });

  await t.test("has titles and descriptions that differ", () => {
    const documentPages = documents.map(({ path }) =>
      path === "README.md" ? "overview.md" : path.replace(/README\.md$/, "index.md"),
    );
    const heads = ["index.md", ...documentPages].map((page) => {
      const html = readFileSync(join(dist, page.replace(/\.md$/, ".html")), "utf8");
      return [/<title>.*?<\/title>/, /<meta name="description"[^>]*>/].map((pattern) => pattern.exec(html)?.[0]);
    });
    for (const values of [heads.map(([title]) => title), heads.map(([, description]) => description)])
      assert.deepEqual(
        values.filter((value, index) => values.indexOf(value) !== index),
        [],
      );
  });

  await t.test("leads from its home page to the playground", async (subtest) => {
    const page = await openPage(subtest, context, server.url);
    await page.getByRole("link", { name: "Try it in your browser" }).click();
    await page.locator("#status.success").waitFor();
  });

  await t.test("finds a page by its words", async (subtest) => {
    const page = await openPage(subtest, context, `${server.url}docs/`);
    await page.getByRole("button", { name: "Search" }).click();
    await page.locator("#localsearch-input").fill("rotate the CA");
    await page.locator("#localsearch-list a[href*='docs/how-to/rotate-the-ca']").first().waitFor();
  });

  await t.test("draws diagrams", async (subtest) => {
    const page = await openPage(subtest, context, `${server.url}docs/concepts/injection.html`);
    await page.locator(".mermaid-diagram svg").getByText("tracing-sidecar", { exact: true }).first().waitFor();
    const isCutOff = await page
      .locator(".mermaid-diagram")
      .evaluateAll((diagrams) => diagrams.some(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth));
    assert.equal(isCutOff, false);
    const script = () => requests.filter((request) => request.includes("mermaid")).length;
    const loaded = script();
    assert.ok(loaded > 0);
    await page.goto(`${server.url}docs/concepts/ownership.html`);
    await page.waitForLoadState("networkidle");
    assert.equal(script(), loaded, "a page without diagrams must not load Mermaid");
  });

  await t.test("has no serious accessibility problem in either theme", async (subtest) => {
    const page = await openPage(subtest, context, server.url);
    for (const path of ["", "docs/", "docs/get-started/install.html", "docs/concepts/injection.html"]) {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.goto(server.url + path);
        assert.deepEqual(await seriousProblems(page), [], `${path}, ${colorScheme}`);
      }
    }
  });

  await t.test("requests nothing from other servers", () => {
    const foreign = requests.filter((request) => !/^(?:blob|data):/.test(request) && !request.startsWith(server.url));
    assert.deepEqual(foreign, []);
  });
});
