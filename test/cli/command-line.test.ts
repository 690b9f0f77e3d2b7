import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { agentTypeNames } from "../../src/plan/agents/index";
import { lacks } from "../hosts/support";
import { bundle } from "../support/run-bundle";
import { deployment, folderOf, plainConfiguration, runAsProcess, runInProcess, runInTerminal } from "./support";

const files = { "tracing.yaml": plainConfiguration, "web.yaml": deployment("web") };

describe("a wrong command line ends with status 2 and a message that shows how to fix it", () => {
  const cases: readonly (readonly [args: readonly string[], message: string])[] = [
    [["inti"], 'unknown command "inti"; did you mean "init"?'],
    [["help", "shema"], 'unknown command "shema"; did you mean "schema"?'],
    [["help", "frobnicate"], 'unknown command "frobnicate"'],
    [["explain", "spec.agnt"], 'unknown field "spec.agnt"; did you mean "spec.agent"?'],
    [["explain", "metadata.nmae"], 'unknown field "metadata.nmae"; did you mean "metadata.name"?'],
    [["explain", "spec.agent.image.tag"], 'unknown field "spec.agent.image.tag": "spec.agent.image" has no fields'],
    [["explain", "spec", "kind"], "explain accepts only one field"],
    [["--dry-run", "k8s"], 'unknown option "--dry-run". To preview the changes, use --diff'],
    [["-f", "k8s"], 'unknown option "-f". Pass files and folders without an option'],
    [["init", "-f"], 'unknown option "-f"'],
    [["-c", "tracing.yaml", "-n", "A b", "."], '--namespace must be a valid namespace name, not "A b"'],
    [["-c", "tracing.yaml"], "no manifests. Pass files, folders, or - for stdin"],
    [["-c", "gone.yaml", "."], 'can\'t read the configuration "gone.yaml": no such file or folder'],
    [["-c", "-", "."], "the configuration can't be read from stdin. Pass a file with -c"],
    [["-c", "tracing.yaml", "gone"], 'can\'t read "gone": no such file or folder'],
    [["-c", "tracing.yaml", "--wirte", "."], 'unknown option "--wirte"; did you mean "--write"?'],
    [["-c", "tracing.yaml", "--colour", "."], 'unknown option "--colour"; did you mean "--color"?'],
    [["-c", "tracing.yaml", "-x", "."], 'unknown option "-x"'],
    [["-c", "tracing.yaml", "--frobnicate", "."], 'unknown option "--frobnicate"'],
    [["-c", "tracing.yaml", "--toString", "."], 'unknown option "--toString"'],
    [["-c", "tracing.yaml", "--constructor=x", "."], 'unknown option "--constructor"'],
    [["-c", "tracing.yaml", "--__proto__", "."], 'unknown option "--__proto__"'],
    [["--config"], "--config requires a value: FILE"],
    [["-c", "--write", "."], "-c requires a value: FILE"],
    [["-c", "tracing.yaml", "-c", "tracing.yaml", "."], "-c can be used only once"],
    [["-c", "tracing.yaml", "--write=yes", "."], "--write doesn't accept a value"],
    [["-c", "tracing.yaml", "-w", "--check", "."], "--write can't be used with --diff or --check"],
    [["-c", "tracing.yaml", "-w", "-"], "--write can't be used with stdin. Pass files or folders"],
    [
      ["-c", "tracing.yaml", "--output", "yaml", "."],
      '--output must be text, json, github, gitlab, or sarif, not "yaml"',
    ],
    [["-c", "tracing.yaml", "--output", "serif", "."], 'unknown output format "serif"; did you mean "sarif"?'],
    [
      ["-c", "tracing.yaml", "--diff", "--output", "github", "."],
      "--diff can't be used with --output github. Use --output text, json, or sarif",
    ],
    [["-c", "tracing.yaml", "--diff", "--output", "sarif", "."], "--diff requires --check with --output sarif"],
    [["-c", "tracing.yaml", "--color", "--no-color", "."], "--color and --no-color can't be used together"],
    [["schema", "TracingSidcar"], 'unknown kind "TracingSidcar"; did you mean "TracingSidecar"?'],
    [["schema", "constructor"], 'unknown kind "constructor": use TracingSidecar or PrivateCA'],
    [["schema", "PrivateCA", "TracingSidecar"], "schema accepts only one kind: TracingSidecar or PrivateCA"],
    [
      ["init", "--agent", "zipkin"],
      `--agent must be ${agentTypeNames.map((name) => `"${name}"`).join(" or ")}, not "zipkin"`,
    ],
    [["init", "--issuer", "a/b/c"], '--issuer must be NAME or KIND/NAME, such as Issuer/my-private-ca, not "a/b/c"'],
    [["init", "--output", "web.yaml"], '"web.yaml" already exists. Use --force to replace it.'],
    [["init", "--output", "gone/web.yaml"], 'can\'t write "gone/web.yaml": the folder "gone" doesn\'t exist'],
  ];
  /** Messages without the hint to --help. */
  const withoutHint = / .*\?$|^can't (?:read|write)|--force|has no fields/;
  for (const [args, message] of cases) {
    test(args.join(" "), async (t) => {
      const { stdout, ...output } = await runInProcess(folderOf(t, files), args);
      const text = `${message}${withoutHint.test(message) ? "" : ". See --help."}\n`;
      assert.deepEqual(output, { stderr: `error: ${text}`, status: 2 });
      const hasReport = ["github", "gitlab"].some((format) => args.includes(format));
      assert.ok(hasReport ? stdout.includes(message) : stdout === "", stdout);
    });
  }
});

describe("tracing.yaml in the working directory", () => {
  const withoutConfig = /^error: no configuration\. Pass one with -c FILE, or create one with "tracing-sidecar init"/;

  test("is the configuration if none is named", async (t) => {
    const folder = folderOf(t, files);
    const { stderr, ...named } = await runInProcess(folder, ["-c", "tracing.yaml", "web.yaml"]);
    assert.deepEqual(await runInProcess(folder, ["web.yaml"]), {
      ...named,
      stderr: `Using the configuration tracing.yaml.\n${stderr}`,
    });
  });

  const manifests = {
    "another kind": "kind: ConfigMap\n",
    "several manifests": "kind: ConfigMap\n---\nkind: Secret\n",
  };
  for (const [title, text] of Object.entries(manifests)) {
    test(`isn't used if it contains ${title}`, async (t) => {
      const { stderr, status } = await runInProcess(folderOf(t, { ...files, "tracing.yaml": text }), ["web.yaml"]);
      assert.match(stderr, withoutConfig);
      assert.equal(status, 2);
    });
  }

  for (const [text, problem] of [
    ["kind: {", "tracing.yaml:1:8: not valid YAML: a bracket or brace isn't closed"],
    ["", "tracing.yaml: the configuration must be a single YAML document, but the file contains 0"],
    [
      `${plainConfiguration}---\nkind: ConfigMap\n`,
      "tracing.yaml: the configuration must be a single YAML document, but the file contains 2",
    ],
    ["apiVersion: tracing-sidecar.dev/v1alpha1\nkind: TracingSidcar\n", 'did you mean "TracingSidecar"?'],
  ] as const) {
    test(`is used and reported if it is invalid: ${problem}`, async (t) => {
      const { stderr, status } = await runInProcess(folderOf(t, { ...files, "tracing.yaml": text }), ["web.yaml"]);
      assert.ok(stderr.includes(problem), stderr);
      assert.equal(status, 1);
    });
  }

  test("is used and reported if it can't be read", async (t) => {
    const read = () => {
      throw Object.assign(new Error(), { code: "EACCES" });
    };
    const { stderr, status } = await runInProcess(folderOf(t, files), ["web.yaml"], { files: { read } });
    assert.match(stderr, /^error: can't read the configuration "tracing\.yaml": permission denied$/m);
    assert.equal(status, 2);
  });

  test("isn't used if it is in another folder", async (t) => {
    const folder = folderOf(t, { "k8s/tracing.yaml": plainConfiguration, "k8s/web.yaml": deployment("web") });
    assert.match((await runInProcess(folder, ["k8s"])).stderr, withoutConfig);
  });
});

describe("commands", () => {
  test("a file with the name of a command can be passed as a path", async (t) => {
    const folder = folderOf(t, { ...files, explain: deployment("web") });
    const { stdout, status } = await runInProcess(folder, ["./explain"]);
    assert.match(stdout, /name: otel-collector/);
    assert.equal(status, 0);
  });

  test("help and version print what --help and --version print", async (t) => {
    const folder = folderOf(t, {});
    const run = (...args: string[]) => runInProcess(folder, args);
    assert.deepEqual(await run("help"), await run("--help"));
    assert.deepEqual(await run("help", "init"), await run("init", "--help"));
    assert.deepEqual(await run("version"), await run("--version"));
  });
});

describe("explain", () => {
  const explained = async (t: TestContext, field: string) => {
    const { stdout, stderr, status } = await runInProcess(folderOf(t, {}), ["explain", field]);
    assert.equal(status, 0, stderr);
    return stdout;
  };

  test("describes a field with its type, default, values and fields", async (t) => {
    assert.match(await explained(t, "spec.agent.type"), /^FIELD: type <string>\n\nDESCRIPTION:\n {4}/m);
    assert.match(await explained(t, "spec.selector.kinds"), /^VALUES:\n {4}"Deployment", "StatefulSet", /m);
    assert.match(
      await explained(t, "spec.agent.name"),
      /^DEFAULT:\n {4}"otel-collector" with `type: otelcol`\n {4}"jaeger-agent" with `type: jaeger`\n/m,
    );
    assert.match(await explained(t, "spec.strict"), /^DEFAULT:\n {4}false\n/m);
    assert.match(await explained(t, "spec.state"), /^VALUES:\n {4}"present", "absent"\n/m);
    assert.match(await explained(t, "spec"), /^ {2}collector\t<object>.*\n/m);
    assert.match(await explained(t, "PrivateCA.spec.names"), /^KIND: {5}PrivateCA\n/);
    assert.equal(await explained(t, "privateca.spec.names"), await explained(t, "PrivateCA.spec.names"));
  });

  test("describes a field that can have only one value", async (t) => {
    assert.match(await explained(t, "kind"), /^FIELD: kind <string>\n[\s\S]*^VALUES:\n {4}"TracingSidecar"\n$/m);
    assert.match(await explained(t, "PrivateCA"), /^ {2}apiVersion\t<string> -required-$/m);
    assert.match(await explained(t, "spec.collector.tls.ca.fromClientCertificate"), /^VALUES:\n {4}true\n/m);
  });

  test("describes the values of a mapping with any keys, which can contain dots", async (t) => {
    assert.match(await explained(t, "metadata.annotations"), /^FIELD: annotations <any>$/m);
    assert.match(await explained(t, "spec.selector.matchLabels"), /^FIELD: matchLabels <map\[string\]string>\n/m);
    assert.match(
      await explained(t, "spec.selector.matchLabels.app.kubernetes.io/name"),
      /^FIELD: app\.kubernetes\.io\/name <string>\n\nDESCRIPTION:\n {4}Labels that the workload/m,
    );
    assert.match(await explained(t, "spec.agent.config.receivers"), /^FIELD: receivers <any>\n/m);
    const tag = await explained(t, "spec.agent.tags.k8s.pod.name");
    assert.match(tag, /^FIELD: k8s\.pod\.name <string or object>\n/m);
    assert.doesNotMatch(tag, /^DEFAULT:/m);
  });

  for (const kind of ["TracingSidecar", "PrivateCA"]) {
    test(`describes every field of a ${kind}`, async (t) => {
      const fields = [kind];
      for (const field of fields) {
        const text = await explained(t, field);
        assert.match(text, /\nDESCRIPTION:\n {4}\S/, field);
        const [, children = ""] = text.split("\nFIELDS:\n");
        for (const [, name] of children.matchAll(/^ {2}(\w+)\t</gm)) fields.push(`${field}.${name}`);
      }
      assert.ok(fields.length > 10);
    });
  }
});

describe("a diff of files outside the working directory", () => {
  test("has paths that git apply can use if the files are in it, and otherwise a notice", async (t) => {
    const folder = folderOf(t, { ...files, "sub/tracing.yaml": plainConfiguration });
    const { stdout, stderr } = await runInProcess(folder, ["--diff", "sub/../web.yaml"]);
    assert.doesNotMatch(stderr, /git apply/);
    assert.match(stdout, /^--- a\/web\.yaml$/m);
    const sub = runAsProcess(join(folder, "sub"), ["--diff", "../web.yaml"]);
    assert.match(
      sub.stderr,
      /^notice: git apply can't use the diff, because \.\.\/web\.yaml isn't in the working directory\./m,
    );
    const absolute = runAsProcess(folder, ["--diff", join(folder, "web.yaml")]);
    assert.match(absolute.stdout, /^--- a\/web\.yaml$/m);
    assert.doesNotMatch(absolute.stderr, /git apply/);
  });
});

test("an invalid configuration ends with status 1 and a line for each problem, with its place in the file", async (t) => {
  const folder = folderOf(t, { ...files, "tracing.yaml": plainConfiguration.replace("selector:", "selecter:") });
  const { stdout, stderr, status } = await runInProcess(folder, ["-c", "tracing.yaml", "--write", "."]);
  assert.equal(
    stderr,
    'error: tracing.yaml:5:3: spec.selecter: unknown field; did you mean "selector"? [invalid-config]\nNothing was changed: 1 error.\n',
  );
  assert.deepEqual([stdout, status], ["", 1]);
});

test("a configuration must be a single YAML document without duplicate keys", async (t) => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    [`${plainConfiguration}---\n${plainConfiguration}`, /must be a single YAML document, but the file contains 2/],
    ["", /must be a single YAML document, but the file contains 0/],
    ["a: b: c\n", /tracing\.yaml:1:5: not valid YAML: /],
    [`${plainConfiguration}spec: {}\n`, /tracing\.yaml:\d+:1: the key "spec" is duplicated; remove one of the two/],
  ];
  for (const [text, message] of wrong) {
    const { stderr, status } = await runInProcess(folderOf(t, { ...files, "tracing.yaml": text }), [
      "-c",
      "tracing.yaml",
      ".",
    ]);
    assert.match(stderr, message);
    assert.equal(status, 1);
  }
});

test("a ConfigMap can be the configuration", async (t) => {
  const data = "{name: tracing, collector: 'collector:4317', agent: otelcol, namespace: shop}";
  const folder = folderOf(t, { ...files, "tracing.yaml": `apiVersion: v1\nkind: ConfigMap\ndata: ${data}\n` });
  const { stdout, status } = await runInProcess(folder, ["-c", "tracing.yaml", "web.yaml"]);
  assert.match(stdout, /name: otel-collector/);
  assert.equal(status, 0);
});

describe("colors", () => {
  const cases: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>, boolean, boolean])[] = [
    ["are on in a terminal", [], {}, true, true],
    ["are off in a pipe", [], {}, false, false],
    ["are off with NO_COLOR", [], { NO_COLOR: "1" }, true, false],
    ["ignore an empty NO_COLOR", [], { NO_COLOR: "" }, true, true],
    ["are on in a pipe with FORCE_COLOR", [], { FORCE_COLOR: "1" }, false, true],
    ["are off with FORCE_COLOR=0", [], { FORCE_COLOR: "0" }, true, false],
    ["are off in a dumb terminal", [], { TERM: "dumb" }, true, false],
    ["are on with --color, which overrides NO_COLOR", ["--color"], { NO_COLOR: "1" }, false, true],
    ["are off with --no-color, which overrides FORCE_COLOR", ["--no-color"], { FORCE_COLOR: "1" }, true, false],
  ];
  for (const [name, args, env, isTerminal, hasColors] of cases) {
    test(name, async (t) => {
      const system = { env, ...(isTerminal ? { terminal: 80 } : {}) };
      const output = await runInProcess(
        folderOf(t, files),
        ["-c", "tracing.yaml", "--diff", ...args, "web.yaml"],
        system,
      );
      for (const text of [output.stdout, output.stderr]) assert.equal(text.includes("\u001b["), hasColors);
    });
  }
});

describe("the function", () => {
  test("reads a ResourceList if there are no arguments", (t) => {
    const { stdout, status } = runAsProcess(folderOf(t, {}), [], "kind: Nothing\n");
    assert.match(stdout, /^kind: ResourceList$/m);
    assert.equal(status, 1);
  });
});

test("a run of the function initializes no module of the command line", () => {
  // esbuild wraps modules that are initialized late, and all modules that they share with others, in this function.
  assert.ok(!readFileSync(bundle, "utf8").includes("__esm("));
});

test("a terminal as stdin without arguments is a usage error", (t) => {
  if (lacks(t, "python3")) return;
  const { output, status } = runInTerminal(folderOf(t, {}), []);
  assert.match(
    output,
    /^error: no arguments, and stdin is a terminal\. Pass a ResourceList on stdin, or see --help\.\n$/,
  );
  assert.equal(status, 2);
});

describe("a PrivateCA", () => {
  const ca = "apiVersion: tracing-sidecar.dev/v1alpha1\nkind: PrivateCA\nmetadata: {name: ca}\nspec: {}\n";

  test("needs no manifests: its objects are printed, and later runs keep them up to date in a file", async (t) => {
    const folder = folderOf(t, { "ca.yaml": ca });
    const { stdout, status } = await runInProcess(folder, ["-c", "ca.yaml"]);
    assert.equal(status, 0);
    assert.equal(stdout.match(/^kind: /gm)?.length, 3);
    assert.doesNotMatch(stdout, /^---\n/);

    const kept = folderOf(t, { "ca.yaml": ca, "issuers.yaml": stdout });
    const check = await runInProcess(kept, ["-c", "ca.yaml", "--check", "issuers.yaml"]);
    assert.equal(check.status, 0, check.stderr);
    const removed = await runInProcess(kept, ["-c", "ca.yaml", "--remove", "issuers.yaml"]);
    assert.equal(removed.stdout.trim(), "");
  });

  test("is added to a file without objects", async (t) => {
    const folder = folderOf(t, { "ca.yaml": ca, "issuers.yaml": "# our issuers\n" });
    const { stdout } = await runInProcess(folder, ["-c", "ca.yaml", "issuers.yaml"]);
    assert.match(stdout, /^# our issuers\n---\napiVersion: cert-manager\.io\/v1\n/);
  });
});

describe("the report of an update", () => {
  const configuration = (memory: string) =>
    plainConfiguration.replace(
      "otelcol}",
      `otelcol, resources: {limits: {memory: ${memory}}}, env: [{name: KEY, value: s3cret}]}`,
    );
  const updateLine = /^web\.yaml:1: Deployment web: (.*)$/m;
  const setUp = async (t: TestContext) => {
    const folder = folderOf(t, { "tracing.yaml": configuration("128Mi"), "web.yaml": deployment("web") });
    await runInProcess(folder, ["--write", "web.yaml"]);
    const check = async () => updateLine.exec((await runInProcess(folder, ["--check", "web.yaml"])).stderr)?.[1];
    assert.equal(await check(), undefined);
    return { folder, check };
  };

  test("names the fields that a new configuration changes", async (t) => {
    const { folder, check } = await setUp(t);
    const changed = configuration("256Mi").replace("podMonitor: {}", "podMonitor: {interval: 30s}");
    writeFileSync(join(folder, "tracing.yaml"), changed);
    assert.equal(
      await check(),
      "Updated: memory limit 128Mi → 256Mi, variable GOMEMLIMIT, and exporters.otlp_grpc.sending_queue.queue_size in OTELCOL_CONFIG; updated PodMonitor web-otel-collector (added podMetricsEndpoints[0].interval).",
    );
  });

  test("names the fields of a manual edit that is reset, without values that could be secrets", async (t) => {
    const { folder, check } = await setUp(t);
    const file = join(folder, "web.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("memory: 128Mi", "memory: 1Gi").replace("s3cret", "hidden"));
    assert.equal(await check(), "Updated: memory limit 1Gi → 128Mi and variable KEY.");
  });
});
