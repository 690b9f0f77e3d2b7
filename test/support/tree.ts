import type { Mapping, Value } from "../../src/yaml/value";

/** A scalar with a given spelling, such as `0644`, which is 644 in the core schema. */
export class Written {
  constructor(
    readonly text: string,
    readonly value: Value,
  ) {}
}

/** Data that a layout writes as YAML. */
export type Tree = null | boolean | number | string | Written | readonly Tree[] | TreeMapping;

/** A mapping. An entry whose value is undefined isn't written. */
export interface TreeMapping {
  readonly [key: string]: Tree | undefined;
}

/** Reports whether a tree is a mapping. */
export function isTreeMapping(tree: Tree | undefined): tree is TreeMapping {
  return typeof tree === "object" && tree !== null && !Array.isArray(tree) && !(tree instanceof Written);
}

/** Returns the entries of a mapping whose values aren't undefined. */
export function entriesOf(tree: TreeMapping): [key: string, value: Tree][] {
  return Object.entries(tree).filter((entry): entry is [string, Tree] => entry[1] !== undefined);
}

/** Returns the value that a YAML reader gets from a tree. */
export function plain(tree: Tree): Value {
  if (tree instanceof Written) return tree.value;
  if (Array.isArray(tree)) return tree.map(plain);
  if (!isTreeMapping(tree)) return tree as Value;
  const mapping: { [key: string]: Value } = Object.create(null);
  for (const [key, value] of entriesOf(tree)) mapping[key] = plain(value);
  return mapping satisfies Mapping;
}
