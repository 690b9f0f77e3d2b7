import type { Addition } from "./addition";
import { agentOf } from "./agent";
import { isNative, nativeSidecar } from "./agent/native";
import { generatedClashes, objectClashes, podClashes } from "./clashes";
import type { Configuration } from "./config/configuration";
import { checks } from "./findings";
import { type Facts, factsOf } from "./findings/facts";
import { hostPortClashes } from "./findings/host-ports";
import { podsReadSecret } from "./findings/secret-readers";
import { appContainers, type Subject } from "./findings/subject";
import { certificate } from "./generate/certificate";
import { expandTemplates } from "./generate/expand";
import { podMonitor } from "./generate/pod-monitor";
import { originOf } from "./generate/record";
import { workloadFinding } from "./generate/workload-finding";
import { about, type Finding } from "./kube/finding";
import { describe, type Identity } from "./kube/object";
import { recordAnnotation } from "./kube/own-annotations";
import { inTemplate, kindOf, type Workload } from "./kube/workload";
import { pullSecrets } from "./pull-secrets";
import type { Surroundings } from "./surroundings";
import { select } from "./workload/select";
import { get, isList, type Mapping } from "./yaml/value";

/** A workload as its author wrote it. */
export interface Candidate {
  readonly workload: Workload;
  /** The configuration that injected it, where that is not the current one. */
  readonly injectedBy?: string;
}

/** What is decided for one workload, as data. With an error among the findings nothing of a run is carried out. */
export interface WorkloadPlan extends Facts {
  /** Whether the selector picked it, skipped ones included. */
  readonly picked: boolean;
  /** What it should carry; absent: nothing. */
  readonly additions?: readonly Addition[];
  /** The Certificate, then the PodMonitor; without the host's annotations. */
  readonly objects: readonly Mapping[];
  /** The ServiceAccount whose pull secrets the pod loses, because the input does not hold it. */
  readonly unknownServiceAccount?: string;
  readonly findings: readonly Finding[];
}

/** Decides what one workload should carry and have beside it. */
export type Planner = (candidate: Candidate) => WorkloadPlan;

/** The planner of a run. */
export function planner(configuration: Configuration, around: Surroundings): Planner {
  const containers = new Map<string, Mapping>();
  const check = checks();
  return (candidate) => planWorkload(configuration, candidate, around, containers, check);
}

function planWorkload(
  configuration: Configuration,
  candidate: Candidate,
  around: Surroundings,
  containers: Map<string, Mapping>,
  check: ReturnType<typeof checks>,
): WorkloadPlan {
  const { workload } = candidate;
  if (configuration.state === "absent") return { picked: false, objects: [], findings: [] };
  const selection = select(workload, configuration);
  if (selection.outcome === "not-selected") {
    return { picked: false, objects: [], findings: [], ...factsOf(configuration, workload) };
  }
  if (selection.outcome === "skipped") {
    const message = `Skipped: ${selection.reason}.`;
    const finding = { ...about(workload.object), code: selection.code, severity: "info", message } as const;
    return { picked: true, objects: [], findings: [finding], ...factsOf(configuration, workload) };
  }
  const broken = problems(candidate, configuration);
  if (broken.length > 0) return { picked: true, objects: [], findings: broken };
  const expansion = expandTemplates(configuration, workload);
  if (!("configuration" in expansion)) return { picked: true, objects: [], findings: expansion.findings };

  const expanded = expansion.configuration;
  const parts = agentOf(expanded).parts(expanded, workload, containers);
  const secrets = pullSecrets(expanded, workload, around);
  const origin = originOf(expanded, workload);
  const requested = certificate(expanded, workload, origin, parts.certificateLifetime);
  const monitor = podMonitor(expanded, workload, origin, parts.metricsPort);
  const objects = [
    ...(requested === undefined ? [] : [requested]),
    ...(monitor !== undefined && "object" in monitor ? [monitor.object] : []),
  ];
  return {
    picked: true,
    additions: additionsFor({ workload, configuration: expanded, parts, around }, secrets.added),
    objects,
    ...(secrets.unknownServiceAccount === undefined ? {} : { unknownServiceAccount: secrets.unknownServiceAccount }),
    findings: [
      ...expansion.findings,
      ...podClashes(expanded, workload, parts),
      ...(monitor !== undefined && "finding" in monitor ? [monitor.finding] : []),
      ...objectClashes(workload, objects, around),
      ...check({ workload, configuration: expanded, parts, around }),
    ],
    ...factsOf(configuration, workload, parts.listens),
  };
}

/** What is wrong with the configuration itself, or to be known of it. */
export function checkConfiguration(configuration: Configuration): readonly Finding[] {
  return configuration.state === "absent" ? [] : agentOf(configuration).check(configuration);
}

/** A workload of the run and what was decided for it. */
export interface Planned {
  readonly object: Identity;
  readonly plan: WorkloadPlan;
  /** It is to carry the agent. */
  readonly injected: boolean;
}

/** What only all workloads together show. */
export function planTogether(
  configuration: Configuration,
  planned: readonly Planned[],
  others: readonly Identity[],
): Finding[] {
  if (configuration.state === "absent") return [];
  return [
    ...generatedClashes(configuration, planned),
    ...hostPortClashes(planned),
    ...podsReadSecret(configuration, planned),
    ...pullSecretNotices(planned),
    ...immutableNotices(planned),
    ...(planned.some(({ plan }) => plan.picked) ? [] : [nothingSelected(planned, others)]),
  ];
}

/** What the object itself must be so that it can be injected. */
function problems({ workload, injectedBy }: Candidate, configuration: Configuration): Finding[] {
  const { object, podSpec } = workload;
  const error = (code: Finding["code"], path: string, message: string) => [
    workloadFinding(workload, code, "error", path, message),
  ];
  if (injectedBy !== undefined) {
    return error(
      "clash-owner",
      `metadata.annotations.${recordAnnotation}`,
      `The configuration "${injectedBy}" injected this workload already: it must be selected by one configuration only, or "${configuration.name}" must be renamed to that.`,
    );
  }
  if (object.name === "") return error("invalid-object", "metadata.name", "A selected workload must have a name.");
  const list = podSpec.containers;
  if (isList(list) && list.length > 0) return [];
  return error(
    "invalid-object",
    inTemplate(workload, "spec.containers"),
    "A selected workload must have a list of containers.",
  );
}

function additionsFor(subject: Subject, secrets: readonly Mapping[]): Addition[] {
  const { configuration, workload, parts } = subject;
  const template = workload.kind.template;
  const spec = [...template, "spec"];
  const additions: Addition[] = [];
  for (const part of ["labels", "annotations"] as const) {
    const present = get(workload.object.value, ...template, "metadata", part);
    const entries = Object.entries(configuration.pod[part]).filter(([key]) => get(present, key) === undefined);
    if (entries.length > 0)
      additions.push({ path: [...template, "metadata", part], entries: Object.fromEntries(entries) });
  }
  for (const { name, added } of appContainers(subject)) {
    if (name !== "" && added.length > 0) {
      additions.push({ path: [...spec, "containers", { name }, "env"], elements: added });
    }
  }
  additions.push(
    isNative(configuration, workload)
      ? { path: [...spec, "initContainers"], elements: [nativeSidecar(parts.container)] }
      : { path: [...spec, "containers"], elements: [parts.container] },
  );
  if (secrets.length > 0) additions.push({ path: [...spec, "imagePullSecrets"], elements: secrets });
  if (parts.volumes.length > 0) additions.push({ path: [...spec, "volumes"], elements: parts.volumes });
  return additions;
}

/** One notice a ServiceAccount, however many workloads use it. */
function pullSecretNotices(planned: readonly Planned[]): Finding[] {
  const accounts = new Map<string, { account: string; objects: Identity[] }>();
  for (const { object, plan } of planned) {
    const account = plan.unknownServiceAccount;
    if (account === undefined) continue;
    const key = `${object.namespace ?? ""}/${account}`;
    const same = accounts.get(key);
    if (same === undefined) accounts.set(key, { account, objects: [object] });
    else same.objects.push(object);
  }
  return [...accounts.values()].map(({ account, objects }) => {
    const first = objects[0] as Identity;
    const message = `${firstOf(objects)} listed no pull secrets, so admission added those of the ServiceAccount "${account}", which is not in the input; now that ours are listed it does not. Add that ServiceAccount to the input, or list its secrets in spec.imagePullSecrets.`;
    return { ...about(first), code: "notice-pull-secrets", severity: "info", message };
  });
}

/** One notice a kind, however many workloads are of it. */
function immutableNotices(planned: readonly Planned[]): Finding[] {
  const kinds = new Map<string, Identity[]>();
  for (const { object, injected } of planned) {
    if (!injected || kindOf(object)?.immutable === undefined) continue;
    const same = kinds.get(object.kind);
    if (same === undefined) kinds.set(object.kind, [object]);
    else same.push(object);
  }
  return [...kinds.values()].map((objects) => {
    const first = objects[0] as Identity;
    const message = `${firstOf(objects)}: a ${first.kind} cannot get or lose containers once it is applied, so what the cluster has of it must be deleted before it is applied again (Argo CD: the sync option Replace=true,Force=true).`;
    return { ...about(first), code: "notice-immutable", severity: "info", message };
  });
}

/** `Deployment shop/web and 2 more`. */
function firstOf(objects: readonly Identity[]): string {
  return `${describe(objects[0] as Identity)}${objects.length > 1 ? ` and ${objects.length - 1} more` : ""}`;
}

/** Says what was there, so that a typo in the selector shows itself. */
function nothingSelected(planned: readonly Planned[], others: readonly Identity[]): Finding {
  const names = planned.slice(0, 10).map(({ object }) => describe(object));
  const more = planned.length - names.length;
  const there =
    planned.length > 0
      ? `the input has ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}, and none matches`
      : `the input has ${others.length} ${others.length === 1 ? "object" : "objects"}, and none of a kind that can match`;
  const message = `No workload was selected: ${there}.`;
  return { code: "warn-nothing-selected", severity: "warning", message, field: { path: "spec.selector" } };
}
