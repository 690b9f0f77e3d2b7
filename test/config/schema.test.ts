import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { agentTypeNames } from "../../src/plan/agents/index";
import { isMapping, type Value } from "../../src/yaml/value";
import { messagesOf, withSpec, yaml } from "../support/sidecar-config";

const folder = join(__dirname, "..", "..", "function-config");
/** The example of each agent type. */
const examples = agentTypeNames.map((type) => [type, readFileSync(join(folder, `${type}.yaml`), "utf8")] as const);
const schema = JSON.parse(readFileSync(join(folder, "schema.json"), "utf8")) as Value;

const certManager = "spec.collector.tls.clientCertificate.certManager";

describe("the schema", () => {
  /** Yields every field with its path. In a path, `[]` stands for the elements of a list and `*` for any key. */
  function* fieldsOf(node: Value | undefined, path: string): Generator<[string, Value]> {
    if (!isMapping(node)) return;
    const ref = node["$ref"];
    if (typeof ref === "string") {
      const target = ref
        .split("/")
        .slice(1)
        .reduce<Value | undefined>((current, key) => (isMapping(current) ? current[key] : undefined), schema);
      yield* fieldsOf(target, path);
    }
    for (const [name, field] of Object.entries(isMapping(node["properties"]) ? node["properties"] : {})) {
      const fieldPath = path === "" ? name : `${path}.${name}`;
      yield [fieldPath, field];
      yield* fieldsOf(field, fieldPath);
    }
    yield* fieldsOf(node["items"], `${path}[]`);
    yield* fieldsOf(node["additionalProperties"], `${path}.*`);
  }

  /** Yields the paths of the fields in data, in the same form. */
  function* fieldsIn(value: Value | undefined, path: string): Generator<string> {
    if (Array.isArray(value)) for (const entry of value) yield* fieldsIn(entry, `${path}[]`);
    if (!isMapping(value)) return;
    for (const [name, entry] of Object.entries(value)) {
      const fieldPath = path === "" ? name : `${path}.${name}`;
      yield fieldPath;
      yield* fieldsIn(entry, fieldPath);
      yield* fieldsIn(entry, `${path}.*`);
    }
  }

  const all = [...fieldsOf(schema, "")];
  const probes = ["spec.agent.livenessProbe", "spec.agent.startupProbe"];

  it("describes every field", () => {
    const missing = all.filter(([, field]) => !isMapping(field) || typeof field["description"] !== "string");
    assert.deepEqual(missing, []);
    assert.ok(all.length > 60);
  });

  it("allows unknown fields only in a few mappings", () => {
    const agent = ["spec.agent.config", "spec.agent.securityContext", "spec.agent.env[].valueFrom"];
    const handlers = probes.flatMap((probe) =>
      ["exec", "grpc", "httpGet", "tcpSocket"].map((handler) => `${probe}.${handler}`),
    );
    const open = [
      "metadata",
      `${certManager}.patch`,
      "spec.podMonitor.patch",
      ...agent,
      ...handlers,
      "spec.app.env[].valueFrom",
    ];
    const found = all.filter(([, field]) => isMapping(field) && field["additionalProperties"] === true);
    assert.deepEqual(found.map(([path]) => path).sort(), open.sort());
  });

  const csi = "spec.collector.tls.clientCertificate.csi";
  /** Fields that can't be used together with others, or are in a list that is empty in the examples. */
  const commented = [
    "spec.selector.matchExpressions[].key",
    "spec.selector.matchExpressions[].operator",
    "spec.selector.matchExpressions[].values",
    "spec.selector.podLabels.matchExpressions",
    "spec.selector.podLabels.matchExpressions[].key",
    "spec.selector.podLabels.matchExpressions[].operator",
    "spec.selector.podLabels.matchExpressions[].values",
    "spec.collector.tls.ca.fromClientCertificate",
    `${certManager}.privateKey.encoding`,
    `${certManager}.privateKey.rotationPolicy`,
    "spec.collector.tls.clientCertificate.secretName",
    ...[
      "",
      ".issuerRef",
      ".issuerRef.name",
      ".issuerRef.kind",
      ".issuerRef.group",
      ".commonName",
      ".uris",
      ".dnsNames",
      ".duration",
    ].map((field) => csi + field),
    "spec.agent.env[].name",
    "spec.agent.env[].value",
    "spec.agent.env[].valueFrom",
    ...probes.flatMap((probe) => ["exec", "grpc", "tcpSocket"].map((handler) => `${probe}.${handler}`)),
    "spec.app.env[].valueFrom",
  ];
  const missingIn = (text: string) => {
    const present = new Set(fieldsIn(yaml(text), ""));
    return all.map(([path]) => path).filter((path) => !present.has(path));
  };

  it("has only fields that are in an example, but for those that can't be", () => {
    const missing = examples.map(([, text]) => missingIn(text));
    const inAll = (missing[0] ?? []).filter((path) => missing.every((paths) => paths.includes(path)));
    assert.deepEqual(inAll.sort(), commented.sort());
  });

  for (const [type, text] of examples) {
    it(`has the other fields as comments in the example for ${type}`, () => {
      const comments = text.split("\n").filter((line) => /^ *# /.test(line));
      const missing = commented.filter((field) => missingIn(text).includes(field));
      assert.ok(missing.length > 10, String(missing.length));
      for (const path of missing) {
        const name = path.slice(path.lastIndexOf(".") + 1);
        assert.ok(
          comments.some((line) => new RegExp(`[ {]${name}:(?: |$)`).test(line)),
          path,
        );
      }
    });

    it(`accepts the example for ${type}`, () => assert.deepEqual(messagesOf(yaml(text)), []));
  }

  it("accepts its own examples and defaults", () => {
    const required = withSpec("");
    assert.deepEqual(messagesOf(required), []);
    let values = 0;
    for (const [path, field] of all) {
      const value = isMapping(field)
        ? (field["default"] ?? (field["examples"] as readonly Value[] | undefined)?.[0])
        : undefined;
      if (value === undefined || !path.startsWith("spec.") || path.includes("[") || path.includes("*")) continue;
      const parts = path.split(".");
      const nested = parts.reduceRight<Value>((inner, key) => ({ [key]: inner }), value);
      const own = messagesOf(merge(required, nested)).filter((message) => message.startsWith(`${path}:`));
      assert.deepEqual(own, [], path);
      values++;
    }
    assert.ok(values > 30, String(values));
  });
});

/** Merges two mappings. The second takes precedence. */
function merge(one: Value | undefined, other: Value): Value {
  if (!isMapping(one) || !isMapping(other)) return other;
  return { ...one, ...Object.fromEntries(Object.entries(other).map(([key, entry]) => [key, merge(one[key], entry)])) };
}
