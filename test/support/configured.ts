import assert from "node:assert/strict";
import type { Configuration } from "../../src/config/configuration";
import { readConfiguration } from "../../src/config/read-tracing-sidecar";
import { findingText } from "../../src/kube/finding";
import { toObject } from "../../src/kube/object";
import { toWorkload, type Workload } from "../../src/kube/workload";
import type { AgentCache } from "../../src/plan/agents/agent-type";
import { agentTypeOf } from "../../src/plan/agents/index";
import type { SharedParts } from "../../src/plan/objects/expand-configuration";
import type { Mapping } from "../../src/yaml/value";
import { expanded } from "./article";

/** Returns a configuration with these fields of its spec, and the defaults for all others. Fails if it is invalid. */
export function configured(spec: Mapping): Configuration {
  const result = readConfiguration({
    apiVersion: "tracing-sidecar.dev/v1alpha1",
    kind: "TracingSidecar",
    metadata: { name: "tracing" },
    spec: { selector: {}, collector: { endpoint: "dns:///collector:4317" }, ...spec },
  });
  return "configuration" in result
    ? result.configuration
    : assert.fail(result.findings.map((finding) => findingText(finding, undefined)).join("\n"));
}

/**
 * Returns what the configuration's agent type builds for a workload, as a run of the function does.
 *
 * @param cache what was expanded and built before, for runs over many workloads.
 */
export function partsOf(configuration: Configuration, workload: Workload = web(), cache: RunCache = newCache()) {
  const { sharedParts, agentCache } = cache;
  return agentTypeOf(configuration).build(expanded(configuration, workload, sharedParts), workload, agentCache);
}

/** What the workloads of a run share. */
export interface RunCache {
  readonly sharedParts: SharedParts;
  readonly agentCache: AgentCache;
}

export function newCache(): RunCache {
  return { sharedParts: new Map(), agentCache: new Map() };
}

/** Returns the findings of the agent type about a configuration, each as "SEVERITY CODE FIELD-PATH". */
export function problemsOf(configuration: Configuration): string[] {
  return agentTypeOf(configuration)
    .check(configuration)
    .map(({ severity, code, configField }) => `${severity} ${code} ${configField?.path}`);
}

/** Returns a Deployment with one container, and with these fields in its pod's spec. */
export function web(podSpec: Mapping = {}, name = "web"): Workload {
  const object = toObject({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "shop" },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name, image: `shop/${name}:1.0` }], ...podSpec },
      },
    },
  });
  return toWorkload(object) ?? assert.fail("a Deployment is a workload");
}

/** Returns a copy of the data with ordinary prototypes, for comparison. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
