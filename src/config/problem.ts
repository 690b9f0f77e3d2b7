import type { ConfigField } from "../kube/finding";

/** An error in one field of the functionConfig. */
export interface Problem extends ConfigField {
  /** What the field must be, without the path. Never contains a value that could be a secret. */
  readonly message: string;
}

/** Keeps the first problem for each path, because the others usually follow from it. */
export function firstOfEachPath(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ path }) => !seen.has(path) && seen.add(path));
}

/**
 * Returns the message for a value that breaks a rule: `must be a version such as \`1.62.0\`, not "latest"`, or
 * `"A" must consist of lowercase letters`.
 *
 * @param rule can end with a hint, after a semicolon or a period.
 * @param value the quoted value. It must not be a secret.
 */
export function ruleMessage(rule: string, value: string): string {
  if (!rule.startsWith("must be ")) return `${value} ${rule}`;
  const end = rule.search(/[;.] /);
  return end === -1 ? `${rule}, not ${value}` : `${rule.slice(0, end)}, not ${value}${rule.slice(end)}`;
}
