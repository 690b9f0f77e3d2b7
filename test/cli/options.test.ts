import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { lacks } from "../hosts/support";
import { bundle } from "../support/run-bundle";
import { deployment, folderOf, plainConfiguration, runHere, runInTerminal, runThere } from "./support";

const files = { "tracing.yaml": plainConfiguration, "web.yaml": deployment("web") };

describe("a wrong command line ends with status 2 and says what would be right", () => {
  const wrong: readonly (readonly [args: readonly string[], message: string])[] = [
    [["web.yaml"], "the configuration must be named: -c FILE (`tracing-sidecar init` makes one)"],
    [["-c", "tracing.yaml"], "files or folders of manifests must be named, or - for stdin"],
    [["-c", "gone.yaml", "."], 'the configuration "gone.yaml" cannot be read: no such file or folder'],
    [["-c", "-", "."], "the configuration must be a file"],
    [["-c", "tracing.yaml", "gone"], '"gone" cannot be read: no such file or folder'],
    [["-c", "tracing.yaml", "--wirte", "."], 'unknown option "--wirte"; did you mean "--write"?'],
    [["-c", "tracing.yaml", "--colour", "."], 'unknown option "--colour"; did you mean "--color"?'],
    [["-c", "tracing.yaml", "-x", "."], 'unknown option "-x"'],
    [["-c", "tracing.yaml", "--frobnicate", "."], 'unknown option "--frobnicate"'],
    [["--config"], "--config must be followed by FILE"],
    [["-c", "--write", "."], "-c must be followed by FILE"],
    [["-c", "tracing.yaml", "-c", "tracing.yaml", "."], "-c must be given once"],
    [["-c", "tracing.yaml", "--write=yes", "."], "--write takes no value"],
    [["-c", "tracing.yaml", "-w", "--check", "."], "--write and --diff or --check exclude each other"],
    [["-c", "tracing.yaml", "-w", "-"], "--write must be given files or folders: stdin has no place to write to"],
    [["-c", "tracing.yaml", "--output", "yaml", "."], '--output must be followed by text or json, not by "yaml"'],
    [["-c", "tracing.yaml", "--color", "--no-color", "."], "--color and --no-color exclude each other"],
    [
      ["schema", "TracingSidcar"],
      'the schema must be that of one kind, TracingSidecar or PrivateCA; did you mean "TracingSidecar"?',
    ],
    [["init", "--agent", "zipkin"], '--agent must be followed by jaeger or otelcol, not by "zipkin"'],
    [
      ["init", "--issuer", "a/b/c"],
      "--issuer must be followed by a name, or by kind and name as in Issuer/my-private-ca",
    ],
    [["init", "--output", "web.yaml"], '"web.yaml" is there already: --force replaces it'],
  ];
  /** What says itself what would be right, or that a file is not there. */
  const says = /option .*\?$|cannot be read/;
  for (const [args, message] of wrong) {
    test(args.join(" "), async (t) => {
      const ran = await runHere(folderOf(t, files), args);
      assert.deepEqual(ran, {
        stdout: "",
        stderr: `error: ${message}${says.test(message) ? "" : "; --help tells more"}\n`,
        status: 2,
      });
    });
  }
});

test("an invalid configuration ends with status 1, and each problem is a line with its file", async (t) => {
  const folder = folderOf(t, { ...files, "tracing.yaml": plainConfiguration.replace("selector:", "selecter:") });
  const { stdout, stderr, status } = await runHere(folder, ["-c", "tracing.yaml", "--write", "."]);
  const [first, second] = stderr.split("\n");
  assert.match(first ?? "", /^error: tracing\.yaml: TracingSidecar tracing: spec\.selector: must be given/);
  const unknown = "spec.selecter: unknown field; did you mean `selector`? [invalid-config]";
  assert.equal(second, `error: tracing.yaml: TracingSidecar tracing: ${unknown}`);
  assert.deepEqual([stdout, status], ["", 1]);
});

test("a configuration must be one YAML document that says everything once", async (t) => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    [`${plainConfiguration}---\n${plainConfiguration}`, /must be one document; the file holds 2/],
    ["", /must be one document; the file holds 0/],
    ["a: b: c\n", /tracing\.yaml is not valid YAML: .* \(line 1, column 5 of tracing\.yaml\)/],
    [`${plainConfiguration}spec: {}\n`, /the key "spec" must stand once \(line \d+, column 1 of tracing\.yaml\)/],
  ];
  for (const [text, message] of wrong) {
    const { stderr, status } = await runHere(folderOf(t, { ...files, "tracing.yaml": text }), [
      "-c",
      "tracing.yaml",
      ".",
    ]);
    assert.match(stderr, message);
    assert.equal(status, 1);
  }
});

test("the ConfigMap form is a configuration, too", async (t) => {
  const data = "{name: tracing, collector: 'collector:4317', agent: otelcol, namespace: shop}";
  const folder = folderOf(t, { ...files, "tracing.yaml": `apiVersion: v1\nkind: ConfigMap\ndata: ${data}\n` });
  const { stdout, status } = await runHere(folder, ["-c", "tracing.yaml", "web.yaml"]);
  assert.match(stdout, /name: otel-collector/);
  assert.equal(status, 0);
});

describe("colours", () => {
  const cases: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>, boolean, boolean])[] = [
    ["on a terminal", [], {}, true, true],
    ["not in a pipe", [], {}, false, false],
    ["not with NO_COLOR", [], { NO_COLOR: "1" }, true, false],
    ["as ever with an empty NO_COLOR", [], { NO_COLOR: "" }, true, true],
    ["in a pipe with FORCE_COLOR", [], { FORCE_COLOR: "1" }, false, true],
    ["not with FORCE_COLOR=0", [], { FORCE_COLOR: "0" }, true, false],
    ["not on a dumb terminal", [], { TERM: "dumb" }, true, false],
    ["with --color whatever else", ["--color"], { NO_COLOR: "1" }, false, true],
    ["not with --no-color whatever else", ["--no-color"], { FORCE_COLOR: "1" }, true, false],
  ];
  for (const [name, args, env, isTerminal, isColoured] of cases) {
    test(name, async (t) => {
      const world = { env, ...(isTerminal ? { terminal: 80 } : {}) };
      const ran = await runHere(folderOf(t, files), ["-c", "tracing.yaml", "--diff", ...args, "web.yaml"], world);
      for (const text of [ran.stdout, ran.stderr]) assert.equal(text.includes("\u001b["), isColoured);
    });
  }
});

describe("the function is as it was", () => {
  test("without arguments a ResourceList is read", (t) => {
    const { stdout, status } = runThere(folderOf(t, {}), [], "kind: Nothing\n");
    assert.match(stdout, /^kind: ResourceList$/m);
    assert.equal(status, 1);
  });
});

test("a run of the function sets up nothing of the command line", () => {
  // How esbuild marks a module that is set up late, and all that it shares with others.
  assert.ok(!readFileSync(bundle, "utf8").includes("__esm("));
});

test("without arguments a terminal is no input", (t) => {
  if (lacks(t, "python3")) return;
  const { output, status } = runInTerminal(folderOf(t, {}), []);
  assert.match(
    output,
    /^error: stdin is a terminal: without arguments a ResourceList is read from it; --help tells more\n$/,
  );
  assert.equal(status, 2);
});

describe("a PrivateCA", () => {
  const ca = "apiVersion: tracing-sidecar.dev/v1alpha1\nkind: PrivateCA\nmetadata: {name: ca}\nspec: {}\n";

  test("needs no manifests: its objects are printed, and kept up to date in their file", async (t) => {
    const folder = folderOf(t, { "ca.yaml": ca });
    const { stdout, status } = await runHere(folder, ["-c", "ca.yaml"]);
    assert.equal(status, 0);
    assert.equal(stdout.match(/^kind: /gm)?.length, 3);
    assert.doesNotMatch(stdout, /^---\n/);

    const kept = folderOf(t, { "ca.yaml": ca, "issuers.yaml": stdout });
    const check = await runHere(kept, ["-c", "ca.yaml", "--check", "issuers.yaml"]);
    assert.equal(check.status, 0, check.stderr);
    const removed = await runHere(kept, ["-c", "ca.yaml", "--remove", "issuers.yaml"]);
    assert.equal(removed.stdout.trim(), "");
  });

  test("goes into a file that holds nothing yet", async (t) => {
    const folder = folderOf(t, { "ca.yaml": ca, "issuers.yaml": "# our issuers\n" });
    const { stdout } = await runHere(folder, ["-c", "ca.yaml", "issuers.yaml"]);
    assert.match(stdout, /^# our issuers\n---\napiVersion: cert-manager\.io\/v1\n/);
  });
});
