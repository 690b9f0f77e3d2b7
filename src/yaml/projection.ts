/**
 * The parts of a value to keep: all of it ("entire"), or some keys of its mappings, each with its own projection. A
 * list is kept as a list; the projection applies to its elements.
 */
export type Projection = "entire" | ReadonlyMap<string, Projection>;

/** A projection as it is written in source code: `{spec: {template: "entire"}}`. */
export interface ProjectionTree {
  readonly [key: string]: "entire" | ProjectionTree;
}

/** Converts a tree to a projection. */
export function projectionOf(tree: ProjectionTree): Projection {
  return new Map(
    Object.entries(tree).map(([key, within]) => [key, within === "entire" ? within : projectionOf(within)]),
  );
}
