import type { DefinedError } from "ajv";
import type { Value } from "../yaml/value";
import { nearest } from "./did-you-mean";
import { formatPath, fromPointer, type Path, valueAt } from "./json-path";
import { firstOfEachPath, type Problem } from "./problem";

/** Below these, a value may be a secret: a message never quotes it. */
const mayHoldSecrets: readonly (string | number)[] = ["annotations", "args", "env", "tags"];

/** What a key below them looks like. Anything else, or a key without a value, may be a value whose colon was forgotten. */
const ordinaryKey = /^[A-Za-z0-9._/-]+$/;

/** The longest value that a message quotes. */
const longestQuote = 80;

/** What the validator found in the data, one problem a field, in the user's words. */
export function toProblems(errors: readonly DefinedError[], data: Value): readonly Problem[] {
  const places = (keyword: string) =>
    new Set(errors.filter((error) => error.keyword === keyword).map((error) => error.instancePath));
  const [unknown, mistyped] = [places("additionalProperties"), places("type")];
  const problems = errors
    .filter((error) => !isEcho(error))
    // A misspelled field of a choice is not also a missing one.
    .filter((error) => error.keyword !== "oneOf" || !unknown.has(error.instancePath))
    // Where the type is wrong, nothing else that is said of the value helps.
    .filter((error) => error.keyword === "type" || !mistyped.has(error.instancePath))
    .map((error) => toProblem(error, data));
  return firstOfEachPath(problems);
}

/** Whether an error only says again, or in parts, what another one says. */
function isEcho(error: DefinedError): boolean {
  return error.keyword === "if" || error.keyword === "propertyNames" || /\/oneOf\/\d+\//.test(error.schemaPath);
}

function toProblem(error: DefinedError, data: Value): Problem {
  const place = fromPointer(error.instancePath, data);
  const whole = [...place, ...ownKey(error)];
  const path = formatPath(error.keyword === "required" ? whole : redactPath(whole, error, data));
  return { path, message: messageOf(error, place, data) };
}

/** The path up to the first key that may be a secret. */
function redactPath(path: Path, error: DefinedError, data: Value): Path {
  const zone = path.findIndex((key) => mayHoldSecrets.includes(key));
  if (zone === -1) return path;
  const hidden = path.findIndex((key, i) => {
    if (i <= zone || typeof key === "number") return false;
    const unknown = error.keyword === "additionalProperties" && i === path.length - 1;
    return unknown || isSecretKey(key, path.slice(0, i + 1), data);
  });
  return hidden === -1 ? path : path.slice(0, hidden);
}

function isSecretKey(key: string, path: Path, data: Value): boolean {
  return !ordinaryKey.test(key) || valueAt(path, data) === null;
}

/** The key that an error is about, below the place where it was found. */
function ownKey(error: DefinedError): Path {
  switch (error.keyword) {
    case "required":
      return [error.params.missingProperty];
    case "additionalProperties":
      return [error.params.additionalProperty];
    default:
      return error.propertyName === undefined ? [] : [error.propertyName];
  }
}

/** The part of the schema that an error is about, as far as a message needs it. */
interface Rule {
  readonly errorMessage?: string;
  readonly patternErrorMessage?: string;
  readonly properties?: Readonly<Record<string, { readonly examples?: readonly unknown[] }>>;
}

function messageOf(error: DefinedError, place: Path, data: Value): string {
  const rule = (error.parentSchema ?? {}) as Rule;
  switch (error.keyword) {
    case "additionalProperties":
      return unknownField(error.params.additionalProperty, Object.keys(rule.properties ?? {}));
    case "type":
      return wrongType([error.params.type].flat(), valueAt(place, data));
    case "required":
      return (
        rule.errorMessage ??
        `must be given${exampleHint(rule.properties?.[error.params.missingProperty]?.examples?.[0])}`
      );
    case "enum":
      return `${quote(error, place, data)}${rule.errorMessage ?? `must be ${oneOf(error.params.allowedValues)}`}`;
    case "pattern":
      return `${quote(error, place, data)}${rule.patternErrorMessage}`;
    case "minLength":
      return "must not be empty";
    case "maxLength":
      return `must be at most ${error.params.limit} characters long`;
    case "minimum":
      return `${quote(error, place, data)}${rule.errorMessage ?? `must be at least ${error.params.limit}`}`;
    case "maximum":
      return `${quote(error, place, data)}${rule.errorMessage}`;
    default:
      return rule.errorMessage ?? `must satisfy \`${error.keyword}\` of the schema`;
  }
}

/** How a right value looks, for a message's end. */
function exampleHint(example: unknown): string {
  if (example === undefined) return "";
  return `, such as \`${typeof example === "string" ? example : JSON.stringify(example)}\``;
}

/** What a message says of a field that the schema does not know, with the one that was probably meant. */
export function unknownField(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return meant === undefined
    ? `unknown field; the fields here are ${known.map((field) => `\`${field}\``).join(", ")}`
    : `unknown field; did you mean \`${meant}\`?`;
}

const typeNames: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
};

/** What a message says of a value of another type than the field's. */
export function wrongType(expected: readonly string[], value: Value): string {
  const must = `must be ${expected.map((type) => typeNames[type]).join(" or ")}`;
  if (value === null) {
    const empty = expected.includes("object") ? "{}" : expected.includes("array") ? "[]" : undefined;
    return `${must}, not null${empty === undefined ? "" : `; an empty one is written \`${empty}\``}`;
  }
  const type = Array.isArray(value) ? "array" : typeof value;
  if (type === "number" && expected.includes("integer")) return must;
  const found = `${must}, not ${type === "boolean" ? "a boolean" : typeNames[type]}`;
  const unquoted = expected.includes("string") && (type === "number" || type === "boolean");
  return unquoted ? `${found}: put it in quotes` : found;
}

/** `` `a`, `b` or `c` ``. */
function oneOf(values: readonly unknown[]): string {
  const quoted = values.map((value) => `\`${value}\``);
  return quoted.length < 2 ? quoted.join() : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

/** What stands at a place, or its key where that is what is wrong, in front of what must hold of it. */
function quote(error: DefinedError, place: Path, data: Value): string {
  const name = error.propertyName;
  const value = name ?? valueAt(place, data);
  const mayBeSecret = place.some((key) => mayHoldSecrets.includes(key));
  if (mayBeSecret && name !== undefined && isSecretKey(name, [...place, name], data)) return "a key ";
  const secret = mayBeSecret && name === undefined;
  if (secret || (typeof value !== "string" && typeof value !== "number")) return "";
  const text = JSON.stringify(value);
  return text.length > longestQuote ? "" : `${text} `;
}
