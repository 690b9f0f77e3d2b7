import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compactValidator } from "./compact-validator";

/** JSON Schema as far as this project uses it. */
interface Schema {
  readonly [keyword: string]: unknown;
}

const root = join(__dirname, "..");
const folder = join(root, "src", "config", "generated");

/** A kind of functionConfig: its schema, and the folder of what is generated from it. */
interface Kind {
  readonly name: string;
  readonly schema: string;
  readonly folder: string;
}

const kinds: readonly Kind[] = [
  { name: "TracingSidecar", schema: "function-config/schema.json", folder: join(folder, "tracing-sidecar") },
  { name: "PrivateCA", schema: "function-config/private-ca.schema.json", folder: join(folder, "private-ca") },
];
const compactor = join(__dirname, "compact-validator.ts");
const outputs = ["validate.ts", "types.ts", "text.ts"];
const noticeOf = ({ schema }: Kind) => `Generated from ${schema} by scripts/generate.ts.`;

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Keywords whose value is a mapping of names to schemas, a list of schemas, or one schema. */
const mappings = ["properties", "$defs"];
const lists = ["allOf", "oneOf"];
const singles = ["items", "additionalProperties", "propertyNames", "if", "then", "else", "not"];

/** The schema with `change` applied to every schema in it, from the leaves up. */
function rewrite(schema: Schema, change: (schema: Schema) => Schema): Schema {
  const within = (keyword: string, value: unknown): unknown => {
    if (mappings.includes(keyword)) {
      return Object.fromEntries(Object.entries(value as Schema).map(([name, entry]) => [name, visit(entry)]));
    }
    if (lists.includes(keyword)) return (value as unknown[]).map(visit);
    return singles.includes(keyword) ? visit(value) : value;
  };
  const visit = (value: unknown): unknown => (isSchema(value) ? rewrite(value, change) : value);
  return change(
    Object.fromEntries(Object.entries(schema).map(([keyword, value]) => [keyword, within(keyword, value)])),
  );
}

const without = (schema: Schema, keywords: readonly string[]): Schema =>
  Object.fromEntries(Object.entries(schema).filter(([keyword]) => !keywords.includes(keyword)));

/** The validator as one file: it fills the defaults in, and reports every problem. */
async function validator(kind: Kind, schema: Schema): Promise<string> {
  const [{ Ajv }, standalone] = await Promise.all([import("ajv"), import("ajv/dist/standalone/index.js")]);
  const notes = ["title", "description"];
  // Without $schema it is compiled as draft-07, whose rules for the keywords used here are those of 2020-12: the code
  // for 2020-12 tracks evaluated properties, which nothing here asks for.
  const bare = without(
    rewrite(schema, (one) => without(one, notes)),
    ["$schema"],
  );
  const ajv = new Ajv({
    allErrors: true,
    useDefaults: true,
    // Functions of their own keep the code small, but lose which key of a mapping was wrong: those of up to three
    // keywords, as all for keys are, stay inline.
    inlineRefs: 3,
    messages: false,
    // An error brings its part of the schema along: that is where its message is.
    verbose: true,
    keywords: ["errorMessage", "patternErrorMessage"],
    strictTypes: false,
    code: { source: true, esm: true },
  });
  const code = compactValidator(standalone.default.default(ajv, ajv.compile(bare)));
  return `// ${noticeOf(kind)}
// @ts-nocheck: plain JavaScript but for its export.
import type { DefinedError } from "ajv";
import type { ${kind.name} } from "./types";
${code}
/** Whether the data is a ${kind.name}. Fills the defaults in, in place; \`errors\` is what the last call found. */
const validator: {
  (data: unknown): data is ${kind.name};
  errors?: readonly DefinedError[] | null;
} = validate;
export default validator;
`;
}

/**
 * The fields that are always there once the validator has filled the defaults in, of a schema whose parts have such
 * lists in `required` already.
 */
function filledFields({ properties = {}, allOf = [], then = {}, else: otherwise = {} }: Schema): string[] {
  const fields = properties as Readonly<Record<string, Schema>>;
  const required = (one: unknown) => ((one as Schema)["required"] ?? []) as string[];
  const eitherWay = required(then).filter((name) => required(otherwise).includes(name));
  const filled = Object.keys(fields).filter((name) => fields[name]?.["default"] !== undefined);
  return [...filled, ...eitherWay, ...(allOf as readonly Schema[]).flatMap(required)];
}

/** The types of what the validator leaves: a field with a default is always there. */
async function types(kind: Kind, schema: Schema): Promise<string> {
  const { compile } = await import("json-schema-to-typescript");
  const typed = rewrite(schema, (one) => {
    const filled = filledFields(one);
    const plain = without(one, ["allOf", "if", "then", "else", "propertyNames", "examples"]);
    if (one["additionalProperties"] === true && one["properties"] === undefined) return { ...plain, tsType: "Mapping" };
    return filled.length === 0 ? plain : { ...plain, required: [...((one["required"] ?? []) as string[]), ...filled] };
  });
  // biome-ignore lint/suspicious/noExplicitAny: the package's type for a schema is that of draft-04
  const text = await compile(typed as any, kind.name, { bannerComment: "", format: false });
  const imported = /\bMapping\b/.test(text) ? 'import type { Mapping } from "../../../yaml/value";\n' : "";
  return `// ${noticeOf(kind)}\n${imported}\n${text}`;
}

/** The schema as it is, for users' editors. */
const textModule = (kind: Kind, text: string) => `// ${noticeOf(kind)}\nexport default ${JSON.stringify(text)};\n`;

/** When a file last changed; an absent one never did. */
const changed = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Writes what is generated from a kind's schema, unless all of it is newer than what it is made from. */
async function generate(kind: Kind): Promise<void> {
  const schemaFile = join(root, kind.schema);
  const newest = Math.max(...[schemaFile, __filename, compactor, join(root, "package-lock.json")].map(changed));
  if (outputs.every((name) => changed(join(kind.folder, name)) > newest)) return;

  const text = readFileSync(schemaFile, "utf8");
  const schema = JSON.parse(text) as Schema;
  const texts = [await validator(kind, schema), await types(kind, schema), textModule(kind, text)];
  rmSync(kind.folder, { recursive: true, force: true });
  mkdirSync(kind.folder, { recursive: true });
  texts.forEach((text, i) => {
    writeFileSync(join(kind.folder, outputs[i] as string), text);
  });
}

Promise.all(kinds.map(generate)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
