import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "js-yaml";
import { severityOf } from "../../scripts/reference";
import { resultCodes } from "../../src/kube/result-codes";
import { fixtureNames, readFixture } from "../support/fixture";
import { all, text } from "./support";

/** Messages that are a host's, not ours. */
const ofHosts = ["unable to load external plugin"];

const page = text("docs/troubleshooting.md");
const rows = [...page.matchAll(/^\| `([^`]*)` \|(?: `([\w-]+)` \||)/gm)].map(([, message = "", code]) => ({
  message,
  code,
}));

/** What the fixtures say under each code. */
const said = new Map<string, string[]>();
for (const name of fixtureNames) {
  const { results = [] } = load(readFixture(name, "results.yaml") ?? "") as Report;
  for (const { message, tags } of results) said.set(tags.code, [...(said.get(tags.code) ?? []), message]);
}

interface Report {
  readonly results?: readonly { readonly message: string; readonly tags: { readonly code: string } }[];
}

test("every message that the page explains is one of the function's under that code, or of its host", () => {
  assert.ok(rows.length > 30);
  const source = all("src");
  for (const { message, code } of rows) {
    if (ofHosts.includes(message)) continue;
    if (code === undefined) assert.ok(source.includes(message) || message === "ImagePullBackOff", message);
    else
      assert.ok(
        said.get(code)?.some((one) => one.includes(message)),
        `${code}: ${message}`,
      );
  }
});

test("every code of an error or a warning is explained", () => {
  const explained = rows.map(({ code }) => code);
  const missing = Object.keys(resultCodes).filter((code) => severityOf(code) !== "info" && !explained.includes(code));
  assert.deepEqual(missing, []);
});

test("what the page quotes within a row is one of the function's", () => {
  const quoted = [...page.matchAll(/result with `([^`]*)`/g)].map(([, message = ""]) => message);
  for (const message of quoted) assert.ok(all("src").includes(message), message);
});
