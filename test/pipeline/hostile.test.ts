import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { describe, test } from "node:test";
import { load } from "js-yaml";
import { type RunResult, run } from "../../src/pipeline/run";
import { get, getList, type Mapping } from "../../src/yaml/value";
import { codesOf, inputOf, splitResults } from "../support/fixture";
import { deployment, functionConfig, head, survives, unreadable } from "../support/hostile";
import { runBundle } from "../support/run-bundle";

/*
 * Input that nobody means: each gives a clear error or a right answer, never a stack trace, never part of an output.
 * What that means is in `survives`. Wrong types have a file of their own, and so has what must not be told.
 */

function isRefused(input: string, message: RegExp): void {
  const { stdout, stderr, status } = survives(input);
  assert.equal(status, 1);
  assert.match(stderr, message);
  assert.equal(splitResults(stdout).rest, unreadable);
}

function isInjected(result: RunResult): void {
  assert.equal(result.stderr, "");
  assert.ok(codesOf(result).includes("injected"));
}

const whole = head + deployment() + functionConfig();

test("an index that no file has is none", () => {
  for (const index of ["9007199254740991", "9007199254740992", "9".repeat(400), "-1", "1e3"]) {
    const annotations = `    annotations:
      config.kubernetes.io/path: a.yaml
      config.kubernetes.io/index: '${index}'
    labels: {app: web}
`;
    const input = whole.replace("    name: web\n", `    name: web\n    namespace: shop\n${annotations}`);
    const selector = "  spec:\n    selector: {matchLabels: {app: web}}\n";
    isInjected(survives(`${input.replace("  spec:\n", selector)}    podMonitor: {}\n`));
  }
});

test("a workload that is refused is not said to be none", () => {
  const env = "    app: {env: [{name: A, value: one}]}\n";
  const { stdout } = survives(head + deployment("          env:\n          - name: B\n") + functionConfig(env));
  const { stderr, status } = run(stdout.replace("          - name: B\n", "          - name: A\n"));
  assert.equal(status, 1);
  assert.match(stderr, /^error: Deployment web: \S+\[A\] must stand once: [^\n]*\n$/);
});

test("a list that is not told apart by its lines can end with a block scalar", () => {
  const last = "          image: a\n  metadata:\n    name: web\n    annotations:\n      note: |\n        x\n";
  const item = deployment(last).replace("  metadata:\n    name: web\n", "");
  for (const blank of ["", "\n", "  \n\n"]) {
    isInjected(survives(head.replace("items", '"items"') + item + blank + functionConfig()));
    isInjected(survives(head + item + blank + functionConfig()));
  }
});

test("a name of several lines does not forge lines of the report", () => {
  const named = deployment().replace("name: web", 'name: "web\\nerror: x\\r\\e[31m\\u2028"');
  const { stderr } = run(head + named + functionConfig("    podMonitor: {}\n"));
  assert.match(stderr, /Deployment web\\nerror: x\\u000d\\u001b\[31m\\u2028: /);
  assert.doesNotMatch(stderr, /^error: x/m);
});

describe("what is no ResourceList is refused", () => {
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
    "another apiVersion": whole.replace("kubernetes.io/v1", "kubernetes.io/v2"),
    "an apiVersion that is a mapping": whole.replace("config.kubernetes.io/v1", "{v: 1}"),
    "a kind that is a list": whole.replace("ResourceList", "[{}]"),
    "the kind twice": `kind: ResourceList\n${whole}`,
    "no items": "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n",
    "items that are null": `${head}${functionConfig()}`,
    "items that are a mapping": `${head}  a: b\n${functionConfig()}`,
    "items that are a scalar": `${head.trimEnd()} text\n`,
    "items twice": `${head}${deployment()}${functionConfig()}items: []\n`,
    "an unclosed quote": whole.replace("name: web", 'name: "web'),
    "an unclosed bracket": whole.replace("selector: {}", "selector: {"),
    "a wrong indentation": whole.replace("  kind: Deployment", " kind: Deployment"),
    "an alias of nothing": whole.replace("name: web", "name: *nothing"),
    "a node that holds itself": whole.replace("  spec:", "  spec: &a\n    x: *a"),
  };
  for (const [name, input] of Object.entries(cases)) test(name, () => isRefused(input, /\[invalid-input\]$/m));
});

describe("several documents are refused", () => {
  const cases: Readonly<Record<string, string>> = {
    "a list twice": `${whole}---\n${whole}`,
    "an empty one before": `---\n---\n${whole}`,
    "another one behind": `${whole}---\na: b\n`,
    "the functionConfig in one of its own": `${head}${deployment()}---\n${functionConfig()}`,
  };
  for (const [name, input] of Object.entries(cases)) test(name, () => isRefused(input, /single YAML document/));

  test("one with its markers is fine", () => isInjected(survives(`%YAML 1.2\n--- # a comment\n${whole}...\n`)));
});

describe("cut off at every byte", () => {
  const article = inputOf("article").replace("name: example-hotrod", "name: example-hotrod # 🚀 héllo");
  const [items, config] = [article.indexOf("items:"), article.indexOf("functionConfig:")];
  const cases: Readonly<Record<string, string>> = {
    "the functionConfig last": article,
    "the functionConfig before the items":
      article.slice(0, items) + article.slice(config) + article.slice(items, config),
    "line breaks of Windows": article.replaceAll("\n", "\r\n"),
    JSON: inputOf("json-list"),
    "what an earlier run gave": splitResults(run(article).stdout).rest,
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

  test("line breaks of Windows, and both kinds mixed", () => {
    isInjected(survives(whole.replaceAll("\n", "\r\n")));
    isInjected(survives(head.replaceAll("\n", "\r\n") + deployment() + functionConfig()));
  });

  test("a line that ends with CR alone: refused where the object would be edited, passed on where not", () => {
    const refused =
      /^error: Deployment shop\/web: .*a line must end with LF or CRLF, not with CR alone \(line 7, column 14 /;
    const input = whole.replace("    name: web\n", "    name: web\r    namespace: shop\n");
    const { stdout, stderr, status } = survives(input);
    assert.equal(status, 1);
    assert.match(stderr, refused);
    assert.equal(splitResults(stdout).rest, input);
    const other = survives(input.replace("selector: {}", "selector: {names: [other]}"));
    assert.equal(other.status, 0);
    const service = "- kind: Service\r  apiVersion: v1\n  metadata:\n    name: web\n";
    isInjected(survives(head + service + deployment() + functionConfig()));
  });

  test("a byte order mark", () => isInjected(survives(`\ufeff${whole}`)));

  test("tabs: refused as indentation, fine where YAML takes them", () => {
    isRefused(whole.replace("    name: web", "\tname: web"), /tab characters must not be used in indentation/);
    isInjected(survives(whole.replace("name: web\n", "name:\tweb\t\n")));
    isInjected(survives(head.replace("items:", "items:\t# tab") + deployment() + functionConfig()));
  });

  test("NUL", () => {
    isRefused(quoted("\0"), /null byte/);
    isRefused("\0", /null byte/);
    isRefused(`${whole}\0`, /null byte/);
  });

  test("bytes that are not UTF-8", () => {
    const bytes = Buffer.concat([Buffer.from(quoted("")), Buffer.from([0xff, 0xfe, 0xc3, 0x28])]);
    const { stdout, stderr, status } = runBundle(bytes);
    assert.equal(status, 1);
    assert.equal(splitResults(stdout).rest, unreadable);
    assert.equal(stderr, "error: the input must be UTF-8 [invalid-input]\n");
  });

  test("a line separator, which is no line break to YAML", () => {
    isInjected(survives(`# a comment\u2028items:\n${whole}`));
    isInjected(survives(quoted("a\u2028- b")));
  });

  test("what YAML cannot print is escaped where it is written", () => {
    const value = "\\x07 \\x1b[31m \\x7f \\x80 \\x85 \\u2028 \\ufeff \\ufffe";
    const result = survives(head + deployment() + functionConfig(`    pod: {annotations: {note: "${value}"}}\n`));
    isInjected(result);
    const [web] = getList(load(result.stdout) as Mapping, "items");
    const written = get(web, "spec", "template", "metadata", "annotations", "note");
    assert.equal(written, "\x07 \x1b[31m \x7f \x80 \x85 \u2028 \ufeff \ufffe");
    // YAML 1.2.2, rule 1: c-printable. A host's reader takes no other character.
    assert.doesNotMatch(result.stdout, /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/);
  });
});

test("half a character, which no YAML can hold, is refused in the configuration", () => {
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
    "brackets that nothing closes": "[".repeat(deep),
    braces: `${"{a: ".repeat(deep)}${"}".repeat(deep)}`,
    dashes: `\n    ${"- ".repeat(deep)}a`,
    "question marks": `\n    ${"? ".repeat(deep)}a`,
  };
  for (const [name, text] of Object.entries(cases)) {
    test(`50,000 ${name}`, () => {
      isRefused(`${head}- data: ${text}\n${deployment()}${functionConfig()}`, /nesting/);
      isRefused(`${head}${deployment()}  data: ${text}\n${functionConfig()}`, /nesting/);
      isRefused(`data: ${text}\n${whole}`, /nesting/);
      isRefused(`${whole}data: ${text}\n`, /nesting/);
    });
  }

  test("400 levels are none too many", () => {
    isInjected(survives(`${head}- data: ${"[".repeat(400)}${"]".repeat(400)}\n${deployment()}${functionConfig()}`));
  });
});

describe("keys that JavaScript has a meaning for", () => {
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
    agent: {tags: ${flow("tag")}, securityContext: ${flow("{a: b}")}, env: [{name: __proto__, value: a}]}
`)}`;

  test("are keys like any other", () => {
    const result = survives(input);
    isInjected(result);
    assert.equal(({} as { polluted?: true }).polluted, undefined);
    const [web, monitor] = getList(load(result.stdout) as Mapping, "items");
    const containers = getList(web, "spec", "template", "spec", "containers");
    assert.deepEqual(
      containers.map((container) => get(container, "name")),
      [...keys, "jaeger-agent"],
    );
    for (const container of containers.slice(0, -1)) {
      assert.deepEqual(
        getList(container, "env").map((variable) => get(variable, "name")),
        keys,
      );
    }
    for (const key of keys) {
      assert.equal(get(monitor, "spec", "selector", "matchLabels", key), "x");
      assert.deepEqual(get(containers.at(-1), "securityContext", key), { a: "b" });
    }
    assert.match(String(getList(containers.at(-1), "args")[1]), /__proto__=tag,constructor=tag/);
  });

  test("are unknown fields of the configuration", () => {
    for (const key of keys) {
      const { stderr } = survives(head + deployment() + functionConfig(`    ${key}: {}\n`));
      assert.ok(stderr.includes(`spec.${key}: unknown field`), stderr);
    }
  });
});

describe("keys that stand twice", () => {
  test("pass where nobody needs them", () => {
    isInjected(survives(`${head}- {a: 1, a: 2}\n${deployment("          x: 1\n          x: 2\n")}${functionConfig()}`));
  });

  test("are refused where an edit would have to choose", () => {
    const { stderr } = survives(whole.replace("    template:", "    template: {}\n    template:"));
    assert.match(stderr, /Deployment web: .*template.* twice.* \[invalid-object\]/);
  });

  test("are refused in the configuration", () => {
    const { stderr, status } = survives(
      whole.replace("    selector: {}", "    selector: {names: [a]}\n    selector: {}"),
    );
    assert.equal(status, 1);
    assert.match(stderr, /selector.*\[invalid-config\]/);
  });
});

describe("items of every sort", () => {
  test("scalars, lists and nulls pass, and a workload among them is injected", () => {
    const sorts = ["5", "text", "null", "~", "", "[]", "[a]", "{}", '"x"', "|\n  text", "- a\n  - b", "&z q", "*z"];
    isInjected(survives(`${head}${sorts.map((item) => `- ${item}\n`).join("")}${deployment()}-\n${functionConfig()}`));
  });

  for (const name of ["5", "null", '""', "[web]", "{a: b}"]) {
    test(`a workload whose name is ${name}`, () => {
      const { stderr } = survives(whole.replace("    name: web", `    name: ${name}`));
      assert.match(stderr, /must have a name/);
    });
  }

  test("list elements that are empty, in the list that grows", () => {
    const elements = [
      "-",
      "- ~",
      "- {}",
      "- name:",
      "- name: a\n          resources:",
      "- name: a\n          args:\n          -",
    ];
    for (const element of elements)
      isInjected(survives(`${head}${deployment()}        ${element}\n${functionConfig()}`));
  });
});

describe("what matters in an item is seen however it is written", () => {
  const certManager = "{clientCertificate: {certManager: {issuerRef: {name: ca}}}}";
  const config = functionConfig(`    namespace: shop\n`).replace("14250\n", `14250\n      tls: ${certManager}\n`);
  const name = "web-jaeger-agent-tls";
  const secrets: Readonly<Record<string, string>> = {
    "its data first, as kustomize sorts it": `apiVersion: v1\n  data: {a: YQ==}\n  kind: Secret\n  metadata:\n    name: ${name}`,
    "another kind in a text of its data": `apiVersion: v1\n  data:\n    a: |\n      kind: List\n  kind: Secret\n  metadata: {name: ${name}}`,
    "in flow style": `{apiVersion: v1, data: {a: YQ==}, kind: Secret, metadata: {name: ${name}}}`,
    "in quotes": `"apiVersion": 'v1'\n  'kind': "Sec\\x72et"\n  "metadata": {"name": "${name}"}`,
    "its keys marked": `? kind\n  : Secret\n  ? apiVersion\n  : v1\n  metadata: {name: ${name}}`,
    "below its dash": `\n  # a comment\n  kind: Secret # a comment\n  apiVersion: v1\n  metadata:\n    name: ${name}`,
    "in lines of their own": `kind:\n    Secret\n  apiVersion:\n    v1\n  metadata:\n    name: >-\n      ${name}`,
    "by a merge key": `<<: {kind: Secret, apiVersion: v1}\n  metadata: {name: ${name}}`,
    "with an anchor and tags": `&secret !!map\n  kind: !!str Secret\n  apiVersion: v1\n  metadata: {name: ${name}}`,
  };
  for (const [how, secret] of Object.entries(secrets)) {
    test(how, () => {
      const { stderr } = survives(`${head}- ${secret}\n${deployment()}${config}`);
      assert.match(stderr, /\[clash-secret\]/);
    });
  }
});
