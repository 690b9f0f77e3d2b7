import { get, getList } from "../../yaml/value";
import type { CheckContext } from "./check";
import type { Address } from "./endpoint-address";
import type { Port } from "./network-policy-rules";

/** Where collectors take spans by gRPC: Jaeger's own protocol, and OTLP. */
const usual = [14250, 4317];

/**
 * The ports by any of which a NetworkPolicy may let the agent reach the collector; undefined where the input does not
 * say. A policy sees a pod's port, behind that of its Service: where the input has no Service of the endpoint's name in
 * the cluster, its port may lead to any of the usual ones.
 */
export function collectorPorts(context: CheckContext, addresses: readonly Address[]): readonly Port[] | undefined {
  const numbers = new Set<number>();
  for (const { host, port } of addresses) {
    if (port === undefined) return undefined;
    numbers.add(port);
    const target = targetOf(context, host, port);
    if (target === "unknown") return undefined;
    for (const number of target) numbers.add(number);
  }
  return [...numbers].map((number) => ({ number, protocol: "TCP" }));
}

function targetOf({ workload, index }: CheckContext, host: string, port: number): readonly number[] | "unknown" {
  // `name`, `name.namespace`, `name.namespace.svc` and `name.namespace.svc.cluster.local`.
  const [name, namespace, ...rest] = host.split(".");
  const isName = /[a-z]/.test(host) && (rest.length === 0 || rest[0] === "svc");
  if (!isName) return [];
  const service = index.find("", "Service", namespace ?? workload.object.namespace, name ?? "");
  if (service === undefined) return usual;
  const target = getList(service.value, "spec", "ports").find((entry) => get(entry, "port") === port);
  const number = get(target, "targetPort");
  if (number === undefined) return [];
  // A port by name is for the pods to say.
  return typeof number === "number" ? [number] : "unknown";
}
