import { type Finding, objectAndFile } from "../../kube/finding";
import type { LabelSelector } from "../../kube/label-selector";
import { describe, type Identity } from "../../kube/object";
import { getOrInsert, groupBy } from "../../yaml/maps";
import { get, getString } from "../../yaml/value";
import { generatedObjectsOf, type Planned } from "../plan-types";
import { SelectorIndex, toSelector } from "./selector-index";

/** The PodMonitor of a workload's agent. */
interface Monitor {
  readonly workload: Identity;
  readonly name: string;
  readonly namespace: string;
  readonly selector: LabelSelector;
}

/**
 * Returns a warning for each workload whose pods the PodMonitor of another workload selects too, so that Prometheus scrapes
 * their agent twice. Of the pods' labels, only those in the workload's own selector are compared, which all of its pods
 * have.
 *
 * @param planned all workloads of the run.
 */
export function scrapedTwice(planned: readonly Planned[]): Finding[] {
  const byNamespace = groupBy(planned.flatMap(monitorsOf), ({ namespace }) => namespace);
  return [...byNamespace.values()].flatMap((monitors) => {
    const index = indexOf(monitors);
    return monitors.flatMap((monitor) => {
      const selecting = index.matching(monitor.selector.matchLabels ?? {}).flat();
      const other = selecting.find(({ name }) => name !== monitor.name);
      return other === undefined ? [] : [finding(monitor, other)];
    });
  });
}

function monitorsOf({ object: workload, plan }: Planned): Monitor[] {
  return generatedObjectsOf(plan).flatMap((object) => {
    const selector = toSelector(get(object, "spec", "selector"));
    if (object["kind"] !== "PodMonitor" || selector === undefined) return [];
    const [name = "", namespace = ""] = [
      getString(object, "metadata", "name"),
      getString(object, "metadata", "namespace"),
    ];
    return [{ workload, name, namespace, selector }];
  });
}

/** Indexes the monitors by selector. Of those with the same one, the first two are enough to find another one. */
function indexOf(monitors: readonly Monitor[]): SelectorIndex<readonly Monitor[]> {
  const bySelector = new Map<string, Monitor[]>();
  for (const monitor of monitors.filter(canCompare)) {
    const same = getOrInsert(bySelector, JSON.stringify(monitor.selector), () => []);
    if (same.length < 2) same.push(monitor);
  }
  return new SelectorIndex(
    [...bySelector.values()].flatMap((same) => (same[0] === undefined ? [] : [[same[0].selector, same] as const])),
  );
}

/** Reports whether a selector that matches some of a pod's labels also matches all of them. */
function canCompare({ selector }: Monitor): boolean {
  return (selector.matchExpressions ?? []).every(({ operator }) => operator === "In" || operator === "Exists");
}

function finding({ workload }: Monitor, other: Monitor): Finding {
  const message = `The PodMonitor "${other.name}" of ${describe(other.workload)} also selects the pods of this workload, so Prometheus scrapes their agent twice. Change the labels of these pods or the selector of ${describe(other.workload)}, or set spec.podMonitor.scope to namespace.`;
  const field = { path: "metadata.name" };
  return { ...objectAndFile(workload), code: "warn-scraped-twice", severity: "warning", message, field };
}
