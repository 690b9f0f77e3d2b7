import type { Parse } from "../krm/edit-item";
import { type ItemText, parseItem, parseObject, readObjectFast } from "../krm/item";
import { groupOf, type KrmObject } from "../kube/object";
import { kindOf, workloadKinds } from "../kube/workload";
import { contentOf, relevantFields } from "../plan/relevant-fields";
import type { IsGenerated, LocatedObject } from "./generated-objects";
import { parserOf } from "./parse-together";

/**
 * The items by their part in a run. Workloads are not kept parsed: trees and values take twenty times the
 * text's size, and each workload is needed once.
 */
export interface ClassifiedItems {
  /** Indexes of the items that are workloads by their text. */
  readonly workloads: readonly number[];
  /** What this configuration generated before. */
  readonly generated: readonly LocatedObject[];
  /** All other objects, with no more of their content than decisions need. */
  readonly others: readonly KrmObject[];
  readonly parse: Parse;
}

/**
 * Looks at every item but the workloads.
 *
 * @param isGenerated tells what the configuration generated before.
 * @param together parse every item in order, so that aliases of earlier items' anchors are known. Without it such an
 *   alias throws UnknownAliasError.
 */
export function classifyItems(
  items: readonly ItemText[],
  isGenerated: IsGenerated,
  together: boolean,
): ClassifiedItems {
  const parse = together ? parserOf(items) : (item: ItemText) => parseItem(item);
  const workloads: number[] = [];
  const generated: LocatedObject[] = [];
  const others: KrmObject[] = [];
  items.forEach((item, index) => {
    if (!together && isWorkloadText(item)) {
      workloads.push(index);
      return;
    }
    const seen = together ? undefined : readObjectFast(item, relevantFields);
    // What was generated may be set anew, and others may have added to it.
    const object = seen === undefined || isGenerated(seen) ? parseObject(parse(item)) : seen;
    if (kindOf(object) !== undefined) workloads.push(index);
    else if (isGenerated(object)) generated.push({ index, object });
    else others.push({ ...object, value: contentOf(object) });
  });
  return { workloads, generated, others, parse };
}

/**
 * Whether a block item, or a document, has lines such as `apiVersion: apps/v1` and `kind: Deployment` among its
 * top-level keys. Nothing but a key can stand there; what is written in another way is just not recognised.
 */
export function isWorkloadText({ text, source }: ItemText): boolean {
  const column = source.form === "document" ? 0 : /^ *- +(?=[A-Za-z])/.exec(text)?.[0].length;
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
