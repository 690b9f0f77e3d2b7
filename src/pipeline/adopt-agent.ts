import type { Configuration } from "../config/configuration";
import type { Parse } from "../krm/edit-item";
import { printPath } from "../kube/field-path";
import { type Finding, objectAndFile } from "../kube/finding";
import { listAll } from "../kube/message-text";
import { inTemplate, namesOf, type Workload } from "../kube/workload";
import type { SettingComparison } from "../plan/agents/agent-type";
import { type ExistingAgent, existingAgents } from "../plan/agents/existing-agents";
import { agentTypeOf } from "../plan/agents/index";
import type { ObjectIndex } from "../plan/object-index";
import { expandConfiguration } from "../plan/objects/expand-configuration";
import { select } from "../plan/select";
import { getList, getString, isMapping, type Value } from "../yaml/value";
import type { RecordedAdditions } from "./injection-record";
import { type OriginalWorkload, removeRecorded } from "./uninject";

/** What adoption depends on. */
interface AdoptionContext {
  readonly configuration: Configuration;
  /** The objects of the input that aren't workloads. */
  readonly index: ObjectIndex;
  readonly parse: Parse;
}

/**
 * Removes agents that the function didn't add, if the configuration adopts them. The configured agent is then
 * added in their place. This can't be undone, because no record names what was removed.
 *
 * @returns the workload without them, or the same workload if there is nothing to adopt.
 * @throws YamlError if they can't be removed safely.
 */
export function adopt(original: OriginalWorkload, context: AdoptionContext): OriginalWorkload {
  const { workload } = original;
  const { configuration, index, parse } = context;
  if (!configuration.agent.adopt || configuration.state === "absent") return original;
  if (original.injectedBy !== undefined || select(workload, configuration, index).outcome !== "selected")
    return original;
  const agents = existingAgents(workload.podSpec);
  if (agents.length === 0) return original;
  const expansion = expandConfiguration(configuration, workload);
  // The agent that would replace them can't be built. The plan reports why.
  if (!("configuration" in expansion)) return original;

  const added = agentNames(workload, agents);
  const recorded = { added, created: Object.keys(added), formerlyEmpty: {} };
  const removed = removeRecorded(original.item, recorded, parse);
  return {
    ...original,
    item: removed.item,
    workload: removed.workload,
    positions: new Map([...[...original.positions].filter(([path]) => !(path in added)), ...removed.positions]),
    adopted: agents.map((agent) => adoptedFinding(agent, original, expansion.configuration)),
  };
}

/** Returns the names of the containers and volumes of agents, by the path of their list. */
function agentNames(workload: Workload, agents: readonly ExistingAgent[]): RecordedAdditions["added"] {
  const containers = (list: ExistingAgent["list"]) =>
    namesOf(agents.filter((agent) => agent.list === list).map(({ container }) => container));
  const names = {
    containers: containers("containers"),
    initContainers: containers("initContainers"),
    volumes: namesOf(volumesOf(workload, agents)),
  };
  return Object.fromEntries(
    Object.entries(names)
      .filter(([, list]) => list.length > 0)
      .map(([list, found]) => [printPath([...workload.kind.template, "spec", list]), found]),
  );
}

/** Returns the volumes that only the agents mount, by default only those of Secrets. */
function volumesOf({ podSpec }: Workload, agents: readonly ExistingAgent[], matches = isSecret): readonly Value[] {
  const adopted = new Set<Value>(agents.map(({ container }) => container));
  const all = ["containers", "initContainers", "ephemeralContainers"].flatMap((list) => getList(podSpec, list));
  const mounted = (containers: readonly Value[]) =>
    new Set(containers.flatMap((container) => namesOf(getList(container, "volumeMounts"))));
  const byAgents = mounted([...adopted]);
  const byOthers = mounted(all.filter((container) => !adopted.has(container)));
  return getList(podSpec, "volumes").filter((volume) => {
    const name = getString(volume, "name") ?? "";
    return byAgents.has(name) && !byOthers.has(name) && matches(volume);
  });
}

function isSecret(volume: Value): boolean {
  return isMapping(volume) && volume["secret"] !== undefined;
}

function adoptedFinding(agent: ExistingAgent, { workload }: OriginalWorkload, configuration: Configuration): Finding {
  const { list, container, type } = agent;
  const newType = agentTypeOf(configuration);
  const parts = newType.build(configuration, workload);
  const sameType = newType === type;
  const settings = type.adoption.compare({ container, workload, configuration, parts, sameType });
  const removed = volumesOf(workload, [agent]);
  const unused = volumesOf(workload, [agent], (volume) => !isSecret(volume));
  const sentences = [
    `Adopted: the configured agent replaces the container "${getString(container, "name")}"${named(" and", removed)}.`,
    sentence("Unchanged settings", settings, "same"),
    sentence("Changed settings", settings, "other"),
    sentence("Settings without an equivalent", settings, "none"),
    unused.length === 0 ? "" : `No longer used${named(":", unused)}.`,
    "Objects created for the old agent, such as a Certificate or a PodMonitor, are unchanged.",
  ];
  const field = { path: inTemplate(workload, `spec.${list}`) };
  const message = sentences.filter((text) => text !== "").join(" ");
  return { code: "adopted", severity: "info", message, ...objectAndFile(workload.object), field };
}

function sentence(
  heading: string,
  settings: readonly SettingComparison[],
  outcome: SettingComparison["outcome"],
): string {
  const matching = settings.filter((one) => one.outcome === outcome);
  const parts = matching.map(({ setting, reason }) => (reason === undefined ? setting : `${setting} (${reason})`));
  return parts.length === 0 ? "" : `${heading}: ${parts.join(", ")}.`;
}

function named(before: string, volumes: readonly Value[]): string {
  const names = namesOf(volumes).map((name) => `"${name}"`);
  if (names.length === 0) return "";
  return `${before} the ${names.length > 1 ? "volumes" : "volume"} ${listAll(names)}`;
}
