import type { Configuration } from "../../src/config/configuration";
import type { KrmObject } from "../../src/kube/object";
import type { Workload } from "../../src/kube/workload";
import { indexObjects } from "../../src/plan/object-index";
import { select as selectWith } from "../../src/plan/select";

/** Returns the selection of a workload, with the reason to skip it in the same object. */
export function select(workload: Workload, configuration: Configuration, others: readonly KrmObject[] = []) {
  const selection = selectWith(workload, configuration, indexObjects(others, configuration.namespace));
  return selection.outcome === "skipped" ? { outcome: selection.outcome, ...selection.skip } : selection;
}
