import type { Finding } from "../../kube/finding";
import { isLoopback } from "../endpoint-address";
import type { AgentPort } from "./agent-type";
import { invalid } from "./image-version";

/**
 * Returns an error for each port whose number or name another port of the agent has. Ports can have the same number if
 * they listen on different addresses.
 */
export function portProblems(ports: readonly AgentPort[]): Finding[] {
  return [
    ...duplicates(ports, isSameListener).map(([port, other]) =>
      invalid(
        port.field,
        `The agent's ports "${other.use}" and "${port.use}" are both ${port.port}/${port.protocol}. Change one of them.`,
      ),
    ),
    ...duplicates(ports, (one, other) => one.name !== undefined && one.name === other.name).map(([port, other]) =>
      invalid(
        portNameField(port.use),
        `The agent's ports "${other.use}" and "${port.use}" have the same name, "${port.name}". Change one of them.`,
      ),
    ),
  ].map(({ finding }) => finding);
}

/** Returns the path of the field with a port's number. */
export function portField(use: AgentPort["use"]): string {
  return `spec.agent.ports.${use}`;
}

/** Returns the path of the field with a port's name. */
export function portNameField(use: AgentPort["use"]): string {
  return `spec.agent.portNames.${use}`;
}

/** Reports whether a port is known to listen on the loopback address alone, so that only its pod can connect to it. */
export function isOnlyInPod({ host }: AgentPort): boolean {
  return host !== undefined && isLoopback(host);
}

/** Reports whether two ports can't be opened together. What listens on every address excludes any other address. */
function isSameListener(one: AgentPort, other: AgentPort): boolean {
  if (one.port !== other.port || one.protocol !== other.protocol) return false;
  return one.host === "" || other.host === "" || (one.host !== undefined && one.host === other.host);
}

/** Returns the ports that are the same as an earlier one, each with that one. */
function duplicates(
  ports: readonly AgentPort[],
  isSame: (one: AgentPort, other: AgentPort) => boolean,
): (readonly [AgentPort, AgentPort])[] {
  return ports.flatMap((port, index) => {
    const other = ports.slice(0, index).find((earlier) => isSame(earlier, port));
    return other === undefined ? [] : [[port, other] as const];
  });
}
