import type { Configuration } from "../../config/configuration";
import type { Workload } from "../../kube/workload";
import { get, type Mapping } from "../../yaml/value";

/**
 * Whether the agent is a native sidecar: an init container that stays (Kubernetes 1.29 and later). Where the pod is to
 * end by itself it is one unless the user says otherwise: an ordinary container would keep it running.
 */
export function isNative({ agent }: Configuration, { kind }: Pick<Workload, "kind">): boolean {
  return agent.native ?? kind.runsToCompletion === true;
}

const made = new WeakMap<Mapping, Mapping>();

/** A flavour's container as a native sidecar; the same object for the same container, so that it is printed once. */
export function nativeSidecar(container: Mapping): Mapping {
  const known = made.get(container);
  if (known !== undefined) return known;
  const { name = null, image = null, ...rest } = container;
  const sidecar = { name, image, restartPolicy: "Always", ...rest, ...startupProbe(container) };
  made.set(container, sidecar);
  return sidecar;
}

/**
 * Without a startup probe a sidecar counts as started when its process is (KEP 753); with one the app starts when the
 * agent takes spans. What says that the agent lives says that: it does not look at the collector.
 */
function startupProbe(container: Mapping): Mapping {
  const httpGet = get(container, "livenessProbe", "httpGet");
  return httpGet === undefined ? {} : { startupProbe: { httpGet, periodSeconds: 1, failureThreshold: 60 } };
}
