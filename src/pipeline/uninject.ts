import { applyItemEdits, type Parse } from "../krm/edit-item";
import { type Item, parseObject } from "../krm/item";
import { type Finding, objectAndFile } from "../kube/finding";
import type { KrmObject } from "../kube/object";
import { recordAnnotation } from "../kube/own-annotations";
import { inTemplate, toWorkload, type Workload } from "../kube/workload";
import type { WorkloadInput } from "../plan/plan-types";
import { fieldAt } from "../plan/workload-finding";
import {
  type InjectionRecord,
  ownerInRecord,
  type RecordedAdditions,
  readRecord,
  recordedAdditions,
} from "./injection-record";
import type { Positions } from "./path-tree";
import { removeEdits } from "./remove-edits";

/** A workload as its author wrote it, and what is known about earlier runs. */
export interface OriginalWorkload extends WorkloadInput {
  /** The item without what this configuration added. */
  readonly item: Item;
  /** Where removed elements were, except those that had to be the first of their list. */
  readonly positions: Positions;
  /** Paths of the collections in which something was after the removed elements, so that its index changed. */
  readonly movedUp: readonly string[];
  /** This configuration's record, if the workload had one. */
  readonly record?: InjectionRecord;
  /** What to report about adopted agents. Undefined if there were none. */
  readonly adopted?: readonly Finding[];
  readonly findings: readonly Finding[];
}

/**
 * Removes what this configuration added to a workload before. The plan is based on the result, so the output depends
 * only on what the author wrote and on the current configuration.
 *
 * @param owner the configuration's name.
 * @returns an error instead if the record is damaged: it doesn't permit removing anything.
 * @throws YamlError if it can't be removed safely.
 */
export function uninject(
  item: Item,
  workload: Workload,
  owner: string,
  parse: Parse,
): OriginalWorkload | { readonly finding: Finding } {
  const { object } = workload;
  const untouched = { workload, item, positions: new Map(), movedUp: [], findings: [] };
  const annotation = object.annotations[recordAnnotation];
  if (annotation === undefined) return untouched;
  const record = readRecord(annotation, inTemplate(workload, "spec"));
  if (record === undefined) {
    const other = ownerInRecord(annotation);
    return other === undefined || other === owner
      ? { finding: damagedRecord(object) }
      : { ...untouched, injectedBy: other };
  }
  if (record.owner !== owner) return { ...untouched, injectedBy: record.owner };
  const { missing, positions, ...removed } = removeRecorded(item, recordedAdditions(record), parse);
  const message = `The annotation ${recordAnnotation} names fields that no longer exist: ${missing.join(", ")}. They were renamed or removed after injection. Check the workload for leftovers.`;
  const findings = missing.length > 0 ? [recordWarning(object, message)] : [];
  return {
    ...untouched,
    ...removed,
    // Their place follows from the configuration, which can differ from that of the run before.
    positions: new Map([...positions].filter(([path]) => !record.first.includes(path))),
    movedUp: [...positions.keys()],
    record,
    findings,
  };
}

/** A workload after recorded additions were removed. */
export interface RemovedAdditions {
  readonly item: Item;
  readonly workload: Workload;
  readonly positions: Positions;
  /** Recorded paths that the workload doesn't have. */
  readonly missing: readonly string[];
}

/**
 * Removes recorded additions.
 *
 * @throws YamlError if it can't be removed safely.
 */
export function removeRecorded(item: Item, recorded: RecordedAdditions, parse: Parse): RemovedAdditions {
  const { edits, positions, missing } = removeEdits(item, recorded);
  const without = applyItemEdits(item, edits, parse);
  const workload = toWorkload(parseObject(without));
  if (workload === undefined) throw new Error("a workload must stay a workload when something is removed from it");
  return { item: without, positions, missing, workload };
}

const field = fieldAt("metadata.annotations", recordAnnotation);

function recordWarning(object: KrmObject, message: string): Finding {
  return {
    code: "warn-damaged-record",
    severity: "warning",
    message,
    ...objectAndFile(object),
    field,
    isFoundOnce: true,
  };
}

function damagedRecord(object: KrmObject): Finding {
  const message = `The annotation ${recordAnnotation} was edited, or damaged by a merge, so what an earlier run added to the workload isn't known. Restore the annotation from Git. If you can't, delete the annotation and everything that the earlier run added to the workload, and run again.`;
  return { code: "invalid-record", severity: "error", message, ...objectAndFile(object), field };
}
