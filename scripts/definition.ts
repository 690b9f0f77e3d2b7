import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { versionOf } from "./versions";

/*
 * Generates the KRMFunctionDefinition (config.kubernetes.io/v1alpha1) of each kind of functionConfig for catalogs (kyaml
 * `fn/framework/function_definition.go`). Its schema is that of the functionConfig, converted to OpenAPI v3.
 */

/** A JSON Schema, by keyword. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

const root = join(__dirname, "..");

/** A kind of functionConfig. */
interface Kind {
  /** The path of its JSON Schema. */
  readonly schema: string;
  readonly tags: readonly string[];
  /** A path in the project, as `examples` are. A catalog prepends the repository's URL. */
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

/** Functions that return a definition's text, by its path in the project. */
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

/** Keywords with the same meaning in OpenAPI v3. */
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

/** Keywords that OpenAPI v3 doesn't have, or that only messages of this project need. */
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
 * Converts a JSON Schema of this project to an OpenAPI v3 schema. References are resolved. What OpenAPI can't express is
 * omitted, so that the result allows everything that the schema allows, and possibly more.
 *
 * @param definitions the schemas that `$ref` can refer to.
 * @throws Error if the schema has an unknown keyword.
 */
export function toOpenApi(
  schema: Schema,
  definitions = (schema["$defs"] ?? {}) as Readonly<Record<string, Schema>>,
): Schema {
  const convert = (part: unknown) => toOpenApi(part as Schema, definitions);
  const whole = resolve(schema, definitions);
  const { type } = whole;
  // OpenAPI's `type` is a single one. Each branch gets the keywords that apply to its type.
  if (Array.isArray(type)) return { anyOf: type.map((name: string) => convert(ofType(whole, name))) };
  return Object.assign({}, ...Object.keys(whole).map((keyword) => convertKeyword(keyword, whole, convert)));
}

/** Converts one keyword of a schema, and the schemas in its value by `convert`. */
function convertKeyword(keyword: string, schema: Schema, convert: (schema: unknown) => Schema): Schema {
  const value = schema[keyword];
  switch (keyword) {
    case "const":
      return { type: schema["type"] ?? typeof value, enum: [value] };
    case "examples":
      return { example: (value as unknown[])[0] };
    case "pattern":
      return isPortable(value as string) ? { pattern: value } : {};
    case "properties":
      return { properties: mapValues(value as Schema, convert) };
    case "items":
    case "not":
      return { [keyword]: convert(value) };
    case "additionalProperties":
      return { additionalProperties: isSchema(value) ? convert(value) : value };
    case "oneOf":
    case "allOf":
      return nonEmpty(keyword, (value as unknown[]).map(convert));
    default:
      if (kept.includes(keyword)) return { [keyword]: value };
      if (dropped.includes(keyword)) return {};
      throw new Error(`the keyword ${keyword} has no conversion to OpenAPI v3`);
  }
}

/** Merges a schema over the one that it refers to. */
function resolve({ $ref, ...own }: Schema, definitions: Readonly<Record<string, Schema>>): Schema {
  if (typeof $ref !== "string") return own;
  const found = definitions[$ref.slice("#/$defs/".length)];
  if (found === undefined) throw new Error(`the schema has no ${$ref}`);
  return { ...resolve(found, definitions), ...own };
}

/** The types that a keyword applies to. Other keywords apply to every type. */
const typesByKeyword: Readonly<Record<string, readonly string[]>> = {
  pattern: ["string"],
  minLength: ["string"],
  maxLength: ["string"],
  minimum: ["number"],
  maximum: ["number"],
  properties: ["object"],
  required: ["object"],
  additionalProperties: ["object"],
};

/** Restricts a schema that allows several types to one of them. */
function ofType(schema: Schema, type: string): Schema {
  const entries = Object.entries(schema).filter(([keyword]) => typesByKeyword[keyword]?.includes(type) ?? true);
  return { ...Object.fromEntries(entries), type };
}

/** Reports whether a pattern works with Go's regular expressions, which kyaml uses: they have no lookaround. */
function isPortable(pattern: string): boolean {
  return !/\(\?<?[=!]/.test(pattern);
}

/** Returns the keyword with its branches, without those that are empty after the conversion. */
function nonEmpty(keyword: string, branches: readonly Schema[]): Schema {
  const remaining = branches.filter((branch) => Object.keys(branch).length > 0);
  // A `oneOf` without one of its branches would reject values that the schema allows.
  if (keyword === "oneOf" && remaining.length < branches.length) return {};
  return remaining.length === 0 ? {} : { [keyword]: remaining };
}

function mapValues(mapping: Schema, change: (value: unknown) => unknown): Schema {
  return Object.fromEntries(Object.entries(mapping).map(([name, value]) => [name, change(value)]));
}
