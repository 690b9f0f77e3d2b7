import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Ajv } from "ajv";
import { load, loadAll } from "js-yaml";
import { definitions, toOpenApi } from "../../scripts/definition";
import type { Schema } from "../../scripts/json-schema";
import { isMapping, type Mapping, type Value } from "../../src/yaml/value";
import { readTree, root } from "../hosts/support";
import { fixtureNames, readFixture } from "../support/fixture";

interface Definition {
  readonly spec: {
    readonly names: { readonly kind: string };
    readonly versions: readonly [
      {
        readonly usage: string;
        readonly examples: readonly string[];
        readonly schema: { readonly openAPIV3Schema: Schema };
      },
    ];
  };
}

const all = Object.entries(definitions).map(([path, text]) => ({ path, definition: load(text()) as Definition }));

/** Returns a function that validates a value against the schema of a kind, with an independent validator. */
function validator(kind: string) {
  const match = all.find(({ definition }) => definition.spec.names.kind === kind);
  assert.ok(match !== undefined, kind);
  const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, keywords: ["example"] });
  const validate = ajv.compile(match.definition.spec.versions[0].schema.openAPIV3Schema);
  return (value: unknown) => (validate(structuredClone(value)) ? [] : (validate.errors ?? []));
}

/** Returns every valid configuration of the examples, function-config/ and the fixtures, each with its file or fixture. */
function configurations(): [string, Mapping][] {
  const files = ["examples", "function-config"].flatMap((folder) =>
    [...readTree(join(root, folder))]
      // The templates of a chart aren't YAML.
      .filter(([path]) => path.endsWith(".yaml") && !path.includes("/templates/"))
      .flatMap(([path, text]) => (loadAll(text) as Value[]).map((value) => [`${folder}/${path}`, value] as const)),
  );
  const fixtures = fixtureNames
    .filter((name) => !/code: invalid-(?:config|input)/.test(readFixture(name, "results.yaml") ?? ""))
    .map((name) => [`fixtures/${name}`, functionConfig(readFixture(name, "input.yaml") ?? "")] as const);
  return [...files, ...fixtures].flatMap(([place, value]) =>
    isMapping(value) && /^(?:TracingSidecar|PrivateCA)$/.test(String(value["kind"])) ? [[place, value]] : [],
  );
}

/** Returns the functionConfig of a list in block style. The rest isn't parsed: some fixtures aren't valid YAML. */
function functionConfig(input: string): Value {
  const [section = "{}"] = /^functionConfig:\s*\n(?: .*\n|\n)*/m.exec(input) ?? [];
  const value = load(section) as Value;
  return isMapping(value) ? (value["functionConfig"] ?? null) : null;
}

describe("the schema of a KRMFunctionDefinition", () => {
  test("accepts every configuration that the function accepts", () => {
    const valid = configurations();
    assert.ok(valid.length > 100);
    const check = { TracingSidecar: validator("TracingSidecar"), PrivateCA: validator("PrivateCA") };
    for (const [place, value] of valid) {
      const kind = value["kind"] as keyof typeof check;
      assert.deepEqual(check[kind](value), [], place);
    }
  });

  const example = load(readFileSync(join(root, "function-config", "jaeger.yaml"), "utf8")) as Mapping;
  const invalid: Readonly<Record<string, (spec: Record<string, unknown>) => void>> = {
    "a missing required field": (spec) => delete spec["collector"],
    "a misspelled field": (spec) => {
      spec["colector"] = spec["collector"];
    },
    "a string instead of a mapping": (spec) => {
      spec["collector"] = "jaeger:14250";
    },
    "a string instead of a boolean": (spec) => {
      spec["strict"] = "yes";
    },
    "a value that isn't one of the choices": (spec) => {
      spec["agent"] = { type: "zipkin" };
    },
    "two fields of which only one is allowed": (spec) => {
      const issuerRef = { name: "my-private-ca" };
      spec["collector"] = {
        endpoint: "jaeger:14250",
        tls: { clientCertificate: { secretName: "tls", certManager: { issuerRef } } },
      };
    },
    "a tag that is a list": (spec) => {
      spec["agent"] = { tags: { cluster: ["eu"] } };
    },
  };
  for (const [name, change] of Object.entries(invalid)) {
    test(`rejects ${name}`, () => {
      const value = structuredClone(example) as { spec: Record<string, unknown> };
      change(value.spec);
      assert.notDeepEqual(validator("TracingSidecar")(value), []);
    });
  }

  for (const { path, definition } of all) {
    test(`in ${path} has one type per field, and only keywords of OpenAPI v3`, () => {
      const [{ schema, usage, examples }] = definition.spec.versions;
      requireOpenApi(schema.openAPIV3Schema, "");
      for (const file of [usage, ...examples]) assert.ok(existsSync(join(root, file)), file);
    });
  }

  test("omits patterns that Go's regular expressions don't support, and choices that lose a branch", () => {
    assert.deepEqual(toOpenApi({ type: "string", pattern: "^(?!a)" }), { type: "string" });
    assert.deepEqual(toOpenApi({ oneOf: [{ required: ["a"] }, { if: {} }] }), {});
    assert.throws(() => toOpenApi({ type: "object", unevaluatedProperties: false }), /unevaluatedProperties/);
  });
});

const keywords =
  /^(?:type|description|default|enum|required|m(?:in|ax)(?:Length|Items|imum)|example|pattern|properties|items|not|additionalProperties|oneOf|allOf|anyOf)$/;

/**
 * Checks Kubernetes' rules for structural schemas, except that mappings may be closed, so that a misspelled field isn't
 * silently ignored.
 */
function requireOpenApi(schema: Schema, path: string, isField = true): void {
  for (const keyword of Object.keys(schema)) assert.match(keyword, keywords, path);
  if (isField) assert.ok(typeof schema["type"] === "string" || schema["anyOf"] !== undefined, `${path} has no type`);
  const { properties = {}, items, additionalProperties, not, ...choices } = schema;
  for (const [name, field] of Object.entries(properties as Schema)) requireOpenApi(field as Schema, `${path}.${name}`);
  if (items !== undefined) requireOpenApi(items as Schema, `${path}[]`);
  if (typeof additionalProperties === "object") requireOpenApi(additionalProperties as Schema, `${path}.*`);
  if (not !== undefined) requireOpenApi(not as Schema, path, false);
  for (const name of ["oneOf", "allOf", "anyOf"]) {
    for (const branch of (choices[name] ?? []) as Schema[]) requireOpenApi(branch, path, name === "anyOf");
  }
}
