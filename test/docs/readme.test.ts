import assert from "node:assert/strict";
import { test } from "node:test";
import { render, toResourceList } from "../../scripts/demo";
import { commandsOf, text } from "./support";

const readme = text("README.md");

const example = (name: string): string => {
  const found = new RegExp(`<!-- example: ${name} -->\n\`\`\`yaml\n(.*?)^\`\`\`$`, "ms").exec(readme)?.[1];
  assert.ok(found !== undefined, name);
  return found;
};

test("the README's example comes out as it says, but for what it leaves out", () => {
  const { documents } = render(toResourceList(example("configuration"), example("before")));
  const output = documents.map(({ text }) => text).join("---\n");
  const parts = example("after").split(/^ *# \.\.\..*\n/m);
  let from = 0;
  for (const [i, part] of parts.entries()) {
    const at = output.indexOf(part, from);
    assert.ok(at >= 0 && (i > 0 || at === 0), `the output must hold:\n${part}\n\n${output}`);
    from = at + part.length;
  }
  assert.equal(output.slice(from), "", "the end");
});

test("the two commands that do all the set-up come first in the README", () => {
  assert.deepEqual(commandsOf(readme).slice(0, 2), ["npm ci && npm run demo", "npm ci && npm test"]);
  assert.ok(readme.indexOf("```sh") < readme.indexOf("\n## "));
});
