import type { Configuration, Signal } from "../config/configuration";
import { printPath } from "../kube/field-path";
import { type Finding, objectAndFile } from "../kube/finding";
import { recordAnnotation } from "../kube/own-annotations";
import { namesOf, type Workload } from "../kube/workload";
import { get, getList, type Mapping } from "../yaml/value";
import type { Addition } from "./addition";
import type { AgentCache } from "./agents/agent-type";
import { agentTypeOf } from "./agents/index";
import { isNative } from "./agents/native-sidecar";
import { appContainers } from "./app/app-env";
import { rejectedSignals } from "./app/other-signals";
import type { CheckContext } from "./checks/check";
import { objectConflicts, podConflicts, workloadConflictContext } from "./checks/conflicts";
import { checks } from "./checks/index";
import { losesGuaranteedClass } from "./checks/qos-class";
import type { ObjectIndex } from "./object-index";
import { expandConfiguration, type SharedParts } from "./objects/expand-configuration";
import { objectGenerators } from "./objects/index";
import { ownershipOf } from "./objects/metadata";
import type { PlannedInjection, Planner, WorkloadInput, WorkloadPlan } from "./plan-types";
import { podUsage } from "./pod-usage";
import { pullSecrets } from "./pull-secrets";
import { select } from "./select";
import type { Skip } from "./skip";
import { fieldAt, workloadFinding } from "./workload-finding";

/** What the plans of a run share. */
interface PlanningContext {
  readonly configuration: Configuration;
  readonly index: ObjectIndex;
  /** See `expandConfiguration`. */
  readonly sharedParts: SharedParts;
  /** See `AgentType.build`. */
  readonly agentCache: AgentCache;
  readonly check: ReturnType<typeof checks>;
}

/**
 * Returns the planner of one run. Use a new one for each run: it caches what workloads have in common.
 *
 * @param index the objects of the input that aren't workloads.
 */
export function createPlanner(configuration: Configuration, index: ObjectIndex): Planner {
  const context = { configuration, index, sharedParts: new Map(), agentCache: new Map(), check: checks() };
  return (input) => planWorkload(input, context);
}

function planWorkload(input: WorkloadInput, context: PlanningContext): WorkloadPlan {
  const { workload } = input;
  const { configuration, index } = context;
  if (configuration.state === "absent") return { outcome: "not-selected", usage: {} };
  const selection = select(workload, configuration, index);
  if (selection.outcome === "not-selected") return { ...selection, usage: podUsage(configuration, workload) };
  if (selection.outcome === "skipped") {
    const { skip } = selection;
    const isElsewhere = input.injectedBy !== undefined && skip.dependsOnConfiguration;
    const reported = isElsewhere ? {} : { finding: skipFinding(workload, skip) };
    return {
      outcome: "skipped",
      ...reported,
      usage: podUsage(configuration, workload),
      ...named(workload, configuration),
    };
  }
  if (input.injectedBy === undefined) return planInjection(input, context);
  return { outcome: "refused", findings: [ownedByOther(workload, input.injectedBy, configuration)] };
}

function skipFinding({ object }: Workload, { reason, dependsOnConfiguration: _, ...skip }: Skip): Finding {
  return { severity: "info", ...skip, ...objectAndFile(object), message: `Skipped: ${reason}.` };
}

/** Plans a selected workload. If a template can't be expanded, the workload is refused. */
function planInjection(
  input: WorkloadInput,
  { configuration, index, sharedParts, agentCache, check }: PlanningContext,
): WorkloadPlan {
  const { workload } = input;
  const expansion = expandConfiguration(configuration, workload, sharedParts);
  if (!("configuration" in expansion)) {
    const { findings } = expansion;
    return { outcome: "refused", findings: hasVariable(workload) ? [unsubstituted(workload)] : findings };
  }

  const expanded = expansion.configuration;
  const parts = agentTypeOf(expanded).build(expanded, workload, agentCache);
  const secrets = pullSecrets(expanded, workload, index);
  const ownership = ownershipOf(expanded, workload);
  const generated = objectGenerators.flatMap(
    ({ generate }) => generate?.({ configuration: expanded, workload, ownership, parts }) ?? [],
  );
  const sources = { namespace: workload.object.namespace, find: index.find };
  const containers = appContainers({ workload, configuration: expanded, parts, sources });
  const agentIndex = agentIndexOf(input, expanded);
  const checkContext = { workload, configuration: expanded, parts, index, agentIndex, appContainers: containers };
  const byDefault = signalsRejectedByDefault(checkContext);
  const objects = generated.flatMap((result) => ("object" in result ? [result.object] : []));
  return {
    outcome: "injected",
    additions: additionsFor(checkContext, secrets.added),
    objects,
    metricsPort: parts.metricsPort,
    ...(secrets.unknownServiceAccount === undefined ? {} : { unknownServiceAccount: secrets.unknownServiceAccount }),
    ...named(workload, configuration),
    ...(byDefault === undefined ? {} : { rejectedSignals: byDefault }),
    ...(losesGuaranteedClass(checkContext) ? { losesGuaranteedClass: true } : {}),
    findings: [
      ...expansion.findings,
      ...podConflicts(expanded, workload, parts),
      ...generated.flatMap((result) => ("finding" in result ? [result.finding] : [])),
      ...objectConflicts(objects, index, workloadConflictContext(workload)),
      ...check(checkContext),
    ],
    usage: podUsage(configuration, workload, parts.ports),
  };
}

/** Reports whether the name or namespace contains a variable that a later step substitutes, such as `${APP}`. */
function hasVariable({ object }: Workload): boolean {
  return [object.name, object.generateName, object.namespace].some((text) => text?.includes("${"));
}

/** Returns the error for a workload whose name can't be part of other names yet. */
function unsubstituted(workload: Workload): Finding {
  return workloadFinding(workload, {
    code: "invalid-object",
    severity: "error",
    field: { path: "metadata" },
    message:
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of such a variable
      "The name or namespace contains a variable (${…}), so the names of generated objects can't be checked. Substitute the variables first, for example with `flux envsubst`, and run tracing-sidecar on the result.",
  });
}

/** Returns how many init containers start before the agent; undefined if it is an ordinary container. */
function agentIndexOf({ workload, positions }: WorkloadInput, configuration: Configuration): number | undefined {
  if (!isNative(configuration, workload)) return undefined;
  if (configuration.agent.position === "first") return 0;
  const path = [...workload.kind.template, "spec", "initContainers"];
  return positions?.get(printPath(path)) ?? getList(workload.object.value, ...path).length;
}

/** Returns the names in `spec.app.containers` that a workload has. */
function named({ podSpec }: Workload, { app }: Configuration): Pick<PlannedInjection, "namedContainers"> {
  if (app.containers === undefined) return {};
  const present = new Set(["containers", "initContainers"].flatMap((list) => namesOf(getList(podSpec, list))));
  return { namedContainers: app.containers.filter((name) => present.has(name)) };
}

/** Returns the error for a workload that another configuration injected. */
function ownedByOther(workload: Workload, owner: string, { name }: Configuration): Finding {
  return workloadFinding(workload, {
    code: "conflict-owner",
    severity: "error",
    field: fieldAt("metadata.annotations", recordAnnotation),
    message: `This workload is already managed by the configuration "${owner}". Select it with only one configuration. If you renamed "${owner}" to "${name}", change metadata.name back.`,
  });
}

/** Returns the signals that the agent rejects and that an SDK with the preset `opentelemetry` may export by default. */
function signalsRejectedByDefault(context: CheckContext): PlannedInjection["rejectedSignals"] {
  if (!context.configuration.app.presets.includes("opentelemetry")) return undefined;
  const rejected = context.appContainers.flatMap(({ env }) => rejectedSignals(env, context));
  const has = (name: Signal) => rejected.some(({ signal, selectedBy }) => signal === name && selectedBy === undefined);
  if (has("metrics")) return has("logs") ? "metrics and logs" : "metrics";
  return has("logs") ? "logs" : undefined;
}

/** Returns what to add to an injected workload. `secrets` are the pull secrets to add. */
function additionsFor(context: CheckContext, secrets: readonly Mapping[]): Addition[] {
  const { configuration, workload, parts } = context;
  const template = workload.kind.template;
  const spec = [...template, "spec"];
  const additions: Addition[] = [];
  for (const part of ["labels", "annotations"] as const) {
    const present = get(workload.object.value, ...template, "metadata", part);
    const entries = Object.entries(configuration.pod[part]).filter(([key]) => get(present, key) === undefined);
    if (entries.length > 0)
      additions.push({ path: [...template, "metadata", part], entries: Object.fromEntries(entries) });
  }
  for (const { list, name, added } of context.appContainers) {
    if (added.length > 0) {
      additions.push({ path: [...spec, list, { name }, "env"], elements: added });
    }
  }
  additions.push(
    isNative(configuration, workload)
      ? {
          path: [...spec, "initContainers"],
          elements: [parts.container],
          ...(configuration.agent.position === "first" ? { position: "first" } : {}),
        }
      : { path: [...spec, "containers"], elements: [parts.container] },
  );
  if (secrets.length > 0) additions.push({ path: [...spec, "imagePullSecrets"], elements: secrets });
  if (parts.volumes.length > 0) additions.push({ path: [...spec, "volumes"], elements: parts.volumes });
  return additions;
}
