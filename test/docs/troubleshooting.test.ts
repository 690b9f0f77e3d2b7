import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "js-yaml";
import { severityOf } from "../../scripts/reference";
import { changeCodes, resultCodes } from "../../src/kube/result-codes";
import { fixtureNames, readFixture } from "../support/fixture";
import { all, text } from "./support";

/** Messages of hosts, not of the function. */
const hostMessages = [
  "unable to load external plugin",
  'plugin "tracing-sidecar" exited with error',
  "plugin: {Name:tracing-sidecar Type:postrenderer/v1} not found",
];

const page = text("docs/help/troubleshooting.md");
const rows = [...page.matchAll(/^\| `([^`]*)` \|(?: `([\w-]+)` \||)/gm)].map(([, message = "", code]) => ({
  message,
  code,
}));

/** The messages of the fixtures' results, by code. */
const messagesByCode = new Map<string, string[]>();
for (const name of fixtureNames) {
  const { results = [], changes = [] } = load(readFixture(name, "results.yaml") ?? "") as Report;
  for (const { message, tags } of [...results, ...changes])
    messagesByCode.set(tags.code, [...(messagesByCode.get(tags.code) ?? []), message]);
}

interface Report {
  readonly results?: readonly Result[];
  readonly changes?: readonly Result[];
}

interface Result {
  readonly message: string;
  readonly tags: { readonly code: string };
}

test("every explained message is a message of the function with that code, or of a host", () => {
  assert.ok(rows.length > 30);
  const source = all("src");
  for (const { message, code } of rows) {
    if (hostMessages.includes(message)) continue;
    if (code === undefined) assert.ok(source.includes(message) || message === "ImagePullBackOff", message);
    else
      assert.ok(
        messagesByCode.get(code)?.some((candidate) => candidate.includes(message)),
        `${code}: ${message}`,
      );
  }
});

test("every code of an error or warning is explained", () => {
  const explained = rows.map(({ code }) => code);
  const missing = Object.keys({ ...resultCodes, ...changeCodes }).filter(
    (code) => severityOf(code) !== "info" && !explained.includes(code),
  );
  assert.deepEqual(missing, []);
});

test("every quoted result is a message of the function", () => {
  const quoted = [...page.matchAll(/result with `([^`]*)`/g)].map(([, message = ""]) => message);
  assert.ok(quoted.length > 0);
  for (const message of quoted) assert.ok(all("src").includes(message), message);
});
