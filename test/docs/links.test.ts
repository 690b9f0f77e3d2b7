import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { slug } from "../../scripts/slug";
import { root } from "../hosts/support";
import { documents } from "./documents";
import { markdownFiles, read, text } from "./support";

test("the list of documents has every document of the project", () => {
  assert.deepEqual(documents.map(({ path }) => path).sort(), markdownFiles());
});

test("every page of docs/ is linked from docs/README.md, which the README links to", () => {
  const index = text("docs/README.md");
  const pages = documents.filter(({ path }) => path.startsWith("docs/") && path !== "docs/README.md");
  for (const { path } of pages) assert.ok(index.includes(`](${path.slice("docs/".length)})`), path);
  assert.ok(text("README.md").includes("](docs/README.md)"));
});

describe("links", () => {
  const links = read().map(({ path, text: document }) => {
    const targets = [...document.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target as string);
    return { path, targets };
  });

  test("are found", () => {
    const count = links.flatMap(({ targets }) => targets).length;
    assert.ok(count > 100, String(count));
  });

  for (const { path, targets } of links) {
    test(`in ${path} have existing targets`, () => {
      for (const target of targets) requireTarget(path, target);
    });
  }
});

/** Fails if a link leaves the project, or if its file or heading doesn't exist. */
function requireTarget(from: string, target: string): void {
  assert.doesNotMatch(target, /^\w+:/, "a link must stay within the project");
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? from : join(dirname(from), file);
  assert.ok(existsSync(join(root, path)), `${from}: ${target}`);
  if (anchor === undefined) return;
  const headings = [...text(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => slug(heading as string));
  assert.ok(headings.includes(anchor), `${from}: ${target}`);
}

test("every npm script, test file and script file that a document mentions exists", () => {
  const { scripts } = JSON.parse(text("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
  const found = { scripts: 0, files: 0 };
  for (const { path, text: document } of read()) {
    for (const [, name] of document.matchAll(/npm run ([\w:-]+)/g)) {
      assert.ok(scripts[name as string], `${path}: ${name}`);
      found.scripts++;
    }
    for (const [file] of document.matchAll(/\b(?:test|scripts)\/(?:[\w-]+\/)*[\w-]+(?:\.\w+)+/g)) {
      assert.ok(existsSync(join(root, file)), `${path}: ${file}`);
      found.files++;
    }
  }
  assert.ok(found.scripts > 10 && found.files > 10, JSON.stringify(found));
});

test("every source file that ARCHITECTURE.md mentions exists", () => {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  const mentioned = [...text("ARCHITECTURE.md").matchAll(/`((?:[\w-]+\/)*[\w-]+\.ts|\w+\/)`/g)].map(
    ([, name]) => name as string,
  );
  assert.ok(mentioned.length > 10);
  for (const name of mentioned) {
    const inSource = name.endsWith("/") ? existsSync(join(root, "src", name)) : files.includes(name);
    assert.ok(inSource || existsSync(join(root, name)), name);
  }
});
