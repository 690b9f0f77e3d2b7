import type { Addition } from "./addition";
import { agentOf } from "./agent";
import type { AgentParts } from "./agent/flavour";
import { generatedClashes, objectClashes, podClashes } from "./clashes";
import type { Configuration } from "./config/configuration";
import { certificate } from "./generate/certificate";
import { expandTemplates } from "./generate/expand";
import { podMonitor } from "./generate/pod-monitor";
import { workloadFinding } from "./generate/workload-finding";
import { about, type Finding } from "./krm/finding";
import { describe, type KrmObject } from "./krm/object";
import { pullSecrets } from "./pull-secrets";
import { surroundings } from "./surroundings";
import { select } from "./workload/select";
import { namesOf, type Workload } from "./workload/workload";
import { getList, getStrings, isList, type Mapping } from "./yaml/value";

/** A workload as its author wrote it, and where it is in the list. */
export interface Candidate {
  readonly index: number;
  readonly workload: Workload;
  /** The configuration that injected it, where that is not the current one. */
  readonly injectedBy?: string;
}

/** What one workload should carry and have beside it. */
export interface WorkloadPlan {
  readonly index: number;
  readonly workload: Workload;
  readonly additions: readonly Addition[];
  /** The Certificate, then the PodMonitor; without the host's annotations. */
  readonly objects: readonly Mapping[];
}

/** The decision as data. With an error among the findings nothing of it is carried out. */
export interface Plan {
  readonly workloads: readonly WorkloadPlan[];
  readonly findings: readonly Finding[];
}

/**
 * Decides what each selected workload should carry.
 *
 * @param candidates every workload of the input, without what this configuration added before.
 * @param objects every object of the input that this configuration did not generate.
 */
export function plan(
  configuration: Configuration,
  candidates: readonly Candidate[],
  objects: readonly KrmObject[],
): Plan {
  if (configuration.state === "absent") return { workloads: [], findings: [] };
  const agent = agentOf(configuration);
  const findings: Finding[] = [...agent.check(configuration)];
  if (findings.some(({ severity }) => severity === "error")) return { workloads: [], findings };

  const around = surroundings(objects, configuration.namespace);
  const workloads: WorkloadPlan[] = [];
  const accounts = new Map<string, { first: Workload; count: number }>();
  let picked = 0;
  for (const candidate of candidates) {
    const { workload } = candidate;
    const selection = select(workload, configuration);
    if (selection.outcome === "not-selected") continue;
    picked++;
    if (selection.outcome === "skipped") {
      findings.push({
        ...about(workload.object),
        code: selection.code,
        severity: "info",
        message: `Skipped: ${selection.reason}.`,
      });
      continue;
    }
    const found = problems(candidate, configuration);
    findings.push(...found);
    if (found.length > 0) continue;
    const expansion = expandTemplates(configuration, workload);
    findings.push(...expansion.findings);
    if (!("configuration" in expansion)) continue;
    const expanded = expansion.configuration;
    const parts = agent.parts(expanded, workload);
    findings.push(...podClashes(expanded, workload, parts));
    const secrets = pullSecrets(expanded, workload, around);
    if (secrets.unknownServiceAccount !== undefined) {
      const key = `${workload.object.namespace ?? ""}/${secrets.unknownServiceAccount}`;
      const seen = accounts.get(key);
      accounts.set(key, { first: seen?.first ?? workload, count: (seen?.count ?? 0) + 1 });
    }
    const monitor = podMonitor(expanded, workload, parts.metricsPort);
    if (monitor !== undefined && "finding" in monitor) findings.push(monitor.finding);
    const generated = [
      certificate(expanded, workload, parts.certificateLifetime),
      monitor !== undefined && "object" in monitor ? monitor.object : undefined,
    ].filter((object) => object !== undefined);
    findings.push(...objectClashes(workload, generated, around));
    const additions = additionsFor(expanded, workload, parts, secrets.added);
    workloads.push({ index: candidate.index, workload, additions, objects: generated });
  }
  findings.push(...generatedClashes(configuration, workloads), ...pullSecretNotices(accounts));
  if (picked === 0) findings.push(nothingSelected(candidates, objects));
  return { workloads, findings };
}

/** What the object itself must be so that it can be injected. */
function problems({ workload, injectedBy }: Candidate, configuration: Configuration): Finding[] {
  const { object, kind, podSpec } = workload;
  const containers = [...kind.template, "spec", "containers"].join(".");
  if (injectedBy !== undefined) {
    return [
      {
        ...about(workload.object),
        code: "clash-owner",
        severity: "error",
        message: `The configuration "${injectedBy}" injected this workload already: it must be selected by one configuration only, or "${configuration.name}" must be renamed to that.`,
      },
    ];
  }
  if (object.name === "") {
    return [
      workloadFinding(workload, "invalid-object", "error", "metadata.name", "A selected workload must have a name."),
    ];
  }
  const list = podSpec.containers;
  if (!isList(list) || list.length === 0) {
    return [
      workloadFinding(
        workload,
        "invalid-object",
        "error",
        containers,
        "A selected workload must have a list of containers.",
      ),
    ];
  }
  return [];
}

function additionsFor(
  configuration: Configuration,
  workload: Workload,
  parts: AgentParts,
  secrets: readonly Mapping[],
): Addition[] {
  const template = workload.kind.template;
  const spec = [...template, "spec"];
  const additions: Addition[] = [];
  for (const part of ["labels", "annotations"] as const) {
    const present = getStrings(workload.object.value, ...template, "metadata", part);
    const entries = Object.entries(configuration.pod[part]).filter(([key]) => present[key] === undefined);
    if (entries.length > 0)
      additions.push({ path: [...template, "metadata", part], entries: Object.fromEntries(entries) });
  }
  const only = configuration.app.containers;
  for (const container of getList(workload.podSpec, "containers")) {
    const name = namesOf([container])[0];
    if (name === undefined || (only !== undefined && !only.includes(name))) continue;
    const present = namesOf(getList(container, "env"));
    const elements = configuration.app.env.filter((variable) => !present.includes(String(variable.name)));
    if (elements.length > 0) additions.push({ path: [...spec, "containers", { name }, "env"], elements });
  }
  additions.push({ path: [...spec, "containers"], elements: [parts.container] });
  if (secrets.length > 0) additions.push({ path: [...spec, "imagePullSecrets"], elements: secrets });
  if (parts.volumes.length > 0) additions.push({ path: [...spec, "volumes"], elements: parts.volumes });
  return additions;
}

function pullSecretNotices(accounts: ReadonlyMap<string, { first: Workload; count: number }>): Finding[] {
  return [...accounts].map(([key, { first, count }]) => ({
    ...about(first.object),
    code: "notice-pull-secrets",
    severity: "info",
    message: `${describe(first.object)}${count > 1 ? ` and ${count - 1} more` : ""} listed no pull secrets, so admission added those of the ServiceAccount "${key.split("/")[1]}", which is not in the input; now that ours are listed it does not. Add that ServiceAccount to the input, or list its secrets in spec.imagePullSecrets.`,
  }));
}

/** Says what was there, so that a typo in the selector shows itself. */
function nothingSelected(candidates: readonly Candidate[], objects: readonly KrmObject[]): Finding {
  const names = candidates.slice(0, 10).map(({ workload }) => describe(workload.object));
  const more = candidates.length - names.length;
  const there =
    candidates.length > 0
      ? `the input has ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}, and none matches`
      : `the input has ${objects.length} ${objects.length === 1 ? "object" : "objects"}, and none of a kind that can match`;
  return {
    code: "warn-nothing-selected",
    severity: "warning",
    message: `No workload was selected: ${there}.`,
    field: { path: "spec.selector" },
  };
}
