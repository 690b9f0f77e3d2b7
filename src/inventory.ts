import type { IsGenerated, Placed } from "./generated";
import { groupOf, type KrmObject, toObject } from "./krm/object";
import { type Item, type ItemText, parseItem, type ResourceList } from "./krm/resource-list";
import { contentOf } from "./surroundings";
import { kindOf, workloadKinds } from "./workload/workload";
import { Anchors } from "./yaml/parse";
import { toValue } from "./yaml/to-value";

/**
 * The list's items by their part in a run. Workloads are not kept parsed: trees and values take twenty times the
 * text's size, and each workload is needed once.
 */
export interface Inventory {
  /** Indexes of the items that are workloads by their text. */
  readonly workloads: readonly number[];
  /** What this configuration generated before. */
  readonly generated: readonly Placed[];
  /** All other objects, with no more of their content than decisions need. */
  readonly others: readonly KrmObject[];
  /** Parses an item, or the text that it has become. */
  parse(item: ItemText): Item;
}

/** A workload by its text turned out to be none; or an item refers to another one's anchor. */
export class NotAloneError extends Error {}

/**
 * Looks at every item but the workloads.
 *
 * @param isGenerated tells what the configuration generated before.
 * @param together parse every item in order, so that aliases of earlier items' anchors are known. Without it such an
 *   alias throws UnknownAliasError.
 */
export function takeInventory(list: ResourceList, isGenerated: IsGenerated, together: boolean): Inventory {
  const anchors = together ? new Anchors() : undefined;
  const parsed = together ? new Map(list.items.map((item) => [item, parseItem(list, item, anchors)])) : undefined;
  const parse = (item: ItemText) => parsed?.get(item) ?? parseItem(list, item, anchors);
  const workloads: number[] = [];
  const generated: Placed[] = [];
  const others: KrmObject[] = [];
  list.items.forEach((item, index) => {
    if (parsed === undefined && isWorkloadText(item.text)) {
      workloads.push(index);
      return;
    }
    const object = toObject(toValue(parse(item).node));
    if (kindOf(object) !== undefined) workloads.push(index);
    else if (isGenerated(object)) generated.push({ index, object });
    else others.push({ ...object, value: contentOf(object) });
  });
  return { workloads, generated, others, parse };
}

/**
 * Whether a block item has lines such as `apiVersion: apps/v1` and `kind: Deployment` among its top-level keys. Nothing
 * but a key can stand there; what is written in another way is just not recognised.
 */
function isWorkloadText(text: string): boolean {
  const column = /^ *- +(?=[A-Za-z])/.exec(text)?.[0].length;
  if (column === undefined) return false;
  const kind = plainValue(text, column, "kind");
  if (kind === undefined || !kinds.has(kind)) return false;
  const apiVersion = plainValue(text, column, "apiVersion");
  return apiVersion !== undefined && kindOf({ group: groupOf(apiVersion), kind }) !== undefined;
}

const kinds = new Set(workloadKinds.map(({ kind }) => kind));

/** The value of the first line `key: value` at a column, where it is a plain word. */
function plainValue(text: string, column: number, key: string): string | undefined {
  const start = `${key}:`;
  const above = text.startsWith(start, column) ? 0 : text.indexOf(`\n${" ".repeat(column)}${start}`) + 1;
  const at = above + column;
  if (!text.startsWith(start, at)) return undefined;
  const value = text.slice(at + start.length, text.indexOf("\n", at) + 1);
  return /^ +([A-Za-z][\w./-]*) *(?: #.*)?\r?$/m.exec(value)?.[1];
}
