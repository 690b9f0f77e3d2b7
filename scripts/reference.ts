import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromConfigMap } from "../src/config/config-map";
import { resultCodes } from "../src/kube/result-codes";
import { printFlow } from "../src/yaml/print";
import { isMapping, type Mapping, type Value } from "../src/yaml/value";
import { definitions as functionDefinitions } from "./definition";

/*
 * Generates the parts of the documentation that follow from the code. `npm run reference` writes them, and a test checks
 * that they are up to date.
 */

/** A JSON Schema, restricted to the keywords that the schemas of function-config use. */
interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly const?: Value;
  readonly default?: Value;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: Schema;
  readonly items?: Schema;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly errorMessage?: string;
  readonly patternErrorMessage?: string;
  readonly allOf?: readonly Schema[];
  readonly if?: Schema;
  readonly then?: Schema;
  readonly else?: Schema;
}

const root = join(__dirname, "..");
const read = (name: string): Schema => JSON.parse(readFileSync(join(root, "function-config", name), "utf8"));
const sidecar = read("schema.json");
const privateCa = read("private-ca.schema.json");
/** A definition that is in both schemas is the same in both. A test checks that. */
const definitions: Readonly<Record<string, Schema>> = { ...sidecar.$defs, ...privateCa.$defs };

const notice = (source: string) =>
  `<!-- Written by \`npm run reference\` from ${source}: change that, and run the command again. -->\n`;

/** Returns the text of docs/configuration.md. */
export function configurationReference(): string {
  return [
    `# Configuration\n\n${notice("function-config/schema.json and src/config/config-map.ts")}`,
    "The function takes one object as its `functionConfig`, the [command line](command-line.md) as its file: a",
    "`TracingSidecar`, a `ConfigMap` for a few of its settings, or a [`PrivateCA`](private-ca-configuration.md). A field",
    "that is not listed here is an error. Two examples hold every field:",
    "[function-config/jaeger.yaml](../function-config/jaeger.yaml) with the Jaeger agent, and",
    "[function-config/otelcol.yaml](../function-config/otelcol.yaml) with the OpenTelemetry Collector.\n",
    ...section("TracingSidecar", sidecar, 2),
    "## Templates\n",
    "A text that is a template can hold `{name}` and `{namespace}` of the workload, its `{kind}` in lower case, and",
    "`{agent}`, the name of the agent's container. Where a template uses `{namespace}`, and neither the workload nor",
    "`spec.namespace` says it, the function reports an error.\n",
    ...typeSections(sidecar),
    "## ConfigMap\n",
    ...configMapSection(),
  ].join("\n");
}

/** Returns the text of docs/private-ca-configuration.md. */
export function privateCaReference(): string {
  return [
    `# Configuration of a PrivateCA\n\n${notice("function-config/private-ca.schema.json")}`,
    "[private-ca.md](private-ca.md) says what it is for. A field that is not listed here is an error.",
    "[function-config/private-ca.yaml](../function-config/private-ca.yaml) holds every field.\n",
    ...section("PrivateCA", privateCa, 2),
    ...typeSections(privateCa),
  ].join("\n");
}

/** Returns the text of docs/results.md. */
export function resultsReference(): string {
  return [
    `# Results\n\n${notice("src/kube/result-codes.ts")}`,
    "Everything the function says is a result in the list it gives back: a `message`, a `severity`, the object",
    "(`resourceRef`), its file (`file`), the field (`field`), and a code (`tags.code`) from this list. Errors and",
    "warnings are also lines on stderr, since kustomize shows nothing else; kpt shows every result, and writes them to",
    "the folder of `--results-dir`. The [command line](command-line.md) reports them on stderr, or as JSON.\n",
    "With an error the status is 1, and the items come back as they were; of an input that cannot be read, there are",
    "none (`items: []`). With `spec.strict` a warning is an error.\n",
    ...table(
      ["Code", "Severity", "What it says"],
      Object.entries(resultCodes).map(([code, meaning]) => [`\`${code}\``, severityOf(code), meaning]),
    ),
  ].join("\n");
}

/** Returns the severity of all results with a code. */
export function severityOf(code: string): "error" | "warning" | "info" {
  if (/^(?:invalid|clash|partial)-/.test(code)) return "error";
  return code.startsWith("warn-") ? "warning" : "info";
}

/**
 * Returns the section of a mapping with its fields, then the sections of the mappings inside it.
 *
 * @param level that of the heading: 2 for a functionConfig, 3 for a field.
 */
function section(path: string, schema: Schema, level: number): string[] {
  const { description, properties = {}, required = [], ...rules } = resolved(schema);
  const subsections = Object.entries(properties).flatMap(([name, field]) => {
    const mapping = mappingIn(field);
    const isList = resolved(field).items !== undefined;
    const fieldPath = `${level === 2 ? "" : `${path}.`}${name}${isList ? "[]" : ""}`;
    return mapping === undefined ? [] : section(fieldPath, mapping, 3);
  });
  return [
    `${"#".repeat(level)} ${level === 2 ? path : `\`${path}\``}\n`,
    ...(description === undefined ? [] : [`${description}\n`]),
    ...fieldTable(level === 2 ? "" : path, properties, required, rules.allOf),
    ...rulesOf(rules).map((rule) => `${rule}\n`),
    ...subsections,
  ];
}

function fieldTable(
  path: string,
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  choices: readonly Schema[] = [],
): string[] {
  const rows = Object.entries(properties).map(([name, field]) => {
    const fallback = field.default ?? resolved(field).default;
    const preset = required.includes(name)
      ? "required"
      : fallback === undefined
        ? defaultsByChoice(name, choices)
        : code(fallback);
    const text = [resolved(field).description ?? "", ...limitsOf(field)];
    return [`\`${name}\``, typeOf(field, path === "" ? name : `${path}.${name}`), preset, text.join(" ")];
  });
  return table(["Field", "Type", "Default", "What it is"], rows);
}

/** Returns the defaults of a field that depend on another field's value. */
function defaultsByChoice(name: string, choices: readonly Schema[]): string {
  const defaults = choices.flatMap(({ if: condition, then, else: otherwise }) => {
    const [usual, special] = [otherwise, then].map((branch) => branch?.properties?.[name]?.default);
    if (usual === undefined || special === undefined) return [];
    return [`${code(usual)}; ${constantsOf(condition).join(", ")}: ${code(special)}`];
  });
  return defaults.join("; ");
}

/** Returns what a condition compares with, such as `` `type: otelcol` ``. */
function constantsOf(condition: Schema | undefined): string[] {
  return Object.entries(condition?.properties ?? {}).flatMap(([field, { const: value }]) =>
    value === undefined ? [] : [`\`${field}: ${value}\``],
  );
}

function typeSections({ $defs = {} }: Schema): string[] {
  const types = Object.entries($defs).flatMap(([name, type]) => (isInline(type) ? [] : typeSection(name, type)));
  return ["## Types\n", ...types];
}

/** Returns the section of a type that several fields have. */
function typeSection(name: string, type: Schema): string[] {
  const { items, properties } = resolved(type);
  const fields = items === undefined ? undefined : resolved(items);
  return [
    `### ${wordsOf(name)}\n`,
    `${sentence(kindOf(type, "#"))} ${[...limitsOf(type, true), ...rulesOf(fields ?? {})].join(" ")}`.trimEnd(),
    "",
    ...(properties === undefined ? [] : fieldTable(name, properties, resolved(type).required ?? [])),
    ...(fields?.properties === undefined ? [] : fieldTable(name, fields.properties, fields.required ?? [])),
  ];
}

/** Returns a field's mapping if it has a section: the field itself, or the elements of its list. */
function mappingIn(field: Schema): Schema | undefined {
  if (field.$ref !== undefined && !isInline(definition(field.$ref))) return undefined;
  const { items, ...whole } = resolved(field);
  if (items !== undefined) return items.$ref === undefined && items.properties !== undefined ? items : undefined;
  return whole.properties === undefined ? undefined : whole;
}

/** Reports whether a definition is described where it is used. That is a mapping with fields. */
function isInline(type: Schema): boolean {
  return type.properties !== undefined && type.type === "object";
}

function definition(ref: string): Schema {
  const name = ref.slice("#/$defs/".length);
  const found = definitions[name];
  if (found === undefined) throw new Error(`the schemas have no ${ref}`);
  return found;
}

/** Merges a schema over the one that it refers to. */
function resolved({ $ref, ...own }: Schema): Omit<Schema, "$ref"> {
  return $ref === undefined ? own : { ...resolved(definition($ref)), ...own };
}

/** Returns a field's type for a cell of a table. */
function typeOf(field: Schema, path: string): string {
  if (field.$ref !== undefined && !isInline(definition(field.$ref))) return link(field.$ref);
  return kindOf(field, path);
}

function kindOf(field: Schema, path: string): string {
  const { type, items, properties, additionalProperties, const: constant, enum: values } = resolved(field);
  if (constant !== undefined) return code(constant);
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(", ");
  if (items !== undefined) {
    if (items.properties === undefined) return `list of ${typeOf(items, path).replace(/^string$/, "strings")}`;
    return `list of ${mappingIn(field) === undefined || path.startsWith("#") ? "mappings" : `[mappings](#${slug(`${path}[]`)})`}`;
  }
  if (mappingIn(field) !== undefined && type === "object") return `[mapping](#${slug(path)})`;
  if (typeof additionalProperties === "object") return `mapping to ${typeOf(additionalProperties, path)}`;
  const names = [type ?? []].flat().map((name) => (name === "object" ? "mapping" : name));
  return properties !== undefined && names.length === 1 ? "mapping" : names.join(" or ");
}

/**
 * Returns what a value must be beyond its type.
 *
 * @param isDefinition if true, includes what the definition inherits from those that it refers to. Otherwise the section of
 *   a field's type describes that.
 */
function limitsOf(field: Schema, isDefinition = false): string[] {
  const own = isDefinition ? resolved(field) : field;
  const { patternErrorMessage, minLength, maxLength, minimum, additionalProperties, items, then } = own;
  const names = (isDefinition ? chainOf(field) : [field]).flatMap(({ propertyNames }) => propertyNames ?? []);
  const values = typeof additionalProperties === "object" ? additionalProperties : items;
  return [
    ...(patternErrorMessage === undefined ? [] : [sentence(patternErrorMessage)]),
    ...(minLength === undefined ? [] : ["Must not be empty."]),
    ...(maxLength === undefined ? [] : [`At most ${maxLength} characters.`]),
    ...(then?.maxLength === undefined ? [] : [`At most ${then.maxLength} characters when it is expanded.`]),
    ...(minimum === undefined ? [] : [`At least ${minimum}.`]),
    ...names.flatMap(chainOf).flatMap(keyLimit),
    ...(values?.patternErrorMessage === undefined ? [] : [`A value ${values.patternErrorMessage}.`]),
  ];
}

function keyLimit({ pattern = "", patternErrorMessage }: Schema): string[] {
  if (patternErrorMessage === undefined) return [];
  const forbidden = /^\^\(\?!([^|)]+)\$\)$/.exec(pattern)?.[1]?.replaceAll("\\", "");
  return [`${forbidden === undefined ? "A key" : `The key \`${forbidden}\``} ${patternErrorMessage}.`];
}

/** Returns a schema after those that it refers to. */
function chainOf(schema: Schema): Schema[] {
  return schema.$ref === undefined ? [schema] : [...chainOf(definition(schema.$ref)), schema];
}

/** Returns the rules about several fields of a mapping. */
function rulesOf({ allOf = [] }: Schema): string[] {
  return allOf.flatMap((rule) => {
    const { required = [], errorMessage } = rule.then ?? {};
    const conditions = Object.entries(rule.if?.properties ?? {}).flatMap(([name, condition]) =>
      (condition.required ?? []).map((field) => `With \`${name}.${field}\`, `),
    );
    return [
      ...(rule.errorMessage === undefined ? [] : [`It ${rule.errorMessage}.`]),
      ...(errorMessage === undefined ? [] : [`${conditions.join("")}\`${required.join("`, `")}\` ${errorMessage}.`]),
      ...fieldRules(rule.then),
      ...fieldRules(rule.else),
    ];
  });
}

/** Returns the rules of a branch about fields, at any depth. */
function fieldRules(branch: Schema = {}, path = ""): string[] {
  return Object.entries(branch.properties ?? {}).flatMap(([name, { errorMessage, ...below }]) => [
    ...(errorMessage === undefined || errorMessage === branch.errorMessage
      ? []
      : [`\`${path}${name}\` ${errorMessage}.`]),
    ...fieldRules(below, `${path}${name}.`),
  ]);
}

/** An example of each key of the ConfigMap form. */
const configMapExamples: Readonly<Record<string, string>> = {
  name: "tracing",
  collector: "dns:///jaeger-collector:443",
  selector: "tracing=enabled,tier!=batch",
  kinds: "Deployment",
  namespace: "shop",
  issuer: "ClusterIssuer/my-private-ca",
  image: "jaegertracing/jaeger-agent:1.62.0",
  agent: "jaeger",
  imagePullSecret: "dockerhub-credentials",
  podMonitor: "true",
  state: "absent",
};

function configMapSection(): string[] {
  const bare = fromConfigMap({ data: {} }).sidecar;
  const rows = configMapKeys().map((key) => {
    const example = configMapExamples[key];
    if (example === undefined) throw new Error(`the ConfigMap's key ${key} has no example`);
    const { path, value } = difference(bare, fromConfigMap({ data: { [key]: example } }).sidecar);
    return [`\`${key}\``, `\`${key}: ${printFlow(example, false)}\``, `\`${path}: ${printFlow(value, false)}\``];
  });
  return [
    "`kpt fn eval ... -- key=value` and `configMap:` in a Kptfile send a `v1/ConfigMap`. Its `data` stand for fields of",
    "a `TracingSidecar`, and are checked as such. `name` and `collector` are required; `selector` has the syntax of",
    "`kubectl get --selector`, and its absence selects every workload of the kinds.\n",
    ...table(["Key", "Example", "Stands for"], rows),
  ];
}

/** Returns the keys of the ConfigMap form. They are in the message for an unknown key. */
function configMapKeys(): string[] {
  const [problem] = fromConfigMap({ data: { unknownKeyOfTheReference: "" } }).problems;
  return [...(problem?.message ?? "").matchAll(/`(\w+)`/g)].map(([, key]) => key as string);
}

/** Returns the innermost path that contains every difference between two values, and the second value there. */
function difference(one: Value, other: Value, path: readonly string[] = []): { path: string; value: Value } {
  const at = (value: Value, key: string) => (value as Mapping)[key];
  if (isMapping(one) && isMapping(other)) {
    const [key, ...others] = Object.keys(other).filter(
      (name) => JSON.stringify(at(one, name)) !== JSON.stringify(at(other, name)),
    );
    if (key !== undefined && others.length === 0 && at(one, key) !== undefined) {
      return difference(at(one, key) as Value, at(other, key) as Value, [...path, key]);
    }
    if (key !== undefined && others.length === 0) {
      return { path: [...path, key].join("."), value: at(other, key) as Value };
    }
  }
  return { path: path.join("."), value: other };
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line), ""];
}

function code(value: Value): string {
  return `\`${typeof value === "string" ? value : printFlow(value, false)}\``;
}

function link(ref: string): string {
  const words = wordsOf(ref.slice("#/$defs/".length));
  return `[${words}](#${slug(words)})`;
}

/** `subdomainTemplate` as `subdomain template`. */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Returns the anchor of a heading. */
export function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Functions that return the text of a generated file, by its path in the project. */
export const references: Readonly<Record<string, () => string>> = {
  "docs/configuration.md": configurationReference,
  "docs/private-ca-configuration.md": privateCaReference,
  "docs/results.md": resultsReference,
  ...functionDefinitions,
};

function write(): void {
  mkdirSync(join(root, "docs"), { recursive: true });
  for (const [path, text] of Object.entries(references)) writeFileSync(join(root, path), text());
}

if (require.main === module) write();
