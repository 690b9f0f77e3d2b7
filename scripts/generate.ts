import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { compactValidator } from "./compact-validator";
import { isSchema, type Schema } from "./json-schema";
import { yamlParser } from "./yaml-parser";

const root = join(__dirname, "..");
const folder = join(root, "src", "config", "generated");

/** A kind of functionConfig. */
interface Kind {
  readonly name: string;
  /** The path of its schema. */
  readonly schema: string;
  /** The folder of the generated files. */
  readonly folder: string;
}

const kinds: readonly Kind[] = [
  { name: "TracingSidecar", schema: "function-config/schema.json", folder: join(folder, "tracing-sidecar") },
  { name: "PrivateCA", schema: "function-config/private-ca.schema.json", folder: join(folder, "private-ca") },
];
const compactor = join(__dirname, "compact-validator.ts");
const outputs = ["validate.ts", "types.ts", "text.ts"];
const noticeOf = ({ schema }: Kind) => `Generated from ${schema} by scripts/generate.ts.`;

/** Keywords whose value is a mapping of names to schemas, a list of schemas, or a schema. */
const mappings = ["properties", "$defs"];
const lists = ["allOf", "oneOf"];
const singles = ["items", "additionalProperties", "propertyNames", "if", "then", "else", "not"];

/** Applies `change` to a schema and every schema in it, innermost first. */
function rewrite(schema: Schema, change: (schema: Schema) => Schema): Schema {
  const visitValue = (keyword: string, value: unknown): unknown => {
    if (mappings.includes(keyword)) {
      return Object.fromEntries(Object.entries(value as Schema).map(([name, entry]) => [name, visit(entry)]));
    }
    if (lists.includes(keyword)) return (value as unknown[]).map(visit);
    return singles.includes(keyword) ? visit(value) : value;
  };
  const visit = (value: unknown): unknown => (isSchema(value) ? rewrite(value, change) : value);
  return change(
    Object.fromEntries(Object.entries(schema).map(([keyword, value]) => [keyword, visitValue(keyword, value)])),
  );
}

const without = (schema: Schema, keywords: readonly string[]): Schema =>
  Object.fromEntries(Object.entries(schema).filter(([keyword]) => !keywords.includes(keyword)));

/** Returns the text of validate.ts: a validator that fills in the defaults and reports every error. */
async function validator(kind: Kind, schema: Schema): Promise<string> {
  const [{ Ajv }, standalone] = await Promise.all([import("ajv"), import("ajv/dist/standalone/index.js")]);
  // The code doesn't need to know the schema's address or version: ajv's default is the same, draft-07.
  const annotations = ["title", "description", "$id", "$schema"];
  const stripped = rewrite(schema, (part) => without(part, annotations));
  const ajv = new Ajv({
    allErrors: true,
    useDefaults: true,
    // Separate functions for referenced schemas keep the code small, but their errors don't contain the wrong key of a
    // mapping. So schemas with up to three keywords, as all those for keys are, stay inline.
    inlineRefs: 3,
    messages: false,
    // Each error contains its subschema, which has its message.
    verbose: true,
    keywords: ["errorMessage", "patternErrorMessage"],
    strictTypes: false,
    code: { source: true, esm: true },
  });
  const code = compactValidator(standalone.default.default(ajv, ajv.compile(stripped)));
  return `// ${noticeOf(kind)}
// @ts-nocheck: plain JavaScript except for its export.
import type { DefinedError } from "ajv";
import type { ${kind.name} } from "./types";
${code}
/** Reports whether the data is a ${kind.name}. Fills in the defaults in place. \`errors\` has the errors of the last call. */
const validator: {
  (data: unknown): data is ${kind.name};
  errors?: readonly DefinedError[] | null;
} = validate;
export default validator;
`;
}

/**
 * Returns the fields that are always set after the validator has filled in the defaults. In the schemas inside this one,
 * `required` must already list such fields.
 */
function filledFields({ properties = {}, allOf = [], then = {}, else: otherwise = {} }: Schema): string[] {
  const fields = properties as Readonly<Record<string, Schema>>;
  const rules = allOf as readonly Schema[];
  const withDefault = Object.keys(fields).filter((name) => fields[name]?.["default"] !== undefined);
  const cases = Object.entries(fields).map(([name, { enum: values = [] }]) =>
    (values as readonly unknown[]).map(
      (value) => rules.find((rule) => comparesWith(rule, name, value))?.["then"] ?? {},
    ),
  );
  return [...withDefault, ...rules.flatMap(required), ...[[then, otherwise], ...cases].flatMap(inEveryBranch)];
}

const required = (schema: unknown) => ((schema as Schema)["required"] ?? []) as string[];

/** Returns the fields that are required in each of the schemas, of which one applies. */
function inEveryBranch([first, ...others]: readonly unknown[]): string[] {
  return required(first ?? {}).filter((name) => others.every((branch) => required(branch).includes(name)));
}

/** Reports whether a rule applies if a field has this value. */
function comparesWith({ if: condition }: Schema, field: string, value: unknown): boolean {
  const properties = (condition as Schema | undefined)?.["properties"] as Readonly<Record<string, Schema>> | undefined;
  return properties?.[field]?.["const"] === value;
}

/** Returns the text of types.ts: the types of validated data, in which a field with a default is always set. */
async function types(kind: Kind, schema: Schema): Promise<string> {
  const { compile } = await import("json-schema-to-typescript");
  const filled = rewrite(schema, (part) => {
    const fields = filledFields(part);
    return fields.length === 0 ? part : { ...part, required: [...required(part), ...fields] };
  });
  const typed = rewrite(filled, (part) => {
    const plain = without(part, ["$id", "allOf", "if", "then", "else", "propertyNames", "examples"]);
    const isOpen = part["additionalProperties"] === true && part["properties"] === undefined;
    return isOpen ? { ...plain, tsType: "Mapping" } : plain;
  });
  // biome-ignore lint/suspicious/noExplicitAny: the package's type for a schema is that of draft-04
  const text = await compile(typed as any, kind.name, { bannerComment: "", format: false });
  const imported = /\bMapping\b/.test(text) ? 'import type { Mapping } from "../../../yaml/value";\n' : "";
  return `// ${noticeOf(kind)}\n${imported}\n${text}`;
}

/** Returns the text of text.ts: the schema as it is, for users' editors. */
const textModule = (kind: Kind, text: string) => `// ${noticeOf(kind)}\nexport default ${JSON.stringify(text)};\n`;

/** Returns when a file was last changed, in milliseconds since 1970; 0 if it doesn't exist. */
const changedAt = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Reports whether all outputs are newer than the sources, this script and the installed packages. */
function areUpToDate(outputs: readonly string[], sources: readonly string[]): boolean {
  const newest = Math.max(...[...sources, __filename, join(root, "package-lock.json")].map(changedAt));
  return outputs.every((file) => changedAt(file) > newest);
}

/** Writes the generated files of a kind, unless they are up to date. */
async function generate(kind: Kind): Promise<void> {
  const schemaFile = join(root, kind.schema);
  const files = outputs.map((name) => join(kind.folder, name));
  if (areUpToDate(files, [schemaFile, compactor])) return;

  const text = readFileSync(schemaFile, "utf8");
  const schema = JSON.parse(text) as Schema;
  const texts = [await validator(kind, schema), await types(kind, schema), textModule(kind, text)];
  rmSync(kind.folder, { recursive: true, force: true });
  mkdirSync(kind.folder, { recursive: true });
  texts.forEach((text, i) => {
    writeFileSync(files[i] as string, text);
  });
}

/** Writes the patched YAML parser, unless it is up to date. */
async function generateParser(): Promise<void> {
  const file = join(root, "src", "yaml", "generated", "parse-events.ts");
  if (areUpToDate([file], [join(__dirname, "yaml-parser.ts")])) return;
  const text = await yamlParser();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

Promise.all([...kinds.map(generate), generateParser()]).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
