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
