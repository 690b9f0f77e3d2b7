import type { Finding } from "../../kube/finding";
import type { AgentPort } from "./agent-type";
import { invalid } from "./image-version";

/**
 * Returns an error for each port whose number or name another port of the agent has. A number from `spec.agent.config`
 * isn't compared: that port can listen on another address.
 */
export function portProblems(ports: readonly AgentPort[]): Finding[] {
  const comparable = ports.filter(({ field, use }) => field === portField(use));
  return [
    ...duplicates(comparable, ({ port, protocol }) => `${port}/${protocol}`).map(([port, other]) =>
      invalid(
        port.field,
        `The agent's ports "${other.use}" and "${port.use}" are both ${port.port}/${port.protocol}. Change one of them.`,
      ),
    ),
    ...duplicates(ports, ({ name }) => name).map(([port, other]) =>
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

/** Returns the ports whose key an earlier one has, each with that one. A port without a key has no duplicates. */
function duplicates(
  ports: readonly AgentPort[],
  keyOf: (port: AgentPort) => string | undefined,
): (readonly [AgentPort, AgentPort])[] {
  return ports.flatMap((port, index) => {
    const key = keyOf(port);
    const other = ports.slice(0, index).find((earlier) => key !== undefined && keyOf(earlier) === key);
    return other === undefined ? [] : [[port, other] as const];
  });
}
