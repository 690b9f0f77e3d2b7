import assert from "node:assert/strict";
import { test } from "node:test";
import { base, cases, type Files, type MessageCase } from "./messages";
import { assertGolden, deployment, folderOf, runInBundle } from "./support";

/*
 * The messages that users meet most often, in one file for reading: `golden/messages.txt`. The cases are in
 * `messages.ts`. `UPDATE_FIXTURES=1` writes the file. Read every change of it as a user would, at three in the morning.
 */

/** Returns the lines of a file that differ from the same file of the base, with their numbers, or else the whole file. */
function shownLines(path: string, text: string): string {
  const original = base[path]?.split("\n");
  const lines = text.replace(/\n$/, "").split("\n");
  const isVariant = original !== undefined && lines.filter((line) => original.includes(line)).length > lines.length / 2;
  return lines
    .flatMap((line, index) => (isVariant && original.includes(line) ? [] : [`${path}:${index + 1}: ${line}`]))
    .join("\n");
}

function filesOf({ files = {} }: MessageCase): Files {
  const all = { ...base, ...files };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

test("the most likely messages are as in golden/messages.txt", async (t) => {
  const textOf = async (one: MessageCase) => {
    const folder = folderOf(t, filesOf(one));
    const { stderr, status } = await runInBundle(folder, one.args ?? ["--check", "web.yaml"], one.stdin);
    const changed = Object.entries(one.files ?? {}).flatMap(([path, text]) =>
      text === undefined ? [] : [shownLines(path, text)],
    );
    const command = `$ tracing-sidecar ${(one.args ?? ["--check", "web.yaml"]).join(" ")}`;
    const output = one.args === undefined ? stderr.replace(/^Using the configuration tracing\.yaml\.\n/, "") : stderr;
    return [`== ${one.title}`, ...changed, command, `${output.trimEnd()}`, `[exit status ${status}]`, ""].join("\n");
  };
  const texts: string[] = [];
  for (const one of cases) texts.push(await textOf(one));
  const inputs = Object.entries(base).map(([path, text]) => `== ${path}\n${text}`);
  assertGolden("messages.txt", [...inputs, ...texts].join("\n"));
  assert.equal(new Set(cases.map(({ title }) => title)).size, cases.length, "every title is unique");
  assert.equal(deployment("web"), base["web.yaml"]);
});
