import type { Mapping, Value } from "../../src/yaml/value";

/** A scalar with a spelling of its own: `0644`, which is 644 by the core schema. */
export class Written {
  constructor(
    readonly text: string,
    readonly value: Value,
  ) {}
}

/** Data that a layout writes as YAML. What is undefined is not there. */
export type Tree = null | boolean | number | string | Written | readonly Tree[] | TreeMapping;

export interface TreeMapping {
  readonly [key: string]: Tree | undefined;
}

export function isTreeMapping(tree: Tree | undefined): tree is TreeMapping {
  return typeof tree === "object" && tree !== null && !Array.isArray(tree) && !(tree instanceof Written);
}

/** The entries of a mapping that are there. */
export function entriesOf(tree: TreeMapping): [key: string, value: Tree][] {
  return Object.entries(tree).filter((entry): entry is [string, Tree] => entry[1] !== undefined);
}

/** What a reader gets from a tree. */
export function plain(tree: Tree): Value {
  if (tree instanceof Written) return tree.value;
  if (Array.isArray(tree)) return tree.map(plain);
  if (!isTreeMapping(tree)) return tree as Value;
  const mapping: { [key: string]: Value } = Object.create(null);
  for (const [key, value] of entriesOf(tree)) mapping[key] = plain(value);
  return mapping satisfies Mapping;
}
