import { nearest } from "../config/did-you-mean";
import { get, getList, getMapping, getString, isMapping, type Mapping, type Value } from "../yaml/value";
import { type ParsedArguments, UsageError } from "./parse-arguments";
import { schemas } from "./schema";
import type { System } from "./system";

/**
 * The subcommand `explain`: describes a field of a configuration, as `kubectl explain` does.
 *
 * @returns the exit status.
 * @throws UsageError for an unknown field, or more than one.
 */
export function explain(
  { positionals: [field = "TracingSidecar", ...others] }: ParsedArguments,
  system: System,
): number {
  if (others.length > 0) throw new UsageError("explain accepts only one field");
  const path = field.replace(/\[\d*\]/g, "").split(".");
  const [first = ""] = path;
  const kind = Object.hasOwn(schemas, first) ? first : "TracingSidecar";
  const root = JSON.parse(schemas[kind] ?? "{}") as Mapping;
  const names = first === kind ? path.slice(1) : path;
  system.stdout.write(describeField(kind, root, names));
  return 0;
}

function describeField(kind: string, root: Mapping, path: readonly string[]): string {
  let node = resolve(root, root);
  let defaults: readonly string[] = [];
  for (const [i, name] of path.entries()) {
    const fields = fieldsOf(node, root);
    const next = fields.get(name);
    if (next === undefined) throw unknownField(path.slice(0, i + 1), [...fields.keys()]);
    defaults = defaultsOf(node, name, next);
    node = next;
  }
  const last = path.at(-1);
  const children = [...fieldsOf(node, root)].map(
    ([name, child]) =>
      `  ${name}\t<${typeOf(child, root)}>${requires(node, name) ? " -required-" : ""}\n${indented(getString(child, "description") ?? "")}`,
  );
  const values = valuesOf(node, root);
  const sections = [
    `KIND:     ${kind}\nVERSION:  tracing-sidecar.dev/v1alpha1\n`,
    ...(last === undefined ? [] : [`FIELD: ${last} <${typeOf(node, root)}>\n`]),
    `DESCRIPTION:\n${indented(getString(node, "description") ?? "")}`,
    ...(defaults.length === 0 ? [] : [`DEFAULT:\n${defaults.map((text) => indented(text)).join("")}`]),
    ...(values.length === 0 ? [] : [`VALUES:\n${indented(values.map((value) => JSON.stringify(value)).join(", "))}`]),
    ...(children.length === 0 ? [] : [`FIELDS:\n${children.join("\n")}`]),
  ];
  return sections.join("\n");
}

/** Returns the default value of a field, or one for each condition of its mapping, such as ``VALUE with `type: jaeger` ``. */
function defaultsOf(parent: Mapping, name: string, field: Mapping): readonly string[] {
  const conditional = getList(parent, "allOf").flatMap((rule) => {
    const value = get(rule, "then", "properties", name, "default");
    if (value === undefined) return [];
    const conditions = Object.entries(getMapping(rule, "if", "properties"));
    const texts = conditions.map(([key, condition]) => ` with \`${key}: ${getString(condition, "const")}\``);
    return [`${JSON.stringify(value)}${texts.join("")}`];
  });
  const { default: value } = field;
  return value === undefined ? conditional : [JSON.stringify(value)];
}

/** Returns the values that a field, or an element of a list, can have; none if it isn't limited to some. */
function valuesOf(node: Mapping, root: Mapping): readonly Value[] {
  const { items } = node;
  return isMapping(items) ? valuesOf(resolve(items, root), root) : getList(node, "enum");
}

function unknownField(path: readonly string[], names: readonly string[]): UsageError {
  const near = nearest(path.at(-1) ?? "", names);
  const message = `unknown field "${path.join(".")}"`;
  if (near !== undefined)
    return new UsageError(`${message}; did you mean "${[...path.slice(0, -1), near].join(".")}"?`, "");
  if (names.length === 0) return new UsageError(`${message}: "${path.slice(0, -1).join(".")}" has no fields`, "");
  return new UsageError(`${message}; the fields are ${names.join(", ")}`, "");
}

/** Returns a node with what its `$ref` refers to. The node's own keys replace those of the definition. */
function resolve(value: Value | undefined, root: Mapping): Mapping {
  if (!isMapping(value)) return {};
  const name = getString(value, "$ref")?.replace("#/$defs/", "");
  if (name === undefined) return value;
  const definitions = root["$defs"];
  return { ...resolve(isMapping(definitions) ? definitions[name] : undefined, root), ...value };
}

/** Returns the fields of an object, or of the elements of a list, in the order of the schema. */
function fieldsOf(node: Mapping, root: Mapping): Map<string, Mapping> {
  const { properties, items } = node;
  if (isMapping(items)) return fieldsOf(resolve(items, root), root);
  const own = Object.entries(isMapping(properties) ? properties : {});
  const fields = new Map(own.map(([name, child]) => [name, resolve(child, root)] as const));
  for (const branch of ["oneOf", "anyOf"].flatMap((key) => getList(node, key)))
    for (const [name, child] of fieldsOf(resolve(branch, root), root)) if (!fields.has(name)) fields.set(name, child);
  return fields;
}

function typeOf(node: Mapping, root: Mapping): string {
  if (isMapping(node["items"])) return `[]${typeOf(resolve(node["items"], root), root)}`;
  const type = node["type"];
  if (typeof type === "string") return type;
  const types = [
    ...getList(node, "type"),
    ...["oneOf", "anyOf"].flatMap((key) => getList(node, key).map((branch) => typeOf(resolve(branch, root), root))),
  ];
  const named = [...new Set(types.filter((one) => typeof one === "string" && one !== "any"))];
  if (named.length > 0) return named.join(" or ");
  const [value] = getList(node, "enum");
  return value === undefined ? (fieldsOf(node, root).size > 0 ? "object" : "any") : typeof value;
}

function requires(node: Mapping, name: string): boolean {
  return getList(node, "required").includes(name);
}

/** Wraps text at 80 characters, with four spaces before each line. */
function indented(text: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && line.length + word.length > 75) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `    ${one}\n`).join("");
}
