import { listAll } from "../kube/message-text";
import type { NameRule } from "../kube/name-rules";
import { isList, isMapping, type Value } from "../yaml/value";
import { nearest } from "./did-you-mean";
import { formatPath, isOrdinaryKey, type Path } from "./json-path";
import type { Problem } from "./problem";
import { unknownField, wrongType } from "./schema-errors";

/*
 * Rules for parts of API objects that the user provides verbatim, such as the rest of a Certificate's spec. They aren't in
 * the schema of the configuration, because they are fields of another API. No message quotes a value, because it could
 * be a secret.
 */

/** Returns a problem for each violation of an API's rules in a value. */
export type ApiRule = (value: Value, path: Path) => readonly Problem[];

const problem = (path: Path, message: string): readonly Problem[] => [{ path: formatPath(path), message }];

/**
 * Returns a problem with a key.
 *
 * @param shown the path for messages, if the key may be a secret.
 */
function keyProblem(path: Path, message: string, shown = path): readonly Problem[] {
  return [{ path: formatPath(shown), message, isKey: true, ...(shown === path ? {} : { at: path }) }];
}

/** True or false. */
export const flag: ApiRule = (value, path) =>
  typeof value === "boolean" ? [] : problem(path, wrongType(["boolean"], value));

/** Any text. */
export const text: ApiRule = (value, path) =>
  typeof value === "string" ? [] : problem(path, wrongType(["string"], value));

/** A text that matches a pattern. `description` completes "must be". */
export function textLike(pattern: RegExp, description: string): ApiRule {
  return (value, path) => {
    const mistyped = text(value, path);
    return mistyped.length > 0 || pattern.test(String(value)) ? mistyped : problem(path, `must be ${description}`);
  };
}

/** Any non-empty string. */
export const notEmpty: ApiRule = textLike(/./s, "a non-empty string");

/** One of these texts. */
export function choice(...values: readonly string[]): ApiRule {
  return (value, path) => {
    if (typeof value !== "string") return problem(path, wrongType(["string"], value));
    if (values.includes(value)) return [];
    const suggestion = nearest(value, values);
    const rule = `must be ${listAll(
      values.map((one) => `\`${one}\``),
      "or",
    )}`;
    return problem(path, suggestion === undefined ? rule : `unknown value; did you mean "${suggestion}"?`);
  };
}

/** An integer within limits, which are inclusive. */
export function integer(least: number, most = Number.MAX_SAFE_INTEGER): ApiRule {
  return (value, path) => {
    if (!Number.isInteger(value)) return problem(path, wrongType(["integer"], value));
    if (Number(value) < least) return problem(path, `must be at least ${least}`);
    return Number(value) > most ? problem(path, `must be at most ${most}`) : [];
  };
}

/** A list whose elements follow a rule. */
export function list(element: ApiRule): ApiRule {
  return (value, path) =>
    isList(value)
      ? value.flatMap((entry, index) => element(entry, [...path, index]))
      : problem(path, wrongType(["array"], value));
}

/** A list without duplicates whose elements follow a rule, such as one with `x-kubernetes-list-type: set`. */
export function set(element: ApiRule): ApiRule {
  return (value, path) => {
    const problems = list(element)(value, path);
    if (problems.length > 0 || !isList(value)) return problems;
    const entries = value.map((entry) => JSON.stringify(entry));
    return entries.flatMap((entry, index) => {
      const first = entries.indexOf(entry);
      return first === index
        ? []
        : problem([...path, index], `must be unique, but ${formatPath([...path, first])} has the same value`);
    });
  };
}

/** Null, or a value that follows a rule. For what a merge patch can remove. */
export function removable(rule: ApiRule): ApiRule {
  return (value, path) => (value === null ? [] : rule(value, path));
}

/** A mapping with any keys that follow a rule. */
export function mapping(key: NameRule, entry: ApiRule): ApiRule {
  return (value, path) =>
    isMapping(value)
      ? Object.entries(value).flatMap(([name, one]) => {
          const entryPath = [...path, name];
          const shown = isOrdinaryKey(name) ? entryPath : path;
          if (!key.matches(name)) return keyProblem(entryPath, `the key must be ${key.description}`, shown);
          return entry(one, shown).map((found) => (shown === path ? { at: entryPath, ...found } : found));
        })
      : problem(path, wrongType(["object"], value));
}

/** The fields of a mapping, and how they depend on each other. */
export interface Fields {
  readonly known: Readonly<Record<string, ApiRule>>;
  readonly required?: readonly string[];
  /** Fields of the API that can't be set here, each with a message that says why. */
  readonly refused?: Readonly<Record<string, string>>;
}

/** A mapping with these fields. */
export function fields(rules: Fields): ApiRule {
  return (value, path) => {
    if (!isMapping(value)) return problem(path, wrongType(["object"], value));
    const missing = (rules.required ?? []).filter((name) => !Object.hasOwn(value, name));
    return [
      ...missing.flatMap((name) => problem([...path, name], "is required")),
      ...Object.entries(value).flatMap(([name, entry]) => fieldProblems(rules, name, { entry, path })),
    ];
  };
}

/** @param path the path of the mapping that has the field. */
function fieldProblems(
  { known, refused = {} }: Fields,
  name: string,
  { entry, path }: { readonly entry: Value; readonly path: Path },
): readonly Problem[] {
  const rule = Object.hasOwn(known, name) ? known[name] : undefined;
  if (rule !== undefined) return rule(entry, [...path, name]);
  const reason = Object.hasOwn(refused, name) ? refused[name] : undefined;
  if (reason !== undefined) return keyProblem([...path, name], reason);
  // A key without a value may be a secret, if the user forgot a colon.
  const isShown = isOrdinaryKey(name) && entry !== null;
  const message = unknownField(isShown ? name : "", Object.keys(known));
  return keyProblem([...path, name], message, isShown ? undefined : path);
}
