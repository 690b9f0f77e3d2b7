import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { EditorState, type Extension, type Text } from "@codemirror/state";
import { hoverTooltip } from "@codemirror/view";
import { defaultsOf, fieldsOf, requires, resolve, typeOf, valuesOf } from "../../src/cli/schema-fields";
import privateCa from "../../src/config/generated/private-ca/text";
import tracingSidecar from "../../src/config/generated/tracing-sidecar/text";
import { getList, getString, type Mapping, type Value } from "../../src/yaml/value";
import { type KeyPosition, keyAt } from "./key-position";

/*
 * Completion and descriptions of the configuration's fields, from its JSON Schema.
 */

/** For the editor of the configuration. */
export const schemaHelp: Extension = [
  EditorState.languageData.of(() => [{ autocomplete: complete }]),
  hoverTooltip((view, offset) => {
    const word = view.state.wordAt(offset);
    const position = keyAt(view.state.doc, view.state.doc.lineAt(offset).number);
    if (word === null || position === undefined) return null;
    const { from, key, parents } = position;
    if (offset < from || offset > from + key.length) return null;
    const field = fieldAt(view.state.doc, [...parents, key]);
    return field === undefined
      ? null
      : { pos: from, end: from + key.length, create: () => ({ dom: descriptionOf(key, field) }) };
  }),
];

/** A field's schema, with the schema that it belongs to, and the defaults that the reference prints. */
interface Field {
  readonly node: Mapping;
  readonly root: Mapping;
  readonly defaults: readonly string[];
}

/** Returns the schema of a field; undefined if it doesn't exist. */
function fieldAt(doc: Text, path: readonly string[]): Field | undefined {
  const root = schemaOf(doc);
  let field: Field = { node: resolve(root, root), root, defaults: [] };
  for (const name of path) {
    const next = fieldsOf(field.node, root).get(name);
    if (next === undefined) return undefined;
    field = { node: next, root, defaults: defaultsOf(field.node, name, next) };
  }
  return field;
}

const schemas = { TracingSidecar: tracingSidecar, PrivateCA: privateCa } as const;
const parsed = new Map<string, Mapping>();

/** Returns the schema for the configuration's kind. */
function schemaOf(doc: Text): Mapping {
  const kind = /^kind:\s*["']?PrivateCA\b/m.test(doc.sliceString(0, 10_000)) ? "PrivateCA" : "TracingSidecar";
  const known = parsed.get(kind) ?? (JSON.parse(schemas[kind]) as Mapping);
  parsed.set(kind, known);
  return known;
}

/** Completes the field or the value at the cursor. */
export function complete(context: CompletionContext): CompletionResult | null {
  const { state, pos } = context;
  const position = keyAt(state.doc, state.doc.lineAt(pos).number);
  if (position === undefined || pos < position.from) return null;
  return position.valueFrom !== undefined && pos >= position.valueFrom
    ? completeValue(context, position, position.valueFrom)
    : completeKey(context, position);
}

const word = /^[\w./:{}-]*$/;

function completeValue(
  context: CompletionContext,
  { parents, key }: KeyPosition,
  valueFrom: number,
): CompletionResult | null {
  const { doc } = context.state;
  const field = fieldAt(doc, [...parents, key]);
  const start = context.matchBefore(/[\w./:{}-]*/)?.from ?? context.pos;
  if (field === undefined || start < valueFrom) return null;
  // In a list in flow style, the value is an element.
  const isElement = doc.sliceString(valueFrom, start).includes("[");
  return { from: start, options: valueOptions(field, isElement), validFor: word };
}

function completeKey({ state, pos, explicit }: CompletionContext, position: KeyPosition): CompletionResult | null {
  const { from, key, parents, siblings, isElement } = position;
  // An empty line at the start of a line is rarely a new key.
  if (pos > from + key.length || (key === "" && !explicit && position.column === 0)) return null;
  const parent = fieldAt(state.doc, parents);
  if (parent === undefined) return null;
  const elements = isElement ? valueOptions(parent, true) : [];
  const options = [...elements, ...fieldOptions(parent, new Set(siblings))];
  return options.length === 0 ? null : { from, options, validFor: word };
}

function fieldOptions({ node, root }: Field, present: ReadonlySet<string>): Completion[] {
  return [...fieldsOf(node, root)]
    .filter(([name]) => !present.has(name))
    .map(([name, field]): Completion => {
      const type = typeOf(field, root);
      const isNested = type === "object" || (type.startsWith("[]") && !/^\[\](?:string|integer)$/.test(type));
      return {
        label: name,
        apply: `${name}:${isNested ? "" : " "}`,
        detail: `${type}${requires(node, name) ? ", required" : ""}`,
        info: () => descriptionOf(name, { node: field, root, defaults: defaultsOf(node, name, field) }),
        boost: requires(node, name) ? 1 : 0,
      };
    });
}

function valueOptions({ node, root, defaults }: Field, isElement: boolean): Completion[] {
  const { items } = node;
  if (isElement && items !== undefined) return valueOptions({ node: resolve(items, root), root, defaults: [] }, false);
  if (items !== undefined) return [];
  const branches = ["oneOf", "anyOf"].flatMap((key) => getList(node, key).map((branch) => resolve(branch, root)));
  const values = [node, ...branches].flatMap((schema) => [
    ...getList(schema, "enum"),
    ...(schema["const"] === undefined ? [] : [schema["const"]]),
    ...(schema["type"] === "boolean" ? [true, false] : []),
  ]);
  const examples = [node["default"], ...getList(node, "examples")].filter(isScalar);
  return [...new Set([...values, ...examples].map(String))].map((value) => ({
    label: value,
    ...(defaults.includes(JSON.stringify(value)) || defaults.includes(value) ? { detail: "default" } : {}),
  }));
}

function isScalar(value: Value | undefined): value is string | number | boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

/** Describes a field. */
function descriptionOf(name: string, { node, root, defaults }: Field): HTMLElement {
  const element = document.createElement("div");
  element.className = "field-description";
  const title = document.createElement("p");
  const code = document.createElement("code");
  code.textContent = name;
  title.append(code, ` ${typeOf(node, root)}`);
  const values = valuesOf(node, root);
  const texts = [
    getString(node, "description") ?? "",
    defaults.length === 0 ? "" : `Default: ${defaults.join("; ")}`,
    values.length === 0 ? "" : `Values: ${values.join(", ")}`,
  ];
  const paragraphs = texts
    .filter((text) => text !== "")
    .map((text) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = text;
      return paragraph;
    });
  element.append(title, ...paragraphs);
  return element;
}
