import { get, getList, getString, type Value } from "../../yaml/value";

/** A port that a pod sends to. */
export interface Port {
  readonly number: number;
  readonly protocol: "TCP" | "UDP";
}

/** Whether a policy isolates the pods that it selects for what they send (networking/v1 `defaults.go`). */
export function isEgressPolicy(spec: Value | undefined): boolean {
  const types = getList(spec, "policyTypes");
  return types.length > 0 ? types.includes("Egress") : getList(spec, "egress").length > 0;
}

/**
 * Whether a policy's egress rules allow one of the ports, to whomever: which peers a rule means is not judged. A rule
 * without ports allows all; a port by name is the peer's to say, so it may be this one.
 */
export function allowsEgress(spec: Value | undefined, ports: readonly Port[]): boolean {
  return getList(spec, "egress").some((rule) => {
    const allowed = getList(rule, "ports");
    return allowed.length === 0 || allowed.some((one) => ports.some((port) => portMatches(one, port)));
  });
}

function portMatches(allowed: Value, { number, protocol }: Port): boolean {
  if ((getString(allowed, "protocol") ?? "TCP") !== protocol) return false;
  const first = get(allowed, "port");
  if (typeof first !== "number") return true;
  const last = get(allowed, "endPort");
  return first <= number && number <= (typeof last === "number" ? last : first);
}
