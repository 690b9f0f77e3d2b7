import type { AgentPort } from "../agents/agent-type";
import { isScraped } from "../scrape";
import type { CheckContext } from "./check";

/** A port that Prometheus scrapes. */
export type MetricsPort = AgentPort & { readonly name: string };

/**
 * Returns the agent's port that Prometheus scrapes. Returns undefined if the configuration doesn't make Prometheus scrape
 * the agent, or if policies don't apply to the pod, because it is on the node's network.
 */
export function scrapedPort({ configuration, parts, workload }: CheckContext): MetricsPort | undefined {
  if (!isScraped(configuration) || workload.podSpec["hostNetwork"] === true) return undefined;
  return parts.ports.find((port): port is MetricsPort => port.name === parts.metricsPort);
}
