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

/** Reports whether a NetworkPolicy's spec restricts what the selected pods receive (networking/v1 `defaults.go`). */
export function isIngressPolicy(spec: Value | undefined): boolean {
  const types = getList(spec, "policyTypes");
  return types.length === 0 || types.includes("Ingress");
}

/** The port of Istio's ambient mesh, through which a request from inside the mesh arrives. */
const meshPort: Port = { number: 15_008, protocol: "TCP" };

/**
 * Reports whether the ingress rules of a NetworkPolicy's spec allow a TCP port of the selected pods. The peers of a rule
 * are ignored. A rule without ports allows all of them.
 */
export function allowsIngress(
  spec: Value | undefined,
  { name, port }: { readonly name: string; readonly port: number },
) {
  return getList(spec, "ingress").some((rule) => {
    const allowed = getList(rule, "ports");
    return (
      allowed.length === 0 ||
      allowed.some(
        (allowedPort) =>
          portMatches(allowedPort, { number: port, protocol: "TCP" }, name) || portMatches(allowedPort, meshPort, name),
      )
    );
  });
}

/** @param name the name of the port; undefined if it isn't known, so that every name matches. */
function portMatches(allowed: Value, { number, protocol }: Port, name?: string): boolean {
  if ((getString(allowed, "protocol") ?? "TCP") !== protocol) return false;
  const first = get(allowed, "port");
  if (typeof first === "string") return name === undefined || first === name;
  if (typeof first !== "number") return true;
  const last = get(allowed, "endPort");
  return first <= number && number <= (typeof last === "number" ? last : first);
}
