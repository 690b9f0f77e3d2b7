import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { load, loadAll } from "js-yaml";
import { render, toResourceList } from "../scripts/demo";
import { references, severityOf, slug } from "../scripts/reference";
import { readConfiguration } from "../src/config/read";
import { helpText } from "../src/help";
import { isMapping, type Value } from "../src/yaml/value";
import { find, lacks, readTree, root, temporaryFolder } from "./hosts/support";
import { fixtureNames, readFixture } from "./support/fixture";
import { runBundle } from "./support/run-bundle";

/*
 * What the documentation says is tried here: its YAML, its commands, its links, and what of it follows from the code.
 */

const documents = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", ...Object.keys(references)];
const text = (path: string) => readFileSync(join(root, path), "utf8");
const readme = text("README.md");

/** The fenced blocks of a document in one language, in their order. */
function blocks(document: string, language: string): string[] {
  return [...document.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, name, block]) =>
    name === language ? [block as string] : [],
  );
}

/** All files below a folder of the project, as one text. */
function all(folder: string): string {
  return [...readTree(join(root, folder)).values()].join("\n");
}

describe("YAML in the documentation", () => {
  for (const path of documents) {
    for (const [i, block] of blocks(text(path), "yaml").entries()) {
      test(`block ${i + 1} of ${path} parses, and is valid where it is a configuration`, () => {
        for (const value of loadAll(block) as Value[]) mustBeValid(value);
      });
    }
  }

  test("what is part of a file in the README stands so in an example", () => {
    const examples = all("examples");
    const parts = blocks(readme, "yaml").filter((block) => !block.startsWith("apiVersion:"));
    assert.ok(parts.length > 0);
    for (const part of parts) assert.ok(examples.includes(part), part);
  });
});

function mustBeValid(value: Value): void {
  if (!isMapping(value) || value.kind !== "TracingSidecar") return;
  const read = readConfiguration(value);
  assert.deepEqual("findings" in read ? read.findings : [], []);
}

describe("the README's example", () => {
  const example = (name: string) => {
    const found = new RegExp(`<!-- example: ${name} -->\n\`\`\`yaml\n(.*?)^\`\`\`$`, "ms").exec(readme)?.[1];
    assert.ok(found !== undefined, name);
    return found;
  };

  test("comes out as it says, but for what it leaves out", () => {
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
});

/** Commands of the README that are not run here, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  "npm ci && npm run demo": "npm ci needs the registry; the demo has a test of its own",
  "npm ci && npm test": "npm ci needs the registry, and this is npm test; .ci/run runs it",
};

/** Commands that need the image: test/hosts builds it, and runs it in each host. */
const byImage: Readonly<Record<string, readonly string[]>> = {
  "docker build --network=host --tag=localhost/tracing-sidecar:0.1.0 .": ["build", "--network=host"],
  "kpt fn render examples/hotrod/kpt --output demo/kpt": ["fn", "render", "examples/hotrod/kpt"],
  "kubectl kustomize --enable-alpha-plugins examples/hotrod/kustomize/image": ["examples/hotrod/kustomize/image"],
  "kubectl kustomize --enable-alpha-plugins examples/hotrod/kustomize/overlay/prod": [
    "examples/hotrod/kustomize/overlay/prod",
  ],
};

describe("commands in the README", () => {
  const commands = blocks(readme, "sh").flatMap((block) => block.trimEnd().split("\n"));

  test("the two that do all the set-up come first", () => {
    assert.deepEqual(commands.slice(0, 2), Object.keys(elsewhere));
    assert.ok(readme.indexOf("```sh") < readme.indexOf("\n## "));
  });

  test("those that are not run are there", () => {
    const missing = [...Object.keys(elsewhere), ...Object.keys(byImage)].filter((one) => !commands.includes(one));
    assert.deepEqual(missing, []);
  });

  for (const command of commands.filter((one) => elsewhere[one] === undefined)) {
    const words = byImage[command];
    if (words === undefined) {
      test(command, (t) => tryCommand(t, command));
    } else {
      test(`${command} is tried in test/hosts`, () => {
        const tests = all("test/hosts");
        for (const word of words) assert.match(tests, new RegExp(`"${word}"`));
      });
    }
  }
});

/** Runs a command where the examples and the bundle are, and looks for the agent in what comes of it. */
function tryCommand(t: TestContext, command: string): void {
  const programs = ["kpt", "kustomize"].filter((program) => new RegExp(`(?:^|\\| )${program} `).test(command));
  assert.ok(programs.length > 0, "a command must be run here, or stand in one of the lists above");
  if (lacks(t, ...programs)) return;
  const folder = temporaryFolder(t);
  for (const part of ["dist", "examples"]) cpSync(join(root, part), join(folder, part), { recursive: true });
  const path = [process.env["PATH"] ?? "", ...programs.map((program) => dirname(find(program) as string))];
  const env = { ...process.env, PATH: path.join(delimiter) };
  const { stdout, stderr, status } = spawnSync("sh", ["-c", command], { cwd: folder, env, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const target = / (demo\/\w+)/.exec(command)?.[1];
  const output = target === undefined ? stdout : readFileSync(join(folder, target, "deployment.yaml"), "utf8");
  assert.match(output, /^ +(?:- )?name: jaeger-agent$/m);
  assert.match(output, /^kind: PodMonitor$/m);
}

test("every npm script, and every file of the tests, that a document names is there", () => {
  const { scripts } = JSON.parse(text("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
  for (const path of documents) {
    for (const [, name] of text(path).matchAll(/npm run ([\w-]+)/g))
      assert.ok(scripts[name as string], `${path}: ${name}`);
    for (const [file] of text(path).matchAll(/\b(?:test|scripts)\/[\w-]+(?:\.\w+)+/g)) {
      assert.ok(existsSync(join(root, file)), `${path}: ${file}`);
    }
  }
});

test("every source file that ARCHITECTURE.md names is there", () => {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  const named = [...text("ARCHITECTURE.md").matchAll(/`((?:[\w-]+\/)*[\w-]+\.ts|\w+\/)`/g)].map(
    ([, name]) => name as string,
  );
  assert.ok(named.length > 10);
  for (const name of named) {
    const inSource = name.endsWith("/") ? existsSync(join(root, "src", name)) : files.includes(name);
    assert.ok(inSource || existsSync(join(root, name)), name);
  }
});

describe("links", () => {
  for (const path of documents) {
    test(`in ${path} lead somewhere`, () => {
      for (const [, target] of text(path).matchAll(/\]\(([^)\s]+)\)/g)) mustResolve(path, target as string);
    });
  }
});

function mustResolve(from: string, target: string): void {
  assert.doesNotMatch(target, /^\w+:/, "a link must stay within the project");
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? from : join(dirname(from), file);
  assert.ok(existsSync(join(root, path)), `${from}: ${target}`);
  if (anchor === undefined) return;
  const headings = [...text(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => slug(heading as string));
  assert.ok(headings.includes(anchor), `${from}: ${target}`);
}

test("every message that the README explains is one of the function's, or of its host", () => {
  const ofHosts = ["unable to load external plugin"];
  const table = readme.slice(readme.indexOf("\n## When something is wrong"));
  const messages = [...table.matchAll(/^\| `(.*?)` \|/gm)].map(([, message]) => message as string);
  assert.ok(messages.length > 5);
  const source = all("src");
  for (const message of messages) assert.ok(ofHosts.includes(message) || source.includes(message), message);
});

describe("what is generated", () => {
  for (const [path, current] of Object.entries(references)) {
    test(`${path} is fresh; else \`npm run reference\` writes it`, () => assert.equal(text(path), current()));
  }

  test("the reference gives each code the severity of its results", () => {
    for (const name of fixtureNames) {
      // There a warning is an error.
      if (/^ +strict: true$/m.test(readFixture(name, "input.yaml") ?? "")) continue;
      const { results = [] } = load(readFixture(name, "results.yaml") ?? "") as Report;
      for (const { severity, tags } of results) assert.equal(severity, severityOf(tags.code), `${name}: ${tags.code}`);
    }
  });
});

interface Report {
  readonly results?: readonly { readonly severity: string; readonly tags: { readonly code: string } }[];
}

describe("--help", () => {
  test("is what the bundle prints", () => {
    const { stdout, stderr, status } = runBundle("", { args: ["--help"] });
    assert.deepEqual({ stdout, stderr, status }, { stdout: helpText, stderr: "", status: 0 });
  });

  test("names every field of spec and its fields, and every key of the ConfigMap form", () => {
    const reference = text("docs/configuration.md");
    const fieldsIn = (heading: string) => {
      const start = reference.indexOf(`\n${heading}\n`) + heading.length + 2;
      const [section] = reference.slice(start).split(/^#/m);
      return [...(section ?? "").matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name as string);
    };
    const fields = fieldsIn("### `spec`");
    assert.ok(fields.length >= 10);
    for (const field of fields) assert.match(helpText, new RegExp(`^  ${field} `, "m"));
    const below = ["selector", "collector", "collector.tls", "agent"].flatMap((path) =>
      fieldsIn(`### \`spec.${path}\``),
    );
    assert.ok(below.length > 20);
    for (const field of [...below, ...fieldsIn("## ConfigMap")]) assert.match(helpText, new RegExp(`\\b${field}\\b`));
  });

  test("has an example that is valid", () => {
    const example = /^Configuration:\n\n(.*?)\n\n/ms.exec(helpText)?.[1];
    const value = load(example ?? "") as Value;
    assert.ok(isMapping(value) && value.kind === "TracingSidecar");
    mustBeValid(value);
  });

  test("fits a terminal", () => {
    assert.deepEqual(
      helpText.split("\n").filter((line) => line.length > 120),
      [],
    );
  });
});

test("the demo shows what changed and where the result lies, the same each time, without colours in a pipe", () => {
  const demo = () => {
    const args = ["--require", "ts-node/register", "scripts/demo.ts"];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return { stdout, result: text("demo/deployment.yaml") };
  };
  const first = demo();
  assert.match(first.stdout, /^\+ {6}- name: jaeger-agent$/m);
  assert.doesNotMatch(first.stdout, /^-[^-]/m, "nothing is lost");
  assert.match(first.stdout, /^New: Certificate example-hotrod$/m);
  assert.match(first.stdout, /^New: PodMonitor example-hotrod$/m);
  assert.match(first.stdout, /^The result is in demo\/deployment\.yaml\n$/m);
  assert.ok(!first.stdout.includes("\u001b"));
  assert.deepEqual(demo(), first);
});
