import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Ajv } from "ajv";
import { load, loadAll } from "js-yaml";
import { definitions, type Schema, toOpenApi } from "../../scripts/definition";
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

/** A check against the schema of a kind, by a validator that knows nothing of this project. */
function validator(kind: string) {
  const found = all.find(({ definition }) => definition.spec.names.kind === kind);
  assert.ok(found !== undefined, kind);
  const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, keywords: ["example"] });
  const validate = ajv.compile(found.definition.spec.versions[0].schema.openAPIV3Schema);
  return (value: unknown) => (validate(structuredClone(value)) ? [] : (validate.errors ?? []));
}

/** Every configuration of the examples, the documents and the fixtures that the function takes, by where it stands. */
function configurations(): [string, Mapping][] {
  const files = ["examples", "function-config"].flatMap((folder) =>
    [...readTree(join(root, folder))]
      .filter(([path]) => path.endsWith(".yaml"))
      .flatMap(([path, text]) => (loadAll(text) as Value[]).map((value) => [`${folder}/${path}`, value] as const)),
  );
  const fixtures = fixtureNames
    .filter((name) => !/code: invalid-(?:config|input)/.test(readFixture(name, "results.yaml") ?? ""))
    .map((name) => [`fixtures/${name}`, functionConfig(readFixture(name, "input.yaml") ?? "")] as const);
  return [...files, ...fixtures].flatMap(([place, value]) =>
    isMapping(value) && /^(?:TracingSidecar|PrivateCA)$/.test(String(value["kind"])) ? [[place, value]] : [],
  );
}

/** The functionConfig of a list in block style; some of the lists are, on purpose, no good YAML elsewhere. */
function functionConfig(input: string): Value {
  const [section = "{}"] = /^functionConfig:\s*\n(?: .*\n|\n)*/m.exec(input) ?? [];
  const value = load(section) as Value;
  return isMapping(value) ? (value["functionConfig"] ?? null) : null;
}

describe("the schema of a KRMFunctionDefinition", () => {
  test("takes every configuration that the function takes", () => {
    const found = configurations();
    assert.ok(found.length > 100);
    const check = { TracingSidecar: validator("TracingSidecar"), PrivateCA: validator("PrivateCA") };
    for (const [place, value] of found) {
      const kind = value["kind"] as keyof typeof check;
      assert.deepEqual(check[kind](value), [], place);
    }
  });

  const example = load(readFileSync(join(root, "function-config", "jaeger.yaml"), "utf8")) as Mapping;
  const wrong: Readonly<Record<string, (spec: Record<string, unknown>) => void>> = {
    "a required field that is missing": (spec) => delete spec["collector"],
    "a field that is misspelt": (spec) => {
      spec["colector"] = spec["collector"];
    },
    "a text where a mapping belongs": (spec) => {
      spec["collector"] = "jaeger:14250";
    },
    "a text where a boolean belongs": (spec) => {
      spec["strict"] = "yes";
    },
    "a value that is none of the choices": (spec) => {
      spec["agent"] = { type: "zipkin" };
    },
    "two of what must be one": (spec) => {
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
  for (const [what, change] of Object.entries(wrong)) {
    test(`refuses ${what}`, () => {
      const value = structuredClone(example) as { spec: Record<string, unknown> };
      change(value.spec);
      assert.notDeepEqual(validator("TracingSidecar")(value), []);
    });
  }

  for (const { path, definition } of all) {
    test(`in ${path} says one type of each field, and holds what OpenAPI v3 knows`, () => {
      const [{ schema, usage, examples }] = definition.spec.versions;
      mustBeOpenApi(schema.openAPIV3Schema, "");
      for (const file of [usage, ...examples]) assert.ok(existsSync(join(root, file)), file);
    });
  }

  test("leaves out what Go's regular expressions cannot say, and a choice that lost a branch", () => {
    assert.deepEqual(toOpenApi({ type: "string", pattern: "^(?!a)" }), { type: "string" });
    assert.deepEqual(toOpenApi({ oneOf: [{ required: ["a"] }, { if: {} }] }), {});
    assert.throws(() => toOpenApi({ type: "object", unevaluatedProperties: false }), /unevaluatedProperties/);
  });
});

const keywords =
  /^(?:type|description|default|enum|required|m(?:in|ax)(?:Length|Items|imum)|example|pattern|properties|items|not|additionalProperties|oneOf|allOf|anyOf)$/;

/** As Kubernetes wants a structural schema, but for closed mappings: those keep a misspelt field from being lost. */
function mustBeOpenApi(schema: Schema, path: string, isField = true): void {
  for (const keyword of Object.keys(schema)) assert.match(keyword, keywords, path);
  if (isField) assert.ok(typeof schema["type"] === "string" || schema["anyOf"] !== undefined, `${path} has no type`);
  const { properties = {}, items, additionalProperties, not, ...choices } = schema;
  for (const [name, field] of Object.entries(properties as Schema)) mustBeOpenApi(field as Schema, `${path}.${name}`);
  if (items !== undefined) mustBeOpenApi(items as Schema, `${path}[]`);
  if (typeof additionalProperties === "object") mustBeOpenApi(additionalProperties as Schema, `${path}.*`);
  if (not !== undefined) mustBeOpenApi(not as Schema, path, false);
  for (const name of ["oneOf", "allOf", "anyOf"]) {
    for (const branch of (choices[name] ?? []) as Schema[]) mustBeOpenApi(branch, path, name === "anyOf");
  }
}
