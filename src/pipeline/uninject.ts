import { applyItemEdits, type Parse } from "../krm/edit-item";
import { type Item, parseObject } from "../krm/item";
import { type Finding, objectAndFile } from "../kube/finding";
import type { KrmObject } from "../kube/object";
import { recordAnnotation } from "../kube/own-annotations";
import { toWorkload, type Workload } from "../kube/workload";
import type { WorkloadInput } from "../plan/workload-plan";
import { type InjectionRecord, readRecord } from "./injection-record";
import type { Positions } from "./path-tree";
import { removeEdits } from "./remove";

/** A workload of the input: as its author wrote it, and what is known of what was added. */
export interface OriginalWorkload extends WorkloadInput {
  /** The item without what this configuration added. */
  readonly item: Item;
  /** Where what was taken out stood. */
  readonly positions: Positions;
  /** This configuration's record, where it was on the workload. */
  readonly record?: InjectionRecord;
  /** What is to be said of agents that others had put there and that were taken out; absent: there were none. */
  readonly adopted?: readonly Finding[];
  readonly findings: readonly Finding[];
}

/**
 * A workload without what this configuration added to it before. Everything is decided on this: so the output depends
 * on what the author wrote and the current configuration only.
 *
 * @param owner the configuration's name.
 * @throws YamlError where what was added cannot be taken back safely.
 */
export function uninject(item: Item, workload: Workload, owner: string, parse: Parse): OriginalWorkload {
  const { object } = workload;
  const untouched = { workload, item, positions: new Map(), findings: [] };
  const annotation = object.annotations[recordAnnotation];
  if (annotation === undefined) return untouched;
  const record = readRecord(annotation);
  if (record === undefined) {
    // The annotation is ours to write; nothing else is taken away on the word of what is no record.
    const alone = { owner: "", added: { "metadata.annotations": [recordAnnotation] }, created: [], formerlyEmpty: {} };
    const { missing: _, ...taken } = removeRecorded(item, alone, parse);
    const message = `The annotation ${recordAnnotation} is not what the function writes, so nothing was taken back on its word: remove it, and what it stood for.`;
    return { ...untouched, ...taken, findings: [warning(object, message)] };
  }
  if (record.owner !== owner) return { ...untouched, injectedBy: record.owner };
  const { missing, ...taken } = removeRecorded(item, record, parse);
  const message = `The record names what is no longer there: ${missing.join(", ")}.`;
  return { ...untouched, ...taken, record, findings: missing.length > 0 ? [warning(object, message)] : [] };
}

/**
 * An item as it is without what a record names.
 *
 * @throws YamlError where that cannot be taken out safely.
 */
export function removeRecorded(item: Item, record: InjectionRecord, parse: Parse) {
  const { edits, positions, missing } = removeEdits(item, record);
  const without = applyItemEdits(item, edits, parse);
  const workload = toWorkload(parseObject(without));
  if (workload === undefined) throw new Error("what was taken back left no workload");
  return { item: without, positions, missing, workload };
}

function warning(object: KrmObject, message: string): Finding {
  const field = { path: `metadata.annotations.${recordAnnotation}` };
  return { code: "warn-record", severity: "warning", message, ...objectAndFile(object), field };
}
