import type { Configuration } from "../config/configuration";
import type { Parse } from "../krm/edit-item";
import { printPath } from "../kube/field-path";
import { type Finding, objectAndFile } from "../kube/finding";
import { inTemplate, namesOf, type Workload } from "../kube/workload";
import { agentTypeOf } from "../plan/agents/index";
import { compareAgents, isJaegerAgent, type SettingComparison } from "../plan/agents/jaeger/adopted";
import { expandTemplates } from "../plan/objects/expand-templates";
import { select } from "../plan/select";
import { getList, getString, isMapping, type Mapping, type Value } from "../yaml/value";
import { type OriginalWorkload, removeRecorded } from "./uninject";

/**
 * A workload without a Jaeger agent that others put there, where the configuration says to take it over: then ours goes
 * where it stood, as if freshly added. There is no way back: what is taken out is in no record.
 *
 * @throws YamlError where it cannot be taken out safely.
 */
export function adopt(base: OriginalWorkload, configuration: Configuration, parse: Parse): OriginalWorkload {
  const { workload } = base;
  if (!configuration.agent.adopt || configuration.state === "absent" || base.injectedBy !== undefined) return base;
  if (select(workload, configuration).outcome !== "selected") return base;
  const agents = foreignAgents(workload);
  if (agents.length === 0) return base;
  const expansion = expandTemplates(configuration, workload);
  // Without its templates the configuration has nothing to put in their place; the plan says why.
  if (!("configuration" in expansion)) return base;

  const added = Object.fromEntries(
    [...Object.entries(containersOf(agents)), ["volumes", namesOf(volumesOf(workload, agents))] as const]
      .filter(([, names]) => names.length > 0)
      .map(([list, names]) => [printPath([...workload.kind.template, "spec", list]), names]),
  );
  const removal = removeRecorded(
    base.item,
    { owner: "", added, created: Object.keys(added), formerlyEmpty: {} },
    parse,
  );
  return {
    ...base,
    item: removal.item,
    workload: removal.workload,
    positions: new Map([...[...base.positions].filter(([path]) => !(path in added)), ...removal.positions]),
    adopted: agents.map((agent) => finding(agent, base, expansion.configuration)),
  };
}

/** A container and the list it is in. */
interface ForeignAgent {
  readonly list: "containers" | "initContainers";
  readonly container: Mapping;
}

/** The Jaeger agents beside an app; of init containers those that stay. */
function foreignAgents({ podSpec }: Workload): ForeignAgent[] {
  const isAgent = (container: Value): container is Mapping =>
    isMapping(container) && namesOf([container]).length > 0 && isJaegerAgent(container);
  const containers = getList(podSpec, "containers");
  const agents = containers.filter(isAgent);
  // A pod of nothing else would be left without containers.
  if (agents.length === containers.length) return [];
  const sidecars = getList(podSpec, "initContainers").filter(isAgent);
  return [
    ...agents.map((container) => ({ list: "containers" as const, container })),
    ...sidecars
      .filter((container) => container["restartPolicy"] === "Always")
      .map((container) => ({ list: "initContainers" as const, container })),
  ];
}

function containersOf(agents: readonly ForeignAgent[]): Record<ForeignAgent["list"], string[]> {
  const names = (list: ForeignAgent["list"]) =>
    namesOf(agents.filter((agent) => agent.list === list).map((a) => a.container));
  return { containers: names("containers"), initContainers: names("initContainers") };
}

/** The volumes that nothing else in the pod mounts. */
function volumesOf({ podSpec }: Workload, agents: readonly ForeignAgent[], only = isSecret): readonly Value[] {
  const adopted = new Set<Value>(agents.map(({ container }) => container));
  const all = ["containers", "initContainers", "ephemeralContainers"].flatMap((list) => getList(podSpec, list));
  const mounted = (containers: readonly Value[]) =>
    new Set(containers.flatMap((container) => namesOf(getList(container, "volumeMounts"))));
  const ours = mounted([...adopted]);
  const others = mounted(all.filter((container) => !adopted.has(container)));
  return getList(podSpec, "volumes").filter((volume) => {
    const name = getString(volume, "name") ?? "";
    return ours.has(name) && !others.has(name) && only(volume);
  });
}

function isSecret(volume: Value): boolean {
  return isMapping(volume) && volume["secret"] !== undefined;
}

function finding(
  { list, container }: ForeignAgent,
  { workload }: OriginalWorkload,
  configuration: Configuration,
): Finding {
  const parts = agentTypeOf(configuration).build(configuration, workload);
  const fates = compareAgents({ container, workload, configuration, parts });
  const gone = volumesOf(workload, [{ list, container }]);
  const left = volumesOf(workload, [{ list, container }], (volume) => !isSecret(volume));
  const sentences = [
    `Adopted: the agent of the configuration took the place of the container "${getString(container, "name")}"${named(", and of", gone)}.`,
    sentence("As it was told before", fates, "same"),
    sentence("Told something else", fates, "other"),
    sentence("Without a counterpart", fates, "none"),
    left.length === 0 ? "" : `Left without a use${named(":", left)}.`,
    "Objects made for it, such as a Certificate or a PodMonitor, stay as they are.",
  ];
  const field = { path: inTemplate(workload, `spec.${list}`) };
  const message = sentences.filter((text) => text !== "").join(" ");
  return { code: "adopted", severity: "info", message, ...objectAndFile(workload.object), field };
}

function sentence(heading: string, fates: readonly SettingComparison[], is: SettingComparison["outcome"]): string {
  const told = fates.filter((fate) => fate.outcome === is);
  const parts = told.map(({ setting, reason }) => (reason === undefined ? setting : `${setting} (${reason})`));
  return parts.length === 0 ? "" : `${heading}: ${parts.join(", ")}.`;
}

function named(before: string, volumes: readonly Value[]): string {
  const names = namesOf(volumes).map((name) => `"${name}"`);
  if (names.length === 0) return "";
  return `${before} the ${names.length > 1 ? "volumes" : "volume"} ${names.join(", ")}`;
}
