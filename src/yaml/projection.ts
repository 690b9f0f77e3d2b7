/** What to keep of a value: all of it, or of its mappings some keys, each in a shape of its own. Lists are gone into. */
export type Shape = "whole" | ReadonlyMap<string, Shape>;

/** A shape as it is written in a source: `{spec: {template: "whole"}}`. */
export interface ShapeTree {
  readonly [key: string]: "whole" | ShapeTree;
}

export function shapeOf(tree: ShapeTree): Shape {
  return new Map(Object.entries(tree).map(([key, within]) => [key, within === "whole" ? within : shapeOf(within)]));
}
