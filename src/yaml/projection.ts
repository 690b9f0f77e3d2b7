/** What to keep of a value: all of it, or of its mappings some keys, each in a shape of its own. Lists are gone into. */
export type Projection = "entire" | ReadonlyMap<string, Projection>;

/** A shape as it is written in a source: `{spec: {template: "entire"}}`. */
export interface ProjectionTree {
  readonly [key: string]: "entire" | ProjectionTree;
}

export function projectionOf(tree: ProjectionTree): Projection {
  return new Map(
    Object.entries(tree).map(([key, within]) => [key, within === "entire" ? within : projectionOf(within)]),
  );
}
