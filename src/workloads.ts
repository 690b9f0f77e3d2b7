import { type Positions, takeBack } from "./apply";
import type { Configuration } from "./config/configuration";
import { about, type Finding } from "./krm/finding";
import { reparse } from "./krm/item";
import { type KrmObject, toObject } from "./krm/object";
import type { Item, ResourceList } from "./krm/resource-list";
import type { Candidate } from "./plan";
import { type Record, readRecord, recordAnnotation } from "./record";
import { toWorkload } from "./workload/workload";
import { applyEdits } from "./yaml/edit";
import { toValue } from "./yaml/to-value";

/** A workload of the input: as its author wrote it, and what is known of what was added. */
export interface Base extends Candidate {
  /** The item without what this configuration added. */
  readonly item: Item;
  /** Where what was taken out stood. */
  readonly positions: Positions;
  /** This configuration's record, where it was on the workload. */
  readonly record?: Record;
  readonly findings: readonly Finding[];
}

/**
 * A workload without what this configuration added to it before, or undefined for an object of another kind.
 * Everything is decided on this: so the output depends on what the author wrote and the current configuration only.
 *
 * @throws YamlError where what was added cannot be taken back safely.
 */
export function baseOf(
  list: ResourceList,
  index: number,
  object: KrmObject,
  configuration: Configuration,
): Base | undefined {
  const workload = toWorkload(object);
  const item = list.items[index];
  if (workload === undefined || item === undefined) return undefined;
  const untouched = { index, workload, item, positions: new Map(), findings: [] };
  const annotation = object.annotations[recordAnnotation];
  if (annotation === undefined) return untouched;
  const record = readRecord(annotation);
  if (record === undefined) {
    // The annotation is ours to write; nothing else is taken away on the word of what is no record.
    const taken = takenBack(list, item, {
      by: "",
      added: { "metadata.annotations": [recordAnnotation] },
      made: [],
      empty: {},
    });
    const message = `The annotation ${recordAnnotation} is not what the function writes, so nothing was taken back on its word: remove it, and what it stood for.`;
    return { ...untouched, ...taken, findings: [warning(object, message)] };
  }
  if (record.by !== configuration.name) return { ...untouched, injectedBy: record.by };
  const taken = takenBack(list, item, record);
  const message = `The record names what is no longer there: ${taken.missing.join(", ")}.`;
  const findings = taken.missing.length > 0 ? [warning(object, message)] : [];
  return { ...untouched, ...taken, record, findings };
}

function takenBack(list: ResourceList, item: Item, record: Record) {
  const { edits, positions, missing } = takeBack(item, record);
  const without = reparse(list, item, applyEdits(item.text, edits));
  const workload = toWorkload(toObject(toValue(without.node)));
  if (workload === undefined) throw new Error("what was taken back left no workload");
  return { item: without, positions, missing, workload };
}

function warning(object: KrmObject, message: string): Finding {
  const field = { path: `metadata.annotations.${recordAnnotation}` };
  return { code: "warn-record", severity: "warning", message, ...about(object), field };
}
