import { namesOf } from "../kube/workload";
import type { Value } from "../yaml/value";

/** The names of the containers that Istio and Linkerd add to a pod. Istio's gateways have only this container. */
const proxyNames = ["istio-proxy", "linkerd-proxy"];

/** Returns the name of the first container that is a mesh's proxy; undefined if there is none. */
export function meshProxyIn(containers: readonly Value[]): string | undefined {
  return namesOf(containers).find((name) => proxyNames.includes(name));
}
