import { type Entry, findEntry, isMerge, keyOf, type MappingNode, type Node, resolve } from "./node";
import { lineStart } from "./ranges";

/** A step to a value: a key of a mapping, or an element of a list by its index or its `name`. */
export type PathStep = string | number | { readonly name: string };

/** The value at a path, and its key if it is in a mapping. */
interface Place {
  readonly key?: Node;
  readonly value: Node;
}

/**
 * Returns the offset of the value at a path, or of its key if the value starts on a later line. A value that comes from an
 * alias or a merge key is where it is written. If there is no such value, returns the offset of the last one on the way.
 *
 * @param text the text that the node was parsed from.
 * @param isKey true for the key of the value at the path.
 */
export function offsetOf(text: string, root: Node, path: readonly PathStep[], isKey = false): number {
  let place: Place = { value: root };
  for (const step of path) {
    const next = stepInto(place.value, step);
    if (next === undefined) return startOf(text, place, true);
    place = next;
  }
  return startOf(text, place, isKey);
}

function startOf(text: string, { key, value }: Place, isKey: boolean): number {
  if (key === undefined) return value.start;
  const isOnSameLine = key.start <= value.start && lineStart(text, key.start) === lineStart(text, value.start);
  const isEmpty = value.kind === "scalar" && value.absent;
  return isOnSameLine && !isKey && !isEmpty ? value.start : key.start;
}

function stepInto(node: Node, step: PathStep): Place | undefined {
  const target = resolve(node);
  if (target.kind === "mapping") return typeof step === "string" ? entryOf(target, step) : undefined;
  if (target.kind === "scalar" || typeof step === "string") return undefined;
  const value =
    typeof step === "number" ? target.elements[step] : target.elements.find((element) => nameOf(element) === step.name);
  return value === undefined ? undefined : { value };
}

/** How many merge keys are followed from one mapping to the next. More would take long in a text that is made for that. */
const maxMerges = 3;

/** Returns the entry for a key of a mapping, or of those that its merge keys add. */
function entryOf(mapping: MappingNode, key: string, merges = 0): Entry | undefined {
  const own = findEntry(mapping, key);
  if (own !== undefined || merges === maxMerges) return own;
  for (const { value } of mapping.entries.filter(isMerge)) {
    const source = resolve(value);
    for (const one of source.kind === "sequence" ? source.elements.map(resolve) : [source]) {
      const found = one.kind === "mapping" ? entryOf(one, key, merges + 1) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function nameOf(element: Node): string | undefined {
  const target = resolve(element);
  const value = target.kind === "mapping" ? entryOf(target, "name")?.value : undefined;
  const name = value && resolve(value);
  return name?.kind === "scalar" ? name.text : undefined;
}

/**
 * Returns the path to the value that starts at an offset, or else to the innermost one that contains it. A list element with
 * a name has that as its step.
 */
export function pathTo(root: Node, offset: number): readonly PathStep[] {
  const path: PathStep[] = [];
  for (let node: Node | undefined = root; node !== undefined && node.start !== offset; ) {
    const next: Child | undefined = children(node).find(
      ({ key, value }) => (key ?? value).start <= offset && offset <= value.end,
    );
    if (next !== undefined) path.push(next.step);
    node = next?.value;
  }
  return path;
}

interface Child extends Place {
  readonly step: PathStep;
}

function children(node: Node): readonly Child[] {
  if (node.kind === "sequence")
    return node.elements.map((value, index) => {
      const name = nameOf(value);
      return { value, step: name === undefined ? index : { name } };
    });
  return node.kind === "mapping" ? node.entries.map((entry) => ({ ...entry, step: keyOf(entry) ?? "" })) : [];
}
