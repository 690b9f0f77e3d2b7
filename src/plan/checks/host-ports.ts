import { type Finding, objectAndFile } from "../../kube/finding";
import { describe, type Identity } from "../../kube/object";
import type { NodePorts, PodUsage } from "../pod-usage";

interface Holder {
  readonly object: Identity;
  readonly ports: NodePorts;
}

/**
 * Agents on the node's network whose ports another pod of the node has: one that declares such a port there, or another
 * agent. Pods that no node can have both of do not meet.
 */
export function hostPortConflicts(
  planned: readonly { readonly object: Identity; readonly plan: PodUsage }[],
): Finding[] {
  const holders = planned.flatMap(({ object, plan }): Holder[] =>
    plan.nodePorts === undefined ? [] : [{ object, ports: plan.nodePorts }],
  );
  if (!holders.some(({ ports }) => ports.agent.length > 0)) return [];
  const declared = byPort(holders, ({ declared }) => declared);
  const agents = new Map<string, Map<string, Holder>>();
  return holders.flatMap((holder) => {
    const clashes = new Map<Identity, string[]>();
    for (const port of holder.ports.agent) {
      const other = meets(holder, declared.get(port)) ?? meets(holder, agents.get(port));
      if (other === undefined) continue;
      clashes.set(other.object, [...(clashes.get(other.object) ?? []), port]);
    }
    for (const port of holder.ports.agent) add(agents, port, holder);
    return [...clashes].map(([other, ports]) => clash(holder, other, ports));
  });
}

type ByPort = Map<string, Map<string, Holder>>;

/** The first holder of each port for each node selector: the others of that selector meet the same pods. */
function byPort(holders: readonly Holder[], of: (ports: NodePorts) => readonly string[]): ByPort {
  const found: ByPort = new Map();
  for (const holder of holders) for (const port of of(holder.ports)) add(found, port, holder);
  return found;
}

function add(found: ByPort, port: string, holder: Holder): void {
  const there = found.get(port) ?? new Map<string, Holder>();
  if (!there.has(holder.ports.nodeSelector)) there.set(holder.ports.nodeSelector, holder);
  found.set(port, there);
}

function meets(holder: Holder, others: ReadonlyMap<string, Holder> | undefined): Holder | undefined {
  return [...(others?.values() ?? [])].find(
    (other) => other.object !== holder.object && !areApart(holder.ports.nodeSelector, other.ports.nodeSelector),
  );
}

/** Whether two node selectors ask for different values of one label. */
function areApart(one: string, other: string): boolean {
  const labels = JSON.parse(other) as Readonly<Record<string, unknown>>;
  return Object.entries(JSON.parse(one) as object).some(
    ([key, value]) => Object.hasOwn(labels, key) && labels[key] !== value,
  );
}

function clash({ object, ports: { path } }: Holder, other: Identity, ports: readonly string[]): Finding {
  const message = `On the node's network the agent's ${ports.length > 1 ? "ports" : "port"} ${ports.join(", ")} would also be taken by ${describe(other)}: one of the two must leave that network (hostNetwork, hostPort), or spec.selector of the configuration must leave one out.`;
  return { code: "clash-host-port", severity: "error", ...objectAndFile(object), message, field: { path } };
}
