import type { Configuration } from "../../config/configuration";
import type { Path } from "../../config/json-path";
import { parseValueTemplate } from "../../config/value-template";
import { baseName } from "../../kube/object";
import type { Workload } from "../../kube/workload";
import { isList, isMapping, type Mapping, newMapping, type Value } from "../../yaml/value";
import { namespaceOf } from "../namespace";

/** The values of a template's variables. A value is undefined if it is unknown. */
export interface TemplateVariables {
  readonly [name: string]: string | undefined;
  /**
   * The workload's name. With `generateName: migrate-`, it is `migrate`. Omitted for an object of a whole namespace, as is
   * `kind`.
   */
  readonly name?: string;
  readonly namespace: string | undefined;
  /** The workload's kind in lower case. */
  readonly kind?: string;
  /** The name of the agent's container. */
  readonly agent: string;
}

/** Returns the variables for a workload. */
export function templateVariables(configuration: Configuration, workload: Workload): TemplateVariables {
  return {
    name: baseName(workload.object),
    namespace: namespaceOf(workload, configuration),
    kind: workload.object.kind.toLowerCase(),
    agent: configuration.agent.name,
  };
}

/**
 * The expanded text, or the first variable without a value. `known` is true for the namespace of a workload that has
 * none, and false for a typo.
 */
export type Expanded = { readonly text: string } | { readonly variable: string; readonly known: boolean };

/** Replaces each `{variable}` of a template with its value. Any other text in braces is an unknown variable. */
export function expand(template: string, variables: TemplateVariables): Expanded {
  const parts: string[] = [];
  let from = 0;
  for (let open = template.indexOf("{"); open >= 0; open = template.indexOf("{", from)) {
    const close = template.indexOf("}", open);
    if (close < 0) break;
    const variable = template.slice(open + 1, close);
    const known = Object.hasOwn(variables, variable);
    const value = known ? variables[variable] : undefined;
    if (value === undefined) return { variable, known };
    parts.push(template.slice(from, open), value);
    from = close + 1;
  }
  parts.push(template.slice(from));
  return { text: parts.join("") };
}

/** Replaces the variables of a value, in which any other text in braces is literal. */
export function expandValue(value: string, variables: TemplateVariables): Expanded {
  const parts: string[] = [];
  for (const part of parseValueTemplate(value)) {
    if (typeof part === "string") {
      parts.push(part);
      continue;
    }
    const text = variables[part.word];
    if (text === undefined) return { variable: part.word, known: Object.hasOwn(variables, part.word) };
    parts.push(text);
  }
  return { text: parts.join("") };
}

/**
 * Expands every text in a value, at any depth. Returns the same value if none of them can be a template.
 *
 * @param path the path of the value.
 * @param expandOne returns the expanded text at a path.
 */
export function expandTexts(value: Value, path: Path, expandOne: (text: string, path: Path) => string): Value {
  if (typeof value === "string") return value.includes("{") ? expandOne(value, path) : value;
  if (isList(value)) {
    const expanded = value.map((entry, index) => expandTexts(entry, [...path, index], expandOne));
    return expanded.some((entry, index) => entry !== value[index]) ? expanded : value;
  }
  return isMapping(value) ? expandTextsIn(value, path, expandOne) : value;
}

/** Like `expandTexts`, for a mapping. */
export function expandTextsIn(mapping: Mapping, path: Path, expandOne: (text: string, path: Path) => string): Mapping {
  const expanded = newMapping();
  for (const [key, entry] of Object.entries(mapping)) expanded[key] = expandTexts(entry, [...path, key], expandOne);
  return Object.entries(expanded).some(([key, entry]) => entry !== mapping[key]) ? expanded : mapping;
}

type Env = Configuration["app"]["env"];

/** Expands the values of environment variables. Returns the same list if none of them can be a template. */
export function expandEnv(env: Env, expandOne: (value: string, index: number) => string): Env {
  if (!env.some(({ value }) => value?.includes("{"))) return env;
  return env.map((entry, index) =>
    entry.value === undefined ? entry : { ...entry, value: expandOne(entry.value, index) },
  );
}

/**
 * Expands the values of environment variables for one container of the app.
 *
 * @param env the variables of the configuration, which `expandConfiguration` has checked.
 */
export function expandContainerEnv(env: Env, variables: TemplateVariables, container: string): Env {
  return expandEnv(env, (value) => {
    const expanded = expandValue(value, { ...variables, container });
    return "text" in expanded ? expanded.text : value;
  });
}
