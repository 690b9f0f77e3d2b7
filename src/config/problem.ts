/** Something wrong in one field of the functionConfig. */
export interface Problem {
  /** Such as `spec.selector.matchExpressions[0].operator`. */
  readonly path: string;
  /** What must hold, without the path. Never holds a value that could be a secret. */
  readonly message: string;
}

/** The first problem of each path: what else is wrong there mostly follows from it. */
export function firstOfEachPath(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ path }) => !seen.has(path) && seen.add(path));
}
