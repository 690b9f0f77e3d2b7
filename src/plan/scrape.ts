import type { Configuration } from "../config/configuration";

/** Reports whether the configuration makes Prometheus scrape the agent. */
export function isScraped({ podMonitor }: Configuration): boolean {
  return podMonitor !== undefined;
}
