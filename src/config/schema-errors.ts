import type { DefinedError } from "ajv";
import { listAll } from "../kube/message-text";
import { getString, type Value } from "../yaml/value";
import { nearest, unknownValue } from "./did-you-mean";
import { formatPath, fromPointer, isOrdinaryKey, type Path, valueAt } from "./json-path";
import { firstOfEachPath, type Problem, ruleMessage } from "./problem";

type RequiredError = Extract<DefinedError, { readonly keyword: "required" }>;

/** Fields whose values may be secrets. No message quotes a value inside them. */
const mayHoldSecrets: readonly (string | number)[] = [
  "annotations",
  "args",
  "env",
  "exec",
  "headersFrom",
  "httpHeaders",
  "tags",
];

/** The longest value that a message quotes. */
const longestQuote = 80;

/**
 * Converts the errors of a validator that ajv generated to problems for the user, at most one per field.
 *
 * @param data the validated data.
 */
export function toProblems(errors: readonly DefinedError[], data: Value): readonly Problem[] {
  const paths = (keyword: string) =>
    new Set(errors.filter((error) => error.keyword === keyword).map((error) => error.instancePath));
  const [unknown, mistyped] = [paths("additionalProperties"), paths("type")];
  const problems = errors
    .filter((error) => !isDuplicate(error))
    // If a field of a `oneOf` is misspelled, don't also report that it's missing.
    .filter((error) => error.keyword !== "oneOf" || !unknown.has(error.instancePath))
    // If a required field is misspelled, the same.
    .filter((error) => error.keyword !== "required" || !isMisspelled(error, errors))
    // If the type is wrong, no other error about the value helps.
    .filter((error) => error.keyword === "type" || !mistyped.has(error.instancePath))
    .flatMap((error) => missingFields(error, data) ?? [toProblem(error, data)]);
  return firstOfEachPath(problems);
}

/**
 * Returns the problems of an empty mapping (null) that has required fields: those are missing. Undefined for any other
 * error.
 */
function missingFields(error: DefinedError, data: Value): readonly Problem[] | undefined {
  const { required = [] } = (error.parentSchema ?? {}) as Subschema;
  const path = fromPointer(error.instancePath, data);
  const isMapping = error.keyword === "type" && error.params.type === "object";
  if (!isMapping || required.length === 0 || valueAt(path, data) !== null) return undefined;
  // A key may be a secret.
  if (redactPath(path, error, data).length < path.length) return undefined;
  return required.map((field) => {
    const missing = { ...error, keyword: "required", params: { missingProperty: field } } as DefinedError;
    return toProblem(missing, data);
  });
}

/** Reports whether a missing field is probably one that another error reports as unknown. */
function isMisspelled({ instancePath, params }: RequiredError, errors: readonly DefinedError[]): boolean {
  return errors.some(
    (error) =>
      error.keyword === "additionalProperties" &&
      error.instancePath === instancePath &&
      nearest(error.params.additionalProperty, [params.missingProperty]) !== undefined,
  );
}

/** Reports whether an error only repeats another one, or a part of it. */
function isDuplicate(error: DefinedError): boolean {
  return error.keyword === "if" || error.keyword === "propertyNames" || /\/oneOf\/\d+\//.test(error.schemaPath);
}

function toProblem(error: DefinedError, data: Value): Problem {
  const valuePath = fromPointer(error.instancePath, data);
  const fieldPath = [...valuePath, ...relatedKey(error)];
  const shownPath = error.keyword === "required" ? fieldPath : redactPath(fieldPath, error, data);
  const isKey = error.keyword === "additionalProperties" || error.propertyName !== undefined;
  return {
    path: formatPath(shownPath),
    message: messageOf(error, valuePath, data),
    ...(shownPath === fieldPath ? {} : { at: fieldPath }),
    ...(isKey ? { isKey } : {}),
  };
}

/** Cuts a path before the first key that may be a secret. */
function redactPath(path: Path, error: DefinedError, data: Value): Path {
  const sensitive = path.findIndex((key) => mayHoldSecrets.includes(key));
  if (sensitive === -1) return path;
  const hidden = path.findIndex((key, i) => {
    if (i <= sensitive || typeof key === "number") return false;
    const unknown = error.keyword === "additionalProperties" && i === path.length - 1;
    return unknown || isSecretKey(key, path.slice(0, i + 1), data);
  });
  return hidden === -1 ? path : path.slice(0, hidden);
}

/** Reports whether a key may be a secret: one that isn't ordinary or that has no value, because of a missing colon. */
function isSecretKey(key: string, path: Path, data: Value): boolean {
  return !isOrdinaryKey(key) || valueAt(path, data) === null;
}

/** Returns the key that an error is about, inside the value where ajv reports it; otherwise an empty path. */
function relatedKey(error: DefinedError): Path {
  switch (error.keyword) {
    case "required":
      return [error.params.missingProperty];
    case "additionalProperties":
      return [error.params.additionalProperty];
    default:
      return error.propertyName === undefined ? [] : [error.propertyName];
  }
}

/** The parts of the violated subschema that messages need. */
interface Subschema {
  readonly errorMessage?: string;
  readonly patternErrorMessage?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, { readonly examples?: readonly unknown[] }>>;
}

function messageOf(error: DefinedError, path: Path, data: Value): string {
  const schema = (error.parentSchema ?? {}) as Subschema;
  switch (error.keyword) {
    case "additionalProperties":
      return unknownField(error.params.additionalProperty, Object.keys(schema.properties ?? {}));
    case "type":
      return wrongType([error.params.type].flat(), valueAt(path, data) ?? null);
    case "required":
      return (
        schema.errorMessage ??
        `is required${exampleHint(exampleFor(schema.properties?.[error.params.missingProperty]?.examples, data))}`
      );
    case "enum":
      return (
        suggestedValue(error.params.allowedValues, path, data) ??
        withValue(schema.errorMessage ?? `must be ${oneOf(error.params.allowedValues)}`, error, path, data)
      );
    case "pattern":
      return withValue(schema.patternErrorMessage ?? "", error, path, data);
    case "minLength":
      return "must not be empty";
    case "maxLength":
      return `must be at most ${error.params.limit} characters long`;
    case "minimum":
      return withValue(schema.errorMessage ?? `must be at least ${error.params.limit}`, error, path, data);
    case "maximum":
      return withValue(schema.errorMessage ?? "", error, path, data);
    default:
      return schema.errorMessage ?? `must satisfy \`${error.keyword}\` in the schema`;
  }
}

/** Returns the message for a text that is probably a typo of an allowed value; undefined if it isn't. */
function suggestedValue(allowed: readonly unknown[], path: Path, data: Value): string | undefined {
  const value = valueAt(path, data);
  if (typeof value !== "string" || path.some((key) => mayHoldSecrets.includes(key))) return undefined;
  return unknownValue(nounOf(path), value, allowed.map(String));
}

/** Returns what the value at a path is, for messages: `kind` for both `kind` and `kinds[0]`. */
function nounOf(path: Path): string {
  const key = String(path.findLast((step) => typeof step === "string") ?? "value");
  if (typeof path.at(-1) === "number") return key.replace(/s$/, "");
  return key.endsWith("s") ? "value" : key;
}

/** Returns the first example that names the configuration's agent type, or else the first one. */
function exampleFor(examples: readonly unknown[] = [], data: Value): unknown {
  const type = getString(data, "spec", "agent", "type");
  const matching = type === undefined ? undefined : examples.find((example) => JSON.stringify(example).includes(type));
  return matching ?? examples[0];
}

/** Returns an example of a valid value, for the end of a message. */
function exampleHint(example: unknown): string {
  if (example === undefined) return "";
  return `. Example: \`${typeof example === "string" ? example : JSON.stringify(example)}\``;
}

/**
 * Returns the message for an unknown field: it suggests the field that was probably meant, or lists all known fields.
 */
export function unknownField(name: string, known: readonly string[]): string {
  const suggestion = nearest(name, known);
  return suggestion === undefined
    ? `unknown field; known fields: ${known.map((field) => `\`${field}\``).join(", ")}`
    : `unknown field; did you mean "${suggestion}"?`;
}

const typeNames: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  integer: "an integer",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  null: "null",
};

/**
 * Returns the message for a value of the wrong type.
 *
 * @param expected the allowed JSON Schema types.
 */
export function wrongType(expected: readonly string[], value: Value): string {
  const must = `must be ${expected.map((type) => typeNames[type]).join(" or ")}`;
  if (value === null) {
    const empty = expected.includes("object") ? "{}" : expected.includes("array") ? "[]" : undefined;
    return `has no value; it ${must}${empty === undefined ? "" : `. For an empty one, use \`${empty}\``}`;
  }
  const type = Array.isArray(value) ? "array" : typeof value;
  if (type === "number" && expected.includes("integer")) return must;
  const message = `${must}, not ${type === "boolean" ? "a boolean" : typeNames[type]}`;
  const unquoted = expected.includes("string") && (type === "number" || type === "boolean");
  return unquoted ? `${message}: put it in quotes` : message;
}

/** Lists values: `` `a`, `b`, or `c` ``. */
function oneOf(values: readonly unknown[]): string {
  return listAll(
    values.map((value) => `\`${value}\``),
    "or",
  );
}

/** Returns the message for the value at a path that breaks a rule, or for its key if the error is about that. */
function withValue(rule: string, error: DefinedError, path: Path, data: Value): string {
  const key = error.propertyName;
  const mayBeSecret = path.some((step) => mayHoldSecrets.includes(step));
  if (key !== undefined) {
    if (mayBeSecret && isSecretKey(key, [...path, key], data)) return `a key ${rule}`;
    const name = quote(key);
    return name === undefined ? rule : `${name} ${rule}`;
  }
  const value = mayBeSecret ? undefined : quote(valueAt(path, data));
  return value === undefined ? rule : ruleMessage(rule, value);
}

/** Quotes a string or number. Returns undefined for any other value, and if the text is too long for a message. */
function quote(value: Value | undefined): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const text = JSON.stringify(value);
  return text.length > longestQuote ? undefined : text;
}
