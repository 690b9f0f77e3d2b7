import type { AgentConfiguration } from "../../../config/configuration";
import type { AgentPort } from "../agent-type";
import { portField } from "../port-problems";
import type { HealthCheck } from "../probes";
import { flag, hostPortMinor, type JaegerVersion } from "./flags";

/** The agent's default ports (jaegertracing/jaeger `ports/ports.go`), in the order of their flags. */
const defaults = {
  admin: { port: 14271, protocol: "TCP" },
  jaegerCompact: { port: 6831, protocol: "UDP" },
  jaegerBinary: { port: 6832, protocol: "UDP" },
  zipkinCompact: { port: 5775, protocol: "UDP" },
  sampling: { port: 5778, protocol: "TCP" },
} as const satisfies Partial<Record<AgentPort["use"], Pick<AgentPort, "port" | "protocol">>>;

type JaegerUse = keyof typeof defaults;

/** Returns every port that the agent listens on. */
export function portsOf(agent: AgentConfiguration): (AgentPort & { readonly use: JaegerUse })[] {
  return (Object.keys(defaults) as JaegerUse[]).map((use) => ({
    use,
    port: agent.ports[use] ?? defaults[use].port,
    protocol: defaults[use].protocol,
    host: hostOf(use),
    ...(use === "admin" ? { name: adminName(agent) } : {}),
    field: portField(use),
  }));
}

/**
 * Returns the address that a port listens on. The agent accepts spans and requests for sampling strategies only from its
 * pod. The kubelet and Prometheus connect to the admin port from outside.
 */
function hostOf(use: JaegerUse): string {
  return use === "admin" ? "" : "127.0.0.1";
}

/** Returns the name of the port that serves health and metrics. */
export function adminName({ portNames }: AgentConfiguration): string {
  return portNames.admin ?? "admin-http";
}

/** Returns the agent's health check. */
export function healthCheck(agent: AgentConfiguration): HealthCheck {
  return { path: "/", port: adminName(agent) };
}

/** Returns the argument that sets where the agent listens; none if that is the default, which is every address. */
export function listener({ use, port }: ReturnType<typeof portsOf>[number], version: JaegerVersion): string[] {
  if (use !== "admin") return [flag(use, `${hostOf(use)}:${port}`, version)];
  if (port === defaults.admin.port) return [];
  return [flag(use, version.minor < hostPortMinor ? String(port) : `:${port}`, version)];
}
