import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseValueTemplate } from "../../src/config/value-template";
import type { Value } from "../../src/yaml/value";
import { head, messagesOf, withSpec, yaml } from "../support/sidecar-config";

/** Formats the parts of a value: each variable as `<word>`, or as `<word: variable>` if they differ. */
function partsOf(value: string): string {
  return parseValueTemplate(value)
    .map((part) => {
      if (typeof part === "string") return part;
      return part.word === part.variable ? `<${part.word}>` : `<${part.word}: ${part.variable}>`;
    })
    .join("");
}

describe("a value template", () => {
  const cases: readonly (readonly [value: string, expected: string])[] = [
    ["{name}", "<name>"],
    ["{namespace}/{kind}/{agent}", "<namespace>/<kind>/<agent>"],
    ["{name}{container}", "<name><container>"],
    ['{"a": "{name}", "b": {}}', '{"a": "<name>", "b": {}}'],
    ["{a{name}", "{a<name>"],
    ["#{name}", "#<name>"],
    // Other braces
    ["", ""],
    ["{}", "{}"],
    ["{ name }", "{ name }"],
    ["{name", "{name"],
    ["name}", "name}"],
    ["{name:x}", "{name:x}"],
    ["/users/{id}/{node}/{user_name}/{page}", "/users/{id}/{node}/{user_name}/{page}"],
    ["{toString}{constructor}", "{toString}{constructor}"],
    // Other syntaxes
    ["$" + "{name} %{name} {{name}} {{{name}}}", "$" + "{name} %{name} {{name}} {{{name}}}"],
    ["$" + "{env:name} {{ name }}", "$" + "{env:name} {{ name }}"],
    ["$" + "{Name} %{nmae} {{names}}", "$" + "{Name} %{nmae} {{names}}"],
    ["$" + "{name}{name}", "$" + "{name}<name>"],
    // Typos
    ["{Name}{NAMESPACE}", "<Name: name><NAMESPACE: namespace>"],
    ["{nmae}{nam}{names}{nome}", "<nmae: name><nam: name><names: name><nome: name>"],
    ["{kinds}{agnet}{conatiner}", "<kinds: kind><agnet: agent><conatiner: container>"],
    ["{name-space}{nmespac}{namepsaec}", "<name-space: namespace>{nmespac}<namepsaec: namespace>"],
    ["{game}{time}{event}{link}", "<game: name>{time}{event}{link}"],
    // Escapes
    ["\\{name}", "{name}"],
    ["\\{Name} and {name}", "{Name} and <name>"],
    ["\\\\{name}", "\\<name>"],
    ["\\\\\\{name}", "\\{name}"],
    ["\\\\\\\\{name}", "\\\\<name>"],
    ["\\{id} \\n \\\\ \\", "\\{id} \\n \\\\ \\"],
    ["$" + "\\{name} {\\{name}", "$" + "\\{name} {\\{name}"],
  ];
  for (const [value, expected] of cases) {
    it(JSON.stringify(value), () => assert.equal(partsOf(value), expected));
  }

  it("is parsed in linear time", () => {
    for (const text of ["\\", "{", "{a", "\\{", "{name}", "a"]) {
      const start = performance.now();
      parseValueTemplate(`{${text.repeat(100_000)}}`);
      assert.ok(performance.now() - start < 5_000, text);
    }
  });
});

describe("a misspelled variable", () => {
  const literal = (word: string) => `. For the literal text, write \`\\{${word}}\``;
  const unknown = (word: string, variable: string) => `unknown variable \`{${word}}\`; did you mean \`{${variable}}\`?`;

  it("is an error in the configuration, once for each value", () => {
    assert.deepEqual(
      messagesOf(withSpec('agent: {env: [{name: A, value: "{Name} {nmae}"}, {name: B}, {name: C, value: "{kinds}"}]}')),
      [
        `spec.agent.env[0].value: ${unknown("Name", "name")}${literal("Name").slice(1)}`,
        `spec.agent.env[2].value: ${unknown("kinds", "kind")}${literal("kinds").slice(1)}`,
      ],
    );
  });

  it("is reported together with the other errors, and instead of those about the same label", () => {
    assert.deepEqual(messagesOf(withSpec('strict: 1, pod: {labels: {a: "{nmae}", b: "{cluster}"}}')), [
      `spec.pod.labels.a: ${unknown("nmae", "name")}`,
      "spec.strict: must be true or false, not a number",
      'spec.pod.labels.b: "{cluster}" must not contain braces except in `{name}`, `{namespace}`, `{kind}`, and `{agent}`',
    ]);
  });

  it("is reported without the rest of the value, and without a key that may be a secret", () => {
    const messages = messagesOf(
      withSpec(
        'agent: {tags: {"password:s3cret": "{Name}", a: "s3cret {Name}"}}, app: {env: [{value: "{Name}s3cret"}]}',
      ),
    );
    assert.deepEqual(
      messages.map((message) => message.slice(0, message.indexOf(":"))),
      ["spec.app.env[0].value", "spec.agent.tags", "spec.agent.tags.a", "spec.app.env[0].name"],
    );
    assert.doesNotMatch(messages.join("\n"), /s3cret/);
  });

  it("is reported in names, addresses and paths, without the advice to write braces", () => {
    const withCollector = (collector: string) => yaml(`${head}spec: {selector: {}, collector: {${collector}}}`);
    const withCertificate = (certificate: string) =>
      withCollector(`endpoint: "{nmae}:1", tls: {clientCertificate: {${certificate}}}`);
    const issuer = "issuerRef: {name: ca, kind: ClusterIssuer}";
    const certificate = "spec.collector.tls.clientCertificate";
    const table: [Value, string, string][] = [
      [withSpec('podMonitor: {name: "{nmae}"}'), "spec.podMonitor.name", unknown("nmae", "name")],
      [withSpec('agent: {mountPath: "/{agnet}"}'), "spec.agent.mountPath", unknown("agnet", "agent")],
      [withCertificate('secretName: "a"'), "spec.collector.endpoint", unknown("nmae", "name")],
      [withCertificate('secretName: "{nmae}"'), `${certificate}.secretName`, unknown("nmae", "name")],
      [
        withCertificate(`certManager: {${issuer}, uris: ["a:{Kind}"]}`),
        `${certificate}.certManager.uris[0]`,
        unknown("Kind", "kind"),
      ],
      [
        withCertificate(`csi: {${issuer}, commonName: "$\{POD_NAME}.{nmae}"}`),
        `${certificate}.csi.commonName`,
        unknown("nmae", "name"),
      ],
    ];
    for (const [sidecar, path, message] of table) assert.ok(messagesOf(sidecar).includes(`${path}: ${message}`), path);
    assert.deepEqual(messagesOf(withCollector('endpoint: "{knd}:1"')), [
      'spec.collector.endpoint: must be an address such as `otel-collector:4317`, without spaces, and without braces except in `{name}` and `{namespace}`, not "{knd}:1"',
    ]);
  });

  it("is not an error in other fields", () => {
    assert.deepEqual(messagesOf(withSpec('agent: {args: ["{nmae}"], tags: {"{nmae}": a}, type: jaeger}')), []);
    assert.deepEqual(messagesOf(withSpec('app: {env: [{name: "{nmae}"}]}')), []);
  });

  it("is not looked for in values of the wrong type", () => {
    assert.deepEqual(messagesOf(withSpec("pod: {labels: [a], annotations: {a: {b: c}}}, app: {env: {a: [b]}}")), [
      "spec.app.env: must be a list, not a mapping",
      "spec.pod.labels: must be a mapping, not a list",
      "spec.pod.annotations.a: must be a string, not a mapping",
    ]);
  });
});

it("{container} can be used only in the variables of the app", () => {
  assert.deepEqual(messagesOf(withSpec('app: {env: [{name: A, value: "{container}"}]}')), []);
  assert.deepEqual(messagesOf(withSpec('pod: {annotations: {a: "{container}", b: "\\\\{container}"}}')), [
    "spec.pod.annotations.a: `{container}` can be used only in `spec.app.env`. For the literal text, write `\\{container}`",
  ]);
});
