import type { Parse } from "../krm/edit-item";
import { type ItemText, parseItem, parseObject, readObjectFast } from "../krm/item";
import { groupOf, type KrmObject } from "../kube/object";
import { kindOf, workloadKinds } from "../kube/workload";
import { contentOf, relevantFields } from "../plan/relevant-fields";
import { parserOf } from "./parse-together";

/** An item, and its index in the list of items. */
export interface LocatedItem {
  readonly item: ItemText;
  readonly index: number;
}

/** An object of the input, and its item. */
export interface LocatedObject extends LocatedItem {
  readonly object: KrmObject;
}

/**
 * Reports whether a configuration generated an object of the input. It checks the object's annotations and not its
 * name, because a name prefix can change the name.
 */
export type IsGenerated = (object: KrmObject) => boolean;

/** The items of a run, by category. */
export interface ClassifiedItems {
  /**
   * Workloads, judging by their text. They aren't kept parsed: nodes and values take twenty times the size of the text,
   * and each workload is needed only once.
   */
  readonly workloads: readonly LocatedItem[];
  /** Objects that this configuration generated before. */
  readonly generated: readonly LocatedObject[];
  /** All other objects, with only the content that decisions need. */
  readonly others: readonly KrmObject[];
  readonly parse: Parse;
}

/**
 * Classifies the items and reads all but the workloads.
 *
 * @param isGenerated reports whether the configuration generated an object.
 * @param parseTogether true to parse all items in order, so that aliases can refer to anchors in earlier items.
 * @throws UnknownAliasError without `parseTogether`, if an item has such an alias.
 */
export function classifyItems(
  items: readonly ItemText[],
  isGenerated: IsGenerated,
  parseTogether: boolean,
): ClassifiedItems {
  const parse = parseTogether ? parserOf(items) : (item: ItemText) => parseItem(item);
  const workloads: LocatedItem[] = [];
  const generated: LocatedObject[] = [];
  const others: KrmObject[] = [];
  items.forEach((item, index) => {
    if (!parseTogether && isWorkloadText(item)) {
      workloads.push({ item, index });
      return;
    }
    const preview = parseTogether ? undefined : readObjectFast(item, relevantFields);
    // A generated object may be updated, and others may have added to it, so all of it is needed.
    const object = preview === undefined || isGenerated(preview) ? parseObject(parse(item)) : preview;
    if (kindOf(object) !== undefined) workloads.push({ item, index });
    else if (isGenerated(object)) generated.push({ item, index, object });
    else others.push({ ...object, value: contentOf(object) });
  });
  return { workloads, generated, others, parse };
}

/**
 * Returns true if a block item or a document has top-level lines such as `apiVersion: apps/v1` and `kind: Deployment`.
 * Only keys can start at that column. A workload in any other style is recognized later, when it is parsed.
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

/** Returns the value of the first line `key: value` at a column; undefined if it isn't a plain word. */
function plainValue(text: string, column: number, key: string): string | undefined {
  const start = `${key}:`;
  const line = text.startsWith(start, column) ? 0 : text.indexOf(`\n${" ".repeat(column)}${start}`) + 1;
  const offset = line + column;
  if (!text.startsWith(start, offset)) return undefined;
  const value = text.slice(offset + start.length, text.indexOf("\n", offset) + 1);
  return /^ +([A-Za-z][\w./-]*) *(?: #.*)?\r?$/m.exec(value)?.[1];
}
