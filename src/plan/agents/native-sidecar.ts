import type { Configuration } from "../../config/configuration";
import { runsToCompletion, type Workload } from "../../kube/workload";
import { getOrInsert } from "../../yaml/maps";
import { get, type Mapping } from "../../yaml/value";

/**
 * Reports whether the agent is a native sidecar: an init container that keeps running (Kubernetes 1.29 and later). This
 * is the default for workloads that run to completion, because an ordinary container would keep their pods running.
 */
export function isNative({ agent }: Configuration, workload: Pick<Workload, "kind" | "podSpec">): boolean {
  return agent.native ?? runsToCompletion(workload);
}

const sidecars = new WeakMap<Mapping, Mapping>();

/**
 * Turns an agent's container into a native sidecar. The same input gives the same object, so that it is printed once.
 */
export function nativeSidecar(container: Mapping): Mapping {
  return getOrInsert(sidecars, container, () => {
    const { name = null, image = null, ...rest } = container;
    return { name, image, restartPolicy: "Always", ...rest, ...startupProbe(container) };
  });
}

/**
 * Without a startup probe, a sidecar counts as started as soon as its process is (KEP 753). With one, the app starts
 * when the agent accepts spans. The liveness endpoint is enough for this, and it doesn't depend on the collector.
 */
function startupProbe(container: Mapping): Mapping {
  const httpGet = get(container, "livenessProbe", "httpGet");
  return httpGet === undefined ? {} : { startupProbe: { httpGet, periodSeconds: 1, failureThreshold: 60 } };
}
