import type { Configuration } from "../config/configuration";
import type { Workload } from "../kube/workload";
import type { ProjectionTree } from "../yaml/projection";
import { get, getList, getString, getStrings, type Value } from "../yaml/value";
import type { AgentParts } from "./agents/agent-type";

/** What other workloads are held against: little, since it is kept for every workload of a run. */
export interface PodUsage {
  readonly readsSecrets?: readonly SecretReference[];
  readonly nodePorts?: NodePorts;
}

/** A Secret that a pod refers to, and the field that does. */
export interface SecretReference {
  readonly secret: string;
  readonly path: string;
}

/** Ports that a pod takes on its node, as `14271/TCP`. */
export interface NodePorts {
  readonly declared: readonly string[];
  /** The agent's, where the pod gets one and is on the node's network. */
  readonly agent: readonly string[];
  /** The node labels that the pod asks for, as JSON. */
  readonly nodeSelector: string;
  /** The field that puts the pod on the node's network. */
  readonly path: string;
}

/** @param listens the agent's ports, where the workload gets one. */
export function podUsage(
  configuration: Configuration,
  workload: Workload,
  listens: AgentParts["ports"] = [],
): PodUsage {
  const client = configuration.collector.tls?.clientCertificate;
  const readsSecrets = client !== undefined && "certManager" in client ? secretReferences(workload) : [];
  const nodePorts = nodePortsOf(workload, listens);
  return {
    ...(readsSecrets.length === 0 ? {} : { readsSecrets }),
    ...(nodePorts === undefined ? {} : { nodePorts }),
  };
}

const containerLists = ["containers", "initContainers", "ephemeralContainers"];

/** What facts are made from, within a pod's spec. */
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

function secretReferences({ podSpec, kind }: Workload): SecretReference[] {
  const found: SecretReference[] = [];
  const seen = new Set<Value>();
  const note = (secret: string | undefined, ...path: string[]) => {
    if (secret !== undefined) found.push({ secret, path: [...kind.template, "spec", ...path].join(".") });
  };
  /** A list that aliases share is read once. */
  const unseen = (value: Value, ...path: string[]) => {
    const list = getList(value, ...path);
    if (seen.has(list)) return [];
    seen.add(list);
    return list;
  };
  for (const volume of unseen(podSpec, "volumes")) {
    note(getString(volume, "secret", "secretName"), "volumes");
    for (const source of unseen(volume, "projected", "sources")) note(getString(source, "secret", "name"), "volumes");
  }
  for (const secret of unseen(podSpec, "imagePullSecrets")) note(getString(secret, "name"), "imagePullSecrets");
  for (const list of containerLists) {
    for (const container of unseen(podSpec, list)) {
      const at = `${list}[${getString(container, "name") ?? ""}]`;
      for (const entry of unseen(container, "env"))
        note(getString(entry, "valueFrom", "secretKeyRef", "name"), at, "env");
      for (const source of unseen(container, "envFrom")) note(getString(source, "secretRef", "name"), at, "envFrom");
    }
  }
  return found;
}

/** On the node's network every port that a container declares is the node's; elsewhere only a hostPort is. */
function nodePortsOf({ podSpec, kind }: Workload, listens: AgentParts["ports"]): NodePorts | undefined {
  const onNode = get(podSpec, "hostNetwork") === true;
  const declared = new Set<string>();
  for (const list of containerLists) {
    for (const container of getList(podSpec, list)) {
      for (const port of getList(container, "ports")) {
        const number = numberOf(get(port, onNode ? "containerPort" : "hostPort"));
        if (number !== undefined) declared.add(`${number}/${getString(port, "protocol") ?? "TCP"}`);
      }
    }
  }
  const agent = onNode ? listens.map(({ port, protocol }) => `${port}/${protocol}`) : [];
  if (declared.size + agent.length === 0) return undefined;
  const nodeSelector = JSON.stringify(getStrings(podSpec, "nodeSelector"));
  return { declared: [...declared], agent, nodeSelector, path: [...kind.template, "spec.hostNetwork"].join(".") };
}

function numberOf(value: Value | undefined): number | undefined {
  return typeof value === "number" && value > 0 ? value : undefined;
}
