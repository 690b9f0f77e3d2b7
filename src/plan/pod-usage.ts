import { type Configuration, certManagerOf } from "../config/configuration";
import { inTemplate, type Workload } from "../kube/workload";
import type { ProjectionTree } from "../yaml/projection";
import { get, getList, getString, getStrings, type Value } from "../yaml/value";
import type { AgentParts } from "./agents/agent-type";

/** The Secrets and node ports that a pod uses, to compare workloads. Kept small: a run keeps it for every workload. */
export interface PodUsage {
  /** Omitted if there are none, or if cert-manager writes no Secret for this configuration. */
  readonly readsSecrets?: readonly SecretReference[];
  /** Omitted if there are none. */
  readonly nodePorts?: NodePorts;
}

/** A Secret that a pod refers to. */
export interface SecretReference {
  /** The name of the Secret. */
  readonly secret: string;
  /** The path of the field that refers to it. */
  readonly path: string;
}

/** The ports that a pod uses on its node, such as `14271/TCP`. */
export interface NodePorts {
  /** The ports that the pod's own containers declare. */
  readonly declared: readonly string[];
  /** The ports of the agent. Empty unless the pod gets an agent and uses the node's network. */
  readonly agent: readonly string[];
  /** The pod's `nodeSelector` as JSON. */
  readonly nodeSelector: string;
  /** The path of the pod's `hostNetwork` field. */
  readonly path: string;
}

/**
 * Returns what a pod uses, with paths from the root of its object.
 *
 * @param agentPorts the ports of the agent; omit if the workload doesn't get one.
 */
export function podUsage(
  configuration: Configuration,
  workload: Workload,
  agentPorts: AgentParts["ports"] = [],
): PodUsage {
  const readsSecrets = certManagerOf(configuration) === undefined ? [] : secretReferences(workload);
  const nodePorts = nodePortsOf(workload, agentPorts);
  return {
    ...(readsSecrets.length === 0 ? {} : { readsSecrets }),
    ...(nodePorts === undefined ? {} : { nodePorts }),
  };
}

const containerLists = ["containers", "initContainers", "ephemeralContainers"];

/** The fields of a pod's spec that `podUsage` reads. */
export const podUsageFields: ProjectionTree = {
  hostNetwork: "entire",
  imagePullSecrets: "entire",
  nodeSelector: "entire",
  volumes: { secret: "entire", projected: "entire" },
  ...Object.fromEntries(
    containerLists.map((list) => [
      list,
      { name: "entire", ports: "entire", env: { valueFrom: "entire" }, envFrom: "entire" } as const,
    ]),
  ),
};

function secretReferences(workload: Workload): SecretReference[] {
  const { podSpec } = workload;
  const references: SecretReference[] = [];
  const seen = new Set<Value>();
  const addReference = (secret: string | undefined, ...path: string[]) => {
    if (secret !== undefined) references.push({ secret, path: inTemplate(workload, ["spec", ...path].join(".")) });
  };
  // A list that aliases share is read only once.
  const listOnce = (value: Value, ...path: string[]) => {
    const list = getList(value, ...path);
    if (seen.has(list)) return [];
    seen.add(list);
    return list;
  };
  for (const volume of listOnce(podSpec, "volumes")) {
    addReference(getString(volume, "secret", "secretName"), "volumes");
    for (const source of listOnce(volume, "projected", "sources"))
      addReference(getString(source, "secret", "name"), "volumes");
  }
  for (const secret of listOnce(podSpec, "imagePullSecrets"))
    addReference(getString(secret, "name"), "imagePullSecrets");
  for (const list of containerLists) {
    for (const container of listOnce(podSpec, list)) {
      const containerPath = `${list}[${getString(container, "name") ?? ""}]`;
      for (const entry of listOnce(container, "env"))
        addReference(getString(entry, "valueFrom", "secretKeyRef", "name"), containerPath, "env");
      for (const source of listOnce(container, "envFrom"))
        addReference(getString(source, "secretRef", "name"), containerPath, "envFrom");
    }
  }
  return references;
}

function nodePortsOf(workload: Workload, agentPorts: AgentParts["ports"]): NodePorts | undefined {
  const { podSpec } = workload;
  const onNodeNetwork = get(podSpec, "hostNetwork") === true;
  // On the node's network, every port that a container declares is a port of the node. Otherwise only a hostPort is.
  const declared = declaredPorts(podSpec, onNodeNetwork ? "containerPort" : "hostPort");
  const agent = onNodeNetwork ? agentPorts.map(({ port, protocol }) => `${port}/${protocol}`) : [];
  if (declared.length + agent.length === 0) return undefined;
  const nodeSelector = JSON.stringify(getStrings(podSpec, "nodeSelector"));
  return { declared, agent, nodeSelector, path: inTemplate(workload, "spec.hostNetwork") };
}

/** Returns the port numbers in a field of the containers' ports with their protocols, without duplicates. */
function declaredPorts(podSpec: Value, field: "containerPort" | "hostPort"): string[] {
  const declared = new Set<string>();
  for (const container of containerLists.flatMap((list) => getList(podSpec, list))) {
    for (const port of getList(container, "ports")) {
      const number = get(port, field);
      if (isPositiveNumber(number)) declared.add(`${number}/${getString(port, "protocol") ?? "TCP"}`);
    }
  }
  return [...declared];
}

function isPositiveNumber(value: Value | undefined): value is number {
  return typeof value === "number" && value > 0;
}
