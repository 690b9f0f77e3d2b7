import assert from "node:assert/strict";
import { test } from "node:test";
import { render, toResourceList } from "../../scripts/demo";
import { commandsOf, text } from "./support";

const readme = text("README.md");

const example = (name: string): string => {
  const block = new RegExp(`<!-- example: ${name} -->\n\`\`\`yaml\n(.*?)^\`\`\`$`, "ms").exec(readme)?.[1];
  assert.ok(block !== undefined, name);
  return block;
};

test("the README's example has the documented output, except for omitted parts", () => {
  const { documents } = render(toResourceList(example("configuration"), example("before")));
  const output = documents.map(({ text }) => text).join("---\n");
  const parts = example("after").split(/^ *# \.\.\..*\n/m);
  let from = 0;
  for (const [i, part] of parts.entries()) {
    const at = output.indexOf(part, from);
    assert.ok(at >= 0 && (i > 0 || at === 0), `the output must contain:\n${part}\n\n${output}`);
    from = at + part.length;
  }
  assert.equal(output.slice(from), "", "the end");
});

test("the README starts with the two commands that need no other setup", () => {
  assert.deepEqual(commandsOf(readme).slice(0, 2), ["npm ci && npm run demo", "npm ci && npm test"]);
  assert.ok(readme.indexOf("```sh") < readme.indexOf("\n## "));
});
