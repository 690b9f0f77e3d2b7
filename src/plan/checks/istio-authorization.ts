import type { Finding } from "../../kube/finding";
import type { LabelSelector } from "../../kube/label-selector";
import type { KrmObject } from "../../kube/object";
import { inTemplate } from "../../kube/workload";
import { getOrInsert } from "../../yaml/maps";
import { get, getList, getString, isMapping, type Value } from "../../yaml/value";
import { podMetadata } from "../pod-metadata";
import { type Check, type CheckContext, warning } from "./check";
import { excludeInbound, hasIstioSidecar, isExcluded, rootNamespace } from "./istio-sidecar";
import { scrapedPort } from "./metrics-port";
import { oncePerNamespace } from "./once-per-namespace";
import { SelectorIndex, toSelector } from "./selector-index";

/** What the policies with the same selector do with requests to a port. */
interface Authorization {
  /** The first policy that denies every request. */
  readonly denying?: KrmObject;
  /** The first policy with the action ALLOW. If there is one, a request must match one of them. */
  readonly allowing?: KrmObject;
  /** True if one of them may allow a request. Who may send it isn't compared. */
  readonly allows: boolean;
}

/**
 * Returns a check that warns if AuthorizationPolicies deny requests to the port that Prometheus scrapes: a DENY policy
 * matches every request, or there are ALLOW policies for the pod and none of them can match (istio.io,
 * AuthorizationPolicy). Policies apply in their namespace, and those of the root namespace in all. Create it once per run.
 */
export function istioAuthorization(): Check {
  const policiesOf = oncePerNamespace("AuthorizationPolicy", (policies) => {
    const byPort = new Map<number, SelectorIndex<Authorization>>();
    return (port: number) => getOrInsert(byPort, port, () => new SelectorIndex(authorizations(policies, port)));
  });
  return (context) => {
    const port = scrapedPort(context)?.port;
    if (port === undefined || !hasIstioSidecar(context) || isExcluded(context, port)) return [];
    const labels = podMetadata(context, "labels");
    const selecting = [policiesOf(context), policiesOf(context, rootNamespace)].flatMap(
      (policies) => policies?.(port).matching(labels) ?? [],
    );
    const denying = selecting.find((entry) => entry.denying !== undefined)?.denying;
    if (denying !== undefined)
      return [finding(context, denying, `denies all requests to the agent's port ${port}`, port)];
    const allowing = selecting.find((entry) => entry.allowing !== undefined)?.allowing;
    if (allowing === undefined || selecting.some(({ allows }) => allows)) return [];
    const problem = `selects the pod, and no policy in the input allows requests to the agent's port ${port}`;
    return [finding(context, allowing, problem, port)];
  };
}

function finding(context: CheckContext, policy: KrmObject, problem: string, port: number): Finding {
  const message = `The AuthorizationPolicy "${policy.name}" ${problem}, so Prometheus can't scrape the agent. Add "${port}" to the pod's annotation ${excludeInbound} (spec.pod.annotations in the configuration), or allow the port in an AuthorizationPolicy.`;
  const path = inTemplate(context.workload, "metadata.annotations");
  const cause = policy.namespace ?? context.configuration.namespace ?? "";
  return { ...warning(context, "warn-mesh-blocks-scrape", path, message), cause };
}

/** Returns one entry for all policies that have the same selector, so that a namespace with many of them costs little. */
function authorizations(policies: readonly KrmObject[], port: number) {
  const entries = new Map<string, readonly [LabelSelector, Authorization]>();
  for (const policy of policies) {
    const spec = get(policy.value, "spec");
    const selector = toSelector(get(spec, "selector"));
    if (selector === undefined || !isEnforced(policy, spec)) continue;
    const key = JSON.stringify(selector);
    entries.set(key, [selector, withPolicy(entries.get(key)?.[1] ?? { allows: false }, policy, port)]);
  }
  return [...entries.values()];
}

/** Policies with targets apply to gateways and waypoints. Those in a dry run only log. */
function isEnforced({ annotations }: KrmObject, spec: Value | undefined): boolean {
  const hasTargets = get(spec, "targetRef") !== undefined || getList(spec, "targetRefs").length > 0;
  return !hasTargets && annotations["istio.io/dry-run"] !== "true";
}

function withPolicy(entry: Authorization, policy: KrmObject, port: number): Authorization {
  const rules = getList(policy.value, "spec", "rules");
  switch (getString(policy.value, "spec", "action") ?? "ALLOW") {
    case "ALLOW":
      return {
        ...entry,
        allowing: entry.allowing ?? policy,
        allows: entry.allows || rules.some((rule) => canMatch(rule, port)),
      };
    case "DENY":
      return entry.denying === undefined && rules.some((rule) => alwaysMatches(rule, port))
        ? { ...entry, denying: policy }
        : entry;
    default:
      return entry;
  }
}

/** Reports whether a rule can match a request to a port. Only the ports are compared. */
function canMatch(rule: Value, port: number): boolean {
  const targets = getList(rule, "to");
  return targets.length === 0 || targets.some((target) => hasPort(get(target, "operation"), port));
}

/** Reports whether a rule matches every request to a port: it has no condition other than ports. */
function alwaysMatches(rule: Value, port: number): boolean {
  if (getList(rule, "from").length + getList(rule, "when").length > 0) return false;
  const targets = getList(rule, "to").map((target) => get(target, "operation"));
  const hasOnlyPorts = (operation: Value | undefined) =>
    isMapping(operation) && Object.keys(operation).every((field) => field === "ports" || field === "notPorts");
  return targets.length === 0 || targets.some((operation) => hasOnlyPorts(operation) && hasPort(operation, port));
}

function hasPort(operation: Value | undefined, port: number): boolean {
  const lists = (field: string) => getList(operation, field).some((entry) => entry === String(port) || entry === port);
  return (getList(operation, "ports").length === 0 || lists("ports")) && !lists("notPorts");
}
