import { isGeneratedBy, type Placed } from "./generated";
import { type Identity, type KrmObject, toObject } from "./krm/object";
import { type Item, type ItemText, parseItem, type ResourceList } from "./krm/resource-list";
import { contentOf } from "./surroundings";
import { workloadKinds } from "./workload/workload";
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
 * @param owner the configuration's name.
 * @param together parse every item in order, so that aliases of earlier items' anchors are known. Without it such an
 *   alias throws UnknownAliasError.
 */
export function takeInventory(list: ResourceList, owner: string, together: boolean): Inventory {
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
    if (isWorkload(object)) workloads.push(index);
    else if (isGeneratedBy(object, owner)) generated.push({ index, object });
    else others.push({ ...object, value: contentOf(object) });
  });
  return { workloads, generated, others, parse };
}

/** Whether an object is of a kind that runs pods. */
export function isWorkload({ group, kind }: Identity): boolean {
  return workloadKinds.some((known) => known.kind === kind && known.group === group);
}

const kinds = new Set(workloadKinds.map(({ kind }) => kind));

/**
 * Whether a block item has a line `kind: Deployment` among its top-level keys. Nothing but a key can stand there; what
 * is written in another way is just not recognised.
 */
function isWorkloadText(text: string): boolean {
  const start = /^ *- +(?=[A-Za-z])/.exec(text)?.[0];
  if (start === undefined) return false;
  const line = `\n${" ".repeat(start.length)}kind:`;
  const at = text.startsWith("kind:", start.length) ? start.length : text.indexOf(line) + line.length - "kind:".length;
  if (at < start.length) return false;
  const kind = /^kind: +([A-Za-z]+) *(?: #.*)?\r?$/m.exec(text.slice(at, text.indexOf("\n", at) + 1))?.[1];
  return kind !== undefined && kinds.has(kind);
}
