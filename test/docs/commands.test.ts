import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { root } from "../hosts/support";
import { documents, notRun } from "./documents";
import { tryAll } from "./running";
import { blocks, commandsOf, read, text } from "./support";

/*
 * Every command of every document is run, or is listed in `notRun` with the reason why not.
 */

test("shell commands are only in blocks with the language sh, which are the ones that are tested", () => {
  for (const { path, text } of read()) {
    for (const language of ["bash", "shell", "console", "zsh"]) assert.deepEqual(blocks(text, language), [], path);
  }
});

test("every command that isn't run is in a document", () => {
  const commands = read().flatMap(({ text }) => commandsOf(text));
  assert.deepEqual(
    Object.keys(notRun).filter((command) => !commands.includes(command)),
    [],
  );
});

for (const { path, image = false, commandsIn } of documents) {
  const commands = commandsOf(text(path));
  if (commands.length === 0) continue;
  if (image || commandsIn !== undefined) {
    const file = commandsIn ?? "test/hosts/image.test.ts";
    test(`the commands in ${path} are run by ${file}`, () => {
      assert.ok(existsSync(join(root, file)), file);
      const source = text(file);
      const isRead = image ? source.includes("imageDocuments") : source.includes(basename(path));
      const missing = commands.filter((command) => notRun[command] === undefined && !source.includes(command));
      assert.ok(isRead || missing.length === 0, missing.join("\n"));
    });
  } else {
    describe(`commands in ${path}`, () => tryAll(commands));
  }
}
