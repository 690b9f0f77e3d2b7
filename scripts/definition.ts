import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { versionOf } from "./versions";

/*
 * The KRMFunctionDefinition (config.kubernetes.io/v1alpha1) of each kind of functionConfig, as catalogs read it
 * (kyaml `fn/framework/function_definition.go`): its schema is the configuration's own, in OpenAPI v3.
 */

/** JSON Schema, of which each keyword is looked at by its name. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

const root = join(__dirname, "..");

/** What a definition says beside the schema. */
interface Kind {
  readonly schema: string;
  readonly tags: readonly string[];
  /** Documents of the project; a catalog puts the repository's address before them. */
  readonly usage: string;
  readonly examples: readonly string[];
}

const kinds: Readonly<Record<string, Kind>> = {
  "function-config/definition.yaml": {
    schema: "function-config/schema.json",
    tags: ["mutator", "generator"],
    usage: "docs/configuration.md",
    examples: ["examples/hotrod/README.md"],
  },
  "function-config/private-ca.definition.yaml": {
    schema: "function-config/private-ca.schema.json",
    tags: ["generator"],
    usage: "docs/private-ca-configuration.md",
    examples: ["docs/private-ca.md", "examples/hotrod/README.md"],
  },
};

/** Every definition's text, by its path in the project. */
export const definitions: Readonly<Record<string, () => string>> = Object.fromEntries(
  Object.entries(kinds).map(([path, kind]) => [path, () => definition(kind)]),
);

function definition({ schema: path, tags, usage, examples }: Kind): string {
  const schema = JSON.parse(readFileSync(join(root, path), "utf8"));
  const { license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const [group, version] = schema.properties.apiVersion.const.split("/");
  const kind: string = schema.properties.kind.const;
  const object = {
    apiVersion: "config.kubernetes.io/v1alpha1",
    kind: "KRMFunctionDefinition",
    metadata: { name: `${kind.toLowerCase()}.${group}` },
    spec: {
      group,
      names: { kind },
      description: schema.description,
      publisher: "tracing-sidecar",
      tags,
      versions: [
        {
          name: version,
          idempotent: true,
          usage,
          examples,
          license,
          runtime: { container: { image: `localhost/tracing-sidecar:${versionOf(root)}` } },
          schema: { openAPIV3Schema: toOpenApi(schema) },
        },
      ],
    },
  };
  const notice = `# Written by \`npm run reference\` from ${path}: change that, and run the command again.\n`;
  return notice + dump(object, { lineWidth: -1, noRefs: true });
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What OpenAPI v3 has under the same name and in the same sense. */
const kept = [
  "type",
  "description",
  "default",
  "enum",
  "required",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minimum",
  "maximum",
];
/** What it has not, or what only this project's own messages need. */
const dropped = [
  "$schema",
  "$defs",
  "$ref",
  "title",
  "errorMessage",
  "patternErrorMessage",
  "propertyNames",
  "if",
  "then",
  "else",
];

/**
 * A JSON Schema of this project as an OpenAPI v3 schema: references are written out, and what OpenAPI cannot say is
 * left out, so that it allows at least what the schema allows. An unknown keyword throws.
 */
export function toOpenApi(
  schema: Schema,
  definitions = (schema["$defs"] ?? {}) as Readonly<Record<string, Schema>>,
): Schema {
  const convert = (one: unknown) => toOpenApi(one as Schema, definitions);
  const whole = resolve(schema, definitions);
  const { type } = whole;
  // OpenAPI's `type` is one: each of several gets the keywords that say something of it.
  if (Array.isArray(type)) return { anyOf: type.map((one: string) => convert(ofType(whole, one))) };
  const result: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(whole)) {
    if (kept.includes(keyword)) result[keyword] = value;
    else if (keyword === "const") Object.assign(result, { type: type ?? typeof value, enum: [value] });
    else if (keyword === "examples") result["example"] = (value as unknown[])[0];
    else if (keyword === "pattern") Object.assign(result, isPortable(value as string) ? { pattern: value } : {});
    else if (keyword === "properties") result[keyword] = mapValues(value as Schema, convert);
    else if (keyword === "items" || keyword === "not") result[keyword] = convert(value);
    else if (keyword === "additionalProperties") result[keyword] = isSchema(value) ? convert(value) : value;
    else if (keyword === "oneOf" || keyword === "allOf")
      Object.assign(result, nonEmpty(keyword, (value as unknown[]).map(convert)));
    else if (!dropped.includes(keyword)) throw new Error(`no word is said of what ${keyword} is in OpenAPI v3`);
  }
  return result;
}

/** A schema with what it refers to; what it says itself wins. */
function resolve({ $ref, ...own }: Schema, definitions: Readonly<Record<string, Schema>>): Schema {
  if (typeof $ref !== "string") return own;
  const found = definitions[$ref.slice("#/$defs/".length)];
  if (found === undefined) throw new Error(`the schema has no ${$ref}`);
  return { ...resolve(found, definitions), ...own };
}

const ofTypes: Readonly<Record<string, readonly string[]>> = {
  pattern: ["string"],
  minLength: ["string"],
  maxLength: ["string"],
  minimum: ["number"],
  maximum: ["number"],
  properties: ["object"],
  required: ["object"],
  additionalProperties: ["object"],
};

function ofType(schema: Schema, type: string): Schema {
  const entries = Object.entries(schema).filter(([keyword]) => ofTypes[keyword]?.includes(type) ?? true);
  return { ...Object.fromEntries(entries), type };
}

/** Go's regular expressions, with which kyaml checks, look neither ahead nor behind. */
function isPortable(pattern: string): boolean {
  return !/\(\?<?[=!]/.test(pattern);
}

/** The branches of which something is left. */
function nonEmpty(keyword: string, branches: readonly Schema[]): Schema {
  const left = branches.filter((branch) => Object.keys(branch).length > 0);
  // A choice with an empty branch would be another choice.
  if (keyword === "oneOf" && left.length < branches.length) return {};
  return left.length === 0 ? {} : { [keyword]: left };
}

function mapValues(mapping: Schema, change: (value: unknown) => unknown): Schema {
  return Object.fromEntries(Object.entries(mapping).map(([name, value]) => [name, change(value)]));
}
