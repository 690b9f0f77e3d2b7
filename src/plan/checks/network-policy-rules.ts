import { get, getList, getString, type Value } from "../../yaml/value";

/** A destination port of a pod's traffic. */
export interface Port {
  readonly number: number;
  readonly protocol: "TCP" | "UDP";
}

/** Reports whether a NetworkPolicy's spec restricts what the selected pods send (networking/v1 `defaults.go`). */
export function isEgressPolicy(spec: Value | undefined): boolean {
  const types = getList(spec, "policyTypes");
  return types.length > 0 ? types.includes("Egress") : getList(spec, "egress").length > 0;
}

/**
 * Reports whether the egress rules of a NetworkPolicy's spec allow one of the ports. The peers of a rule are ignored. A
 * rule without ports allows all of them. A named port is defined by the peer, so it counts as a match.
 */
export function allowsEgress(spec: Value | undefined, ports: readonly Port[]): boolean {
  return getList(spec, "egress").some((rule) => {
    const allowed = getList(rule, "ports");
    return allowed.length === 0 || allowed.some((allowedPort) => ports.some((port) => portMatches(allowedPort, port)));
  });
}

function portMatches(allowed: Value, { number, protocol }: Port): boolean {
  if ((getString(allowed, "protocol") ?? "TCP") !== protocol) return false;
  const first = get(allowed, "port");
  if (typeof first !== "number") return true;
  const last = get(allowed, "endPort");
  return first <= number && number <= (typeof last === "number" ? last : first);
}
