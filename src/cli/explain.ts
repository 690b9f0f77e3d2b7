import { nearest } from "../config/did-you-mean";
import { getString, type Mapping } from "../yaml/value";
import { type ParsedArguments, UsageError } from "./parse-arguments";
import { schemas } from "./schema";
import { anyValueOf, defaultsOf, fieldsOf, requires, resolve, typeOf, valuesOf } from "./schema-fields";
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
  const named = Object.keys(schemas).find((one) => one.toLowerCase() === first.toLowerCase());
  const kind = named ?? "TracingSidecar";
  const root = JSON.parse(schemas[kind] ?? "{}") as Mapping;
  const names = named === undefined ? path : path.slice(1);
  system.stdout.write(describeField(kind, root, names, path.slice(0, path.length - names.length)));
  return 0;
}

/** @param prefix what the user wrote before the path: the kind, or nothing. */
function describeField(kind: string, root: Mapping, path: readonly string[], prefix: readonly string[]): string {
  let node = resolve(root, root);
  let defaults: readonly string[] = [];
  let last: string | undefined;
  for (const [i, name] of path.entries()) {
    const fields = fieldsOf(node, root);
    const next = fields.get(name);
    const isMistyped = nearest(name, [...fields.keys()]) !== undefined;
    const value = next === undefined && !isMistyped ? anyValueOf(node, root) : undefined;
    if (value !== undefined) {
      // The rest is a key, which can contain dots, or a path in it.
      last = path.slice(i).join(".");
      node = { description: getString(node, "description") ?? "", ...value };
      defaults = [];
      break;
    }
    if (next === undefined) throw unknownField([...prefix, ...path.slice(0, i + 1)], [...fields.keys()]);
    defaults = defaultsOf(node, name, next);
    node = next;
    last = name;
  }
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

function unknownField(path: readonly string[], names: readonly string[]): UsageError {
  const near = nearest(path.at(-1) ?? "", names);
  const message = `unknown field "${path.join(".")}"`;
  if (near !== undefined)
    return new UsageError(`${message}; did you mean "${[...path.slice(0, -1), near].join(".")}"?`, "");
  if (names.length === 0) return new UsageError(`${message}: "${path.slice(0, -1).join(".")}" has no fields`, "");
  return new UsageError(`${message}; the fields are ${names.join(", ")}`, "");
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
