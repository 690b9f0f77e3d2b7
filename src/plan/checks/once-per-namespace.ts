import type { KrmObject } from "../../kube/object";
import { getOrInsert } from "../../yaml/maps";
import type { ListedKind } from "../object-index";
import type { CheckContext } from "./check";

/**
 * Returns a function that evaluates the objects of a kind in a namespace, by default the workload's. The result is
 * undefined if the namespace has no such objects. Create the function once per run.
 *
 * @param evaluate is called only once for each namespace, with the context of any of its workloads. So its result must
 *   not depend on anything that differs from workload to workload.
 */
export function oncePerNamespace<T extends NonNullable<unknown>>(
  kind: ListedKind,
  evaluate: (objects: readonly KrmObject[], context: CheckContext) => T,
): (context: CheckContext, namespace?: string) => T | undefined {
  const results = new Map<readonly KrmObject[], T>();
  return (context, namespace = context.workload.object.namespace) => {
    const objects = context.index.listByKind(kind, namespace);
    return objects.length === 0 ? undefined : getOrInsert(results, objects, () => evaluate(objects, context));
  };
}
