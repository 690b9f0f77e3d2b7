import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { describe, test } from "node:test";
import { load } from "js-yaml";
import { type RunResult, run } from "../../src/pipeline/run";
import { get, getList, type Mapping } from "../../src/yaml/value";
import { collectorConfigOf } from "../support/collector-config";
import { codesOf, inputOf, splitResults } from "../support/fixture";
import { deployment, functionConfig, head, survives, unreadable } from "../support/hostile";
import { runBundle } from "../support/run-bundle";

/*
 * Invalid and unusual input: each case ends with a clear error or the right output, never with a stack trace or a partial
 * output. `survives` checks this. Wrong types are in hostile-types.test.ts, leaked secrets in hostile-secrets.test.ts.
 */

function requireRefused(input: string, message: RegExp): void {
  const { stdout, stderr, status } = survives(input);
  assert.equal(status, 1);
  assert.match(stderr, message);
  assert.equal(splitResults(stdout).rest, unreadable);
}

function requireInjected(result: RunResult): void {
  assert.equal(result.stderr, "");
  assert.ok(codesOf(result).includes("managed"));
}

const list = head + deployment() + functionConfig();

test("ignores an index annotation that can't be an index", () => {
  for (const index of ["9007199254740991", "9007199254740992", "9".repeat(400), "-1", "1e3"]) {
    const annotations = `    annotations:
      config.kubernetes.io/path: a.yaml
      config.kubernetes.io/index: '${index}'
    labels: {app: web}
`;
    const input = list.replace("    name: web\n", `    name: web\n    namespace: shop\n${annotations}`);
    const selector = "  spec:\n    selector: {matchLabels: {app: web}}\n";
    requireInjected(survives(`${input.replace("  spec:\n", selector)}    podMonitor: {}\n`));
  }
});

test("a workload that is refused isn't also reported as not selected", () => {
  const env = "    app: {env: [{name: A, value: one}]}\n";
  const { stdout } = survives(head + deployment("          env:\n          - name: B\n") + functionConfig(env));
  const { stderr, status } = run(stdout.replace("          - name: B\n", "          - name: A\n"));
  assert.equal(status, 1);
  assert.match(stderr, /^error: Deployment web: \S+\[A\]: "A" is duplicated; [^\n]*\n$/);
});

test("a list that needs the parser can end with a block scalar", () => {
  const last = "          image: a\n  metadata:\n    name: web\n    annotations:\n      note: |\n        x\n";
  const item = deployment(last).replace("  metadata:\n    name: web\n", "");
  for (const blank of ["", "\n", "  \n\n"]) {
    requireInjected(survives(head.replace("items", '"items"') + item + blank + functionConfig()));
    requireInjected(survives(head + item + blank + functionConfig()));
  }
});

test("a name with line breaks can't forge lines of the report", () => {
  const named = deployment().replace("name: web", 'name: "web\\nerror: x\\r\\e[31m\\u2028\\u202e"');
  const { stderr } = run(head + named + functionConfig("    podMonitor: {}\n"));
  assert.match(stderr, /Deployment web\\nerror: x\\u000d\\u001b\[31m\\u2028\\u202e: /);
  assert.doesNotMatch(stderr, /^error: x/m);
});

describe("refuses input that isn't a ResourceList:", () => {
  const cases: Readonly<Record<string, string>> = {
    "nothing at all": "",
    "white space": " \n\t\n\n",
    "a comment": "# nothing\n",
    "a document without content": "---\n...\n",
    "a scalar": "hello\n",
    null: "null\n",
    "a number": "5\n",
    "a list": "- a\n- b\n",
    "an empty mapping": "{}\n",
    "another kind": "apiVersion: v1\nkind: List\nitems: []\n",
    "a manifest": deployment().slice(2).replaceAll("\n  ", "\n"),
    "another apiVersion": list.replace("kubernetes.io/v1", "kubernetes.io/v2"),
    "an apiVersion that is a mapping": list.replace("config.kubernetes.io/v1", "{v: 1}"),
    "a kind that is a list": list.replace("ResourceList", "[{}]"),
    "a duplicate kind": `kind: ResourceList\n${list}`,
    "no items": "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n",
    "items that are null": `${head}${functionConfig()}`,
    "items that are a mapping": `${head}  a: b\n${functionConfig()}`,
    "items that are a scalar": `${head.trimEnd()} text\n`,
    "duplicate items": `${head}${deployment()}${functionConfig()}items: []\n`,
    "an unclosed quote": list.replace("name: web", 'name: "web'),
    "an unclosed bracket": list.replace("selector: {}", "selector: {"),
    "a wrong indentation": list.replace("  kind: Deployment", " kind: Deployment"),
    "an undefined alias": list.replace("name: web", "name: *nothing"),
    "a node that contains itself": list.replace("  spec:", "  spec: &a\n    x: *a"),
  };
  for (const [name, input] of Object.entries(cases)) test(name, () => requireRefused(input, /\[invalid-input\]$/m));
});

describe("refuses several documents:", () => {
  const cases: Readonly<Record<string, string>> = {
    "a list twice": `${list}---\n${list}`,
    "an empty document before the list": `---\n---\n${list}`,
    "another document after the list": `${list}---\na: b\n`,
    "the functionConfig in a separate document": `${head}${deployment()}---\n${functionConfig()}`,
  };
  for (const [name, input] of Object.entries(cases)) test(name, () => requireRefused(input, /single YAML document/));

  test("but accepts one document with markers", () =>
    requireInjected(survives(`%YAML 1.2\n--- # a comment\n${list}...\n`)));
});

describe("cut off at every byte", () => {
  const article = inputOf("article").replace("name: example-hotrod", "name: example-hotrod # 🚀 héllo");
  const [items, config] = [article.indexOf("items:"), article.indexOf("functionConfig:")];
  const cases: Readonly<Record<string, string>> = {
    "the functionConfig last": article,
    "the functionConfig before the items":
      article.slice(0, items) + article.slice(config) + article.slice(items, config),
    "Windows line breaks": article.replaceAll("\n", "\r\n"),
    JSON: inputOf("json-list"),
    "the output of an earlier run": splitResults(run(article).stdout).rest,
  };
  for (const [name, input] of Object.entries(cases)) {
    test(name, () => {
      const bytes = Buffer.from(input);
      for (let length = 0; length < bytes.length; length++) {
        const cut = bytes.subarray(0, length);
        if (isUtf8(cut)) survives(cut.toString());
      }
    });
  }
});

describe("characters", () => {
  const quoted = (text: string) => head + deployment(`          image: "${text}"\n`) + functionConfig();

  test("Windows line breaks, and mixed line breaks", () => {
    requireInjected(survives(list.replaceAll("\n", "\r\n")));
    requireInjected(survives(head.replaceAll("\n", "\r\n") + deployment() + functionConfig()));
  });

  test("a bare CR: refused in an object that would be edited, otherwise passed on", () => {
    const refused = /^error: Deployment shop\/web: .*lines must end with LF or CRLF, not with CR alone\. /;
    const input = list.replace("    name: web\n", "    name: web\r    namespace: shop\n");
    const { stdout, stderr, status } = survives(input);
    assert.equal(status, 1);
    assert.match(stderr, refused);
    assert.equal(splitResults(stdout).rest, input);
    const other = survives(input.replace("selector: {}", "selector: {names: [other]}"));
    assert.equal(other.status, 0);
    const service = "- kind: Service\r  apiVersion: v1\n  metadata:\n    name: web\n";
    requireInjected(survives(head + service + deployment() + functionConfig()));
  });

  test("a byte order mark", () => requireInjected(survives(`\ufeff${list}`)));

  test("tabs: refused as indentation, accepted where YAML allows them", () => {
    requireRefused(list.replace("    name: web", "\tname: web"), /a line is indented with a tab/);
    requireInjected(survives(list.replace("name: web\n", "name:\tweb\t\n")));
    requireInjected(survives(head.replace("items:", "items:\t# tab") + deployment() + functionConfig()));
  });

  test("NUL", () => {
    requireRefused(quoted("\0"), /null byte/);
    requireRefused("\0", /null byte/);
    requireRefused(`${list}\0`, /null byte/);
  });

  test("bytes that are not UTF-8", () => {
    const bytes = Buffer.concat([Buffer.from(quoted("")), Buffer.from([0xff, 0xfe, 0xc3, 0x28])]);
    const { stdout, stderr, status } = runBundle(bytes);
    assert.equal(status, 1);
    assert.equal(splitResults(stdout).rest, unreadable);
    assert.equal(stderr, "error: the input must be UTF-8 [invalid-input]\n");
  });

  test("a line separator, which isn't a line break in YAML", () => {
    requireInjected(survives(`# a comment\u2028items:\n${list}`));
    requireInjected(survives(quoted("a\u2028- b")));
  });

  test("characters that aren't printable in YAML are written as escapes", () => {
    const value = "\\x07 \\x1b[31m \\x7f \\x80 \\x85 \\u2028 \\ufeff \\ufffe";
    const result = survives(head + deployment() + functionConfig(`    pod: {annotations: {note: "${value}"}}\n`));
    requireInjected(result);
    const [web] = getList(load(result.stdout) as Mapping, "items");
    const written = get(web, "spec", "template", "metadata", "annotations", "note");
    assert.equal(written, "\x07 \x1b[31m \x7f \x80 \x85 \u2028 \ufeff \ufffe");
    // YAML 1.2.2, rule 1: c-printable. A host's reader accepts no other character.
    assert.doesNotMatch(result.stdout, /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/);
  });
});

test("a lone surrogate, which YAML can't represent, is refused in the configuration", () => {
  const { stderr, status } = survives(
    head + deployment() + functionConfig(`    pod: {annotations: {note: "\\ud83d"}}\n`),
  );
  assert.equal(status, 1);
  assert.match(stderr, /spec\.pod\.annotations.*\[invalid-config\]/);
});

describe("nesting", () => {
  const deep = 50_000;
  const cases: Readonly<Record<string, string>> = {
    brackets: `${"[".repeat(deep)}${"]".repeat(deep)}`,
    "unclosed brackets": "[".repeat(deep),
    braces: `${"{a: ".repeat(deep)}${"}".repeat(deep)}`,
    dashes: `\n    ${"- ".repeat(deep)}a`,
    "question marks": `\n    ${"? ".repeat(deep)}a`,
  };
  for (const [name, text] of Object.entries(cases)) {
    test(`50,000 ${name}`, () => {
      requireRefused(`${head}- data: ${text}\n${deployment()}${functionConfig()}`, /nested too deeply/);
      requireRefused(`${head}${deployment()}  data: ${text}\n${functionConfig()}`, /nested too deeply/);
      requireRefused(`data: ${text}\n${list}`, /nested too deeply/);
      requireRefused(`${list}data: ${text}\n`, /nested too deeply/);
    });
  }

  test("400 levels are accepted", () => {
    requireInjected(
      survives(`${head}- data: ${"[".repeat(400)}${"]".repeat(400)}\n${deployment()}${functionConfig()}`),
    );
  });
});

describe("keys with a special meaning in JavaScript", () => {
  const keys = ["__proto__", "constructor", "hasOwnProperty", "toString", "valueOf"];
  const flow = (value: string) => `{${keys.map((key) => `${key}: ${value}`).join(", ")}}`;
  const input = `${head}- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: web
    labels: ${flow("x")}
    annotations: ${flow("x")}
    __proto__: {polluted: true}
  spec:
    selector: {matchLabels: ${flow("x")}}
    template:
      metadata: {labels: ${flow("x")}, annotations: ${flow("x")}}
      spec:
        __proto__: {containers: []}
        containers:
${keys.map((key) => `        - {name: ${key}, image: a, __proto__: {name: b}}\n`).join("")}${functionConfig(`
    podMonitor: {}
    app: {env: [${keys.map((key) => `{name: ${key}, value: "1"}`).join(", ")}]}
    agent: {tags: ${flow("tag")}, env: [{name: __proto__, value: a}]}
`)}`;

  test("are keys like any other", () => {
    const result = survives(input);
    requireInjected(result);
    assert.equal(({} as { polluted?: true }).polluted, undefined);
    const [web, monitor] = getList(load(result.stdout) as Mapping, "items");
    const containers = getList(web, "spec", "template", "spec", "containers");
    assert.deepEqual(
      containers.map((container) => get(container, "name")),
      [...keys, "otel-collector"],
    );
    for (const container of containers.slice(0, -1)) {
      assert.deepEqual(
        getList(container, "env").map((variable) => get(variable, "name")),
        keys,
      );
    }
    for (const key of keys) {
      assert.equal(get(monitor, "spec", "selector", "matchLabels", key), "x");
    }
    const tags = getList(collectorConfigOf(containers.at(-1) as Mapping), "processors", "resource", "attributes");
    assert.deepEqual(
      tags.map((tag) => [get(tag, "key"), get(tag, "value")]),
      keys.map((key) => [key, "tag"]),
    );
  });

  test("are unknown fields of the configuration", () => {
    for (const key of keys) {
      const { stderr } = survives(head + deployment() + functionConfig(`    ${key}: {}\n`));
      assert.ok(stderr.includes(`spec.${key}: unknown field`), stderr);
    }
  });
});

describe("duplicate keys", () => {
  test("are passed on where the function doesn't need them", () => {
    requireInjected(
      survives(`${head}- {a: 1, a: 2}\n${deployment("          x: 1\n          x: 2\n")}${functionConfig()}`),
    );
  });

  test("are refused where an edit would be ambiguous", () => {
    const { stderr } = survives(list.replace("    template:", "    template: {}\n    template:"));
    assert.match(stderr, /Deployment web: .*template.* duplicated.* \[invalid-object\]/);
  });

  test("are refused in the configuration", () => {
    const { stderr, status } = survives(
      list.replace("    selector: {}", "    selector: {names: [a]}\n    selector: {}"),
    );
    assert.equal(status, 1);
    assert.match(stderr, /selector.*\[invalid-config\]/);
  });
});

describe("unusual items", () => {
  test("scalars, lists and nulls are passed on, and a workload among them is injected", () => {
    const values = ["5", "text", "null", "~", "", "[]", "[a]", "{}", '"x"', "|\n  text", "- a\n  - b", "&z q", "*z"];
    requireInjected(
      survives(`${head}${values.map((item) => `- ${item}\n`).join("")}${deployment()}-\n${functionConfig()}`),
    );
  });

  for (const name of ["5", "null", '""', "[web]", "{a: b}"]) {
    test(`skips a workload whose name is ${name}`, () => {
      const { stdout } = survives(list.replace("    name: web", `    name: ${name}`));
      assert.match(stdout, /Skipped: it has no name/);
    });
  }

  test("accepts empty elements in a list that it adds to", () => {
    const elements = [
      "-",
      "- ~",
      "- {}",
      "- name:",
      "- name: a\n          resources:",
      "- name: a\n          args:\n          -",
    ];
    for (const element of elements)
      requireInjected(survives(`${head}${deployment()}        ${element}\n${functionConfig()}`));
  });
});

describe("finds a conflicting Secret in any style:", () => {
  const certManager = "{clientCertificate: {certManager: {issuerRef: {name: ca}}}}";
  const config = functionConfig(`    namespace: shop\n`).replace("4317\n", `4317\n      tls: ${certManager}\n`);
  const name = "web-otel-collector-tls";
  const secrets: Readonly<Record<string, string>> = {
    "with data first, as kustomize sorts it": `apiVersion: v1\n  data: {a: YQ==}\n  kind: Secret\n  metadata:\n    name: ${name}`,
    "with another kind in a text of its data": `apiVersion: v1\n  data:\n    a: |\n      kind: List\n  kind: Secret\n  metadata: {name: ${name}}`,
    "in flow style": `{apiVersion: v1, data: {a: YQ==}, kind: Secret, metadata: {name: ${name}}}`,
    "in quotes": `"apiVersion": 'v1'\n  'kind': "Sec\\x72et"\n  "metadata": {"name": "${name}"}`,
    "with explicit keys (?)": `? kind\n  : Secret\n  ? apiVersion\n  : v1\n  metadata: {name: ${name}}`,
    "on the line after its dash": `\n  # a comment\n  kind: Secret # a comment\n  apiVersion: v1\n  metadata:\n    name: ${name}`,
    "with values on separate lines": `kind:\n    Secret\n  apiVersion:\n    v1\n  metadata:\n    name: >-\n      ${name}`,
    "with a merge key": `<<: {kind: Secret, apiVersion: v1}\n  metadata: {name: ${name}}`,
    "with an anchor and tags": `&secret !!map\n  kind: !!str Secret\n  apiVersion: v1\n  metadata: {name: ${name}}`,
  };
  for (const [style, secret] of Object.entries(secrets)) {
    test(style, () => {
      const { stderr } = survives(`${head}- ${secret}\n${deployment()}${config}`);
      assert.match(stderr, /\[conflict-secret\]/);
    });
  }
});
