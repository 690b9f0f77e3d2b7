import { get, getList } from "../../yaml/value";
import { agentTypes } from "../agents/index";
import { type Address, serviceNameOf } from "../endpoint-address";
import type { CheckContext } from "./check";
import type { Port } from "./network-policy-rules";

/** The default gRPC ports of collectors. */
const defaultPorts = Object.values(agentTypes).map(({ collector }) => collector.port);

/**
 * Returns the ports that the collector may use: a NetworkPolicy must allow at least one of them, so that the agent can
 * reach the collector. Returns undefined if the input doesn't determine them. A policy applies to the port of the
 * collector's pod, which can differ from the port of its Service. If the endpoint is the name of a Service that isn't
 * in the input, that port can be any of the default ones.
 */
export function collectorPorts(context: CheckContext, addresses: readonly Address[]): readonly Port[] | undefined {
  const numbers = new Set<number>();
  for (const { host, port } of addresses) {
    if (port === undefined) return undefined;
    numbers.add(port);
    const targets = targetPorts(context, host, port);
    if (targets === "unknown") return undefined;
    for (const number of targets) numbers.add(number);
  }
  return [...numbers].map((number) => ({ number, protocol: "TCP" }));
}

/** Returns the pod ports that a Service's port can forward to; none if the host isn't the name of a Service. */
function targetPorts({ workload, index }: CheckContext, host: string, port: number): readonly number[] | "unknown" {
  const named = serviceNameOf(host);
  if (named === undefined) return [];
  const service = index.find("", "Service", named.namespace ?? workload.object.namespace, named.name);
  if (service === undefined) return defaultPorts;
  const target = getList(service.value, "spec", "ports").find((entry) => get(entry, "port") === port);
  const number = get(target, "targetPort");
  if (number === undefined) return [];
  // A named port is defined by the pods.
  return typeof number === "number" ? [number] : "unknown";
}
