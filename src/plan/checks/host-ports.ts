import { alsoAbout, type Finding, objectAndFile } from "../../kube/finding";
import { listAll } from "../../kube/message-text";
import { describe, type Identity } from "../../kube/object";
import { getOrInsert, groupBy } from "../../yaml/maps";
import { type Planned, usageOf } from "../plan-types";
import type { NodePorts } from "../pod-usage";

/** A workload whose pods use ports of their node. */
interface PortUser {
  readonly object: Identity;
  readonly ports: NodePorts;
}

/**
 * Reports an error for each agent on the node's network that needs a port of another pod on the same node: a declared
 * port, or a port of another agent. Pods with contradictory node selectors never share a node.
 *
 * @param planned all workloads of the run, with the node ports that their pods use.
 */
export function hostPortConflicts(planned: readonly Planned[]): Finding[] {
  const users = planned.flatMap(({ object, plan }): PortUser[] => {
    const ports = usageOf(plan)?.nodePorts;
    return ports === undefined ? [] : [{ object, ports }];
  });
  if (!users.some(({ ports }) => ports.agent.length > 0)) return [];
  const declared = byDeclaredPort(users);
  const agents: ByPort = new Map();
  return users.flatMap((user) => {
    const conflicts = groupBy(
      user.ports.agent,
      (port) => findConflict(user, declared.get(port)) ?? findConflict(user, agents.get(port)),
    );
    for (const port of user.ports.agent) addUser(agents, port, user);
    return [...conflicts].flatMap(([other, ports]) =>
      other === undefined ? [] : [conflictFinding(user, other, ports)],
    );
  });
}

/** The first user of each port, by node selector. Further users with the same selector conflict with the same pods. */
type ByPort = Map<string, Map<string, PortUser>>;

function byDeclaredPort(users: readonly PortUser[]): ByPort {
  const result: ByPort = new Map();
  for (const user of users) for (const port of user.ports.declared) addUser(result, port, user);
  return result;
}

function addUser(byPort: ByPort, port: string, user: PortUser): void {
  const bySelector = getOrInsert(byPort, port, () => new Map<string, PortUser>());
  getOrInsert(bySelector, user.ports.nodeSelector, () => user);
}

function findConflict(user: PortUser, others: ReadonlyMap<string, PortUser> | undefined): PortUser | undefined {
  return [...(others?.values() ?? [])].find(
    (other) => other.object !== user.object && !neverShareNode(user.ports.nodeSelector, other.ports.nodeSelector),
  );
}

/** Reports whether two node selectors, as JSON, require different values of the same label. */
function neverShareNode(one: string, other: string): boolean {
  const labels = JSON.parse(other) as Readonly<Record<string, unknown>>;
  return Object.entries(JSON.parse(one) as object).some(
    ([key, value]) => Object.hasOwn(labels, key) && labels[key] !== value,
  );
}

function conflictFinding({ object, ports: { path } }: PortUser, other: PortUser, ports: readonly string[]): Finding {
  // All agents of the configuration would move together.
  const canMove = !ports.some((port) => other.ports.agent.includes(port));
  const advice = canMove ? "Set another port in spec.agent.ports in the configuration, remove" : "Remove";
  const more = canMove
    ? ""
    : " To trace both, select one of them with another configuration that sets other ports in spec.agent.ports.";
  const message = `On the node's network, the agent's ${ports.length > 1 ? "ports" : "port"} ${listAll(ports.map(String))} ${ports.length > 1 ? "conflict" : "conflicts"} with ${describe(other.object)}. ${advice} hostNetwork or hostPort from one of the workloads, or exclude one of them with spec.selector of the configuration.${more}`;
  const objects = { ...objectAndFile(object), ...alsoAbout(other.object) };
  return { code: "conflict-host-port", severity: "error", ...objects, message, field: { path } };
}
