import type { Configuration } from "../config/configuration";
import { type Finding, objectAndFile } from "../kube/finding";
import { listSome, plural } from "../kube/message-text";
import { describe, type Identity } from "../kube/object";
import { kindOf } from "../kube/workload";
import { groupBy } from "../yaml/maps";
import { agentTypeOf } from "./agents";
import { imageTypeProblems } from "./agents/image-type";
import { isHook } from "./apply-order";
import { duplicateObjects } from "./checks/conflicts";
import { hostPortConflicts } from "./checks/host-ports";
import { scrapedTwice } from "./checks/scraped-twice";
import { otherSecretReaders } from "./checks/shared-secret";
import type { Planned } from "./plan-types";
import { nothingSelected, removedApis } from "./unselected";

/** Returns the problems and notices of the configuration itself. */
export function checkConfiguration(configuration: Configuration): readonly Finding[] {
  if (configuration.state === "absent") return [];
  const type = agentTypeOf(configuration);
  const wrongType = imageTypeProblems(configuration);
  if (wrongType.length > 0) return wrongType;
  return [...type.check(configuration), ...type.checkEndpoint(configuration)];
}

/**
 * Checks that need every workload of a run: duplicate objects, host ports, shared Secrets, notices that are reported
 * once, and whether anything was selected at all.
 *
 * @param others the objects of the input that aren't workloads.
 */
export function checkRun(
  configuration: Configuration,
  planned: readonly Planned[],
  others: readonly Identity[],
): Finding[] {
  if (configuration.state === "absent") return [];
  return [
    ...duplicateObjects(configuration, planned),
    ...hostPortConflicts(planned),
    ...scrapedTwice(planned),
    ...otherSecretReaders(configuration, planned),
    ...pullSecretNotices(planned),
    ...immutableNotices(planned),
    ...rejectedSignalNotices(planned),
    ...qosClassNotices(planned),
    ...unknownContainers(configuration, planned),
    ...withoutNamedContainers(configuration, planned),
    ...removedApis(configuration, others),
    ...nothingSelected(configuration, planned, others),
  ];
}

/** Returns one notice per ServiceAccount, for all workloads that use it. */
function pullSecretNotices(planned: readonly Planned[]): Finding[] {
  const users = planned.flatMap(({ object, plan }) => {
    const account = plan.outcome === "injected" ? plan.unknownServiceAccount : undefined;
    return account === undefined ? [] : [{ object, account }];
  });
  const byAccount = groupBy(users, ({ object, account }) => `${object.namespace ?? ""}/${account}`);
  return [...byAccount.values()].map((group): Finding => {
    const [{ object, account }] = group;
    const pods =
      group.length === 1
        ? "The pods"
        : `The pods of this workload and of ${plural(group.length - 1, "other workload")}`;
    const message = `${pods} have no pull secrets of their own, so they use those of the ServiceAccount "${account}", if it has any. Kubernetes no longer adds these once spec.imagePullSecrets is added to the pods. Add the ServiceAccount to the input, or list its pull secrets in spec.imagePullSecrets too.`;
    return { ...objectAndFile(object), code: "notice-pull-secrets-replaced", severity: "info", message };
  });
}

/**
 * Returns one notice per kind, for all workloads of that kind. Every sync or release creates another object from a
 * manifest with `generateName`, and creates a hook again: by default, Helm and Argo CD delete the one before.
 */
function immutableNotices(planned: readonly Planned[]): Finding[] {
  const immutable = planned.flatMap(({ object, plan }) =>
    plan.outcome === "injected" && kindOf(object)?.immutable && object.name !== "" && !isHook(object.annotations)
      ? [object]
      : [],
  );
  return [...groupBy(immutable, ({ kind }) => kind).values()].map((objects): Finding => {
    const [first] = objects;
    const others =
      objects.length === 1 ? "" : ` The same applies to ${plural(objects.length - 1, `other ${first.kind}`)}.`;
    const message = `Containers can't be added to or removed from a ${first.kind} after it is applied. Delete the existing ${first.kind} before you apply it again (Argo CD: sync option Replace=true,Force=true).${others}`;
    return { ...objectAndFile(first), code: "notice-immutable-pod-template", severity: "info", message };
  });
}

/** Returns one notice for all workloads whose SDKs may export the same signals, which the agent rejects. */
function rejectedSignalNotices(planned: readonly Planned[]): Finding[] {
  const affected = planned.flatMap(({ object, plan }) => {
    const signals = plan.outcome === "injected" ? plan.rejectedSignals : undefined;
    return signals === undefined ? [] : [{ object, signals }];
  });
  return [...groupBy(affected, ({ signals }) => signals)].map(([signals, group]): Finding => {
    const workloads = listSome(group, 10, ({ object }) => describe(object));
    const message = `The agent doesn't forward ${signals.replace("and", "or")}. An OpenTelemetry SDK that exports them, as the Java agent does by default, logs errors. Affected workloads may include ${workloads}. To forward ${signals}, add them to the signals. To turn them off, set spec.app.otherSignals to "disable".`;
    return { code: "notice-signals-rejected", severity: "info", message, configField: { path: "spec.agent.signals" } };
  });
}

/** Returns one notice for all workloads whose pods lose the QoS class Guaranteed. */
function qosClassNotices(planned: readonly Planned[]): Finding[] {
  const affected = planned.filter(({ plan }) => plan.outcome === "injected" && plan.losesGuaranteedClass);
  if (affected.length === 0) return [];
  const workloads = listSome(affected, 10, ({ object }) => describe(object));
  const message = `With the agent, the QoS class of these workloads' pods changes from Guaranteed to Burstable: ${workloads}. To keep Guaranteed, set equal requests and limits for cpu and memory.`;
  return [
    { code: "notice-qos-class-changed", severity: "info", message, configField: { path: "spec.agent.resources" } },
  ];
}

/**
 * Returns a warning for each name in `spec.app.containers` that no selected workload has: a misspelled one does nothing.
 * A workload that is refused, and so isn't known, may have it.
 */
function unknownContainers({ app }: Configuration, planned: readonly Planned[]): Finding[] {
  const plans = planned.map(({ plan }) => plan).filter(({ outcome }) => outcome !== "not-selected");
  if (app.containers === undefined || plans.length === 0) return [];
  if (plans.some(({ outcome }) => outcome === "refused")) return [];
  const found = new Set(plans.flatMap((plan) => ("namedContainers" in plan ? plan.namedContainers : [])));
  return app.containers.flatMap((name, index) => {
    if (found.has(name)) return [];
    const message = `No selected workload has a container "${name}". Change the name, or remove it.`;
    const configField = { path: `spec.app.containers[${index}]` };
    return [{ code: "warn-unknown-container", severity: "warning", message, configField }];
  });
}

/**
 * Returns one notice for all injected workloads that have none of the containers in `spec.app.containers`, such as one
 * that was added after the list was written.
 */
function withoutNamedContainers({ app }: Configuration, planned: readonly Planned[]): Finding[] {
  if (app.containers === undefined || app.containers.length === 0) return [];
  const affected = planned.filter(({ plan }) => plan.outcome === "injected" && plan.namedContainers?.length === 0);
  if (affected.length === 0) return [];
  const workloads = listSome(affected, 10, ({ object }) => describe(object));
  const message = `${workloads} ${affected.length === 1 ? "has" : "have"} none of the containers in spec.app.containers, so spec.app doesn't apply to any of ${affected.length === 1 ? "its" : "their"} containers. If one of them sends spans, add it to the list.`;
  const configField = { path: "spec.app.containers" };
  return [{ code: "notice-no-app-container", severity: "info", message, configField }];
}
