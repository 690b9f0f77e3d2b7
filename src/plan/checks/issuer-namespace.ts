import { namespaceOf } from "../select";
import { workloadFinding } from "../workload-finding";
import type { Check } from "./check";

/**
 * An Issuer signs for its own namespace only. One that the input does not hold is in the cluster, or comes from
 * elsewhere; one of an unknown namespace may be in the right one.
 */
export const issuerElsewhere: Check = ({ workload, configuration, index }) => {
  const client = configuration.collector.tls?.clientCertificate;
  if (client === undefined || "secretName" in client) return [];
  const { name, kind, group } = ("certManager" in client ? client.certManager : client.csi).issuerRef;
  if (kind !== "Issuer" || group !== "cert-manager.io") return [];
  const there = index.issuersByName(name);
  const namespace = namespaceOf(workload, configuration);
  if (there.length === 0 || namespace === undefined || there.some((one) => one === undefined || one === namespace)) {
    return [];
  }
  const source = "certManager" in client ? "certManager" : "csi";
  const path = `spec.collector.tls.clientCertificate.${source}.issuerRef`;
  const message = `The input has the Issuer "${name}" in the namespace "${there[0]}" only, and it cannot sign for the namespace "${namespace}": there must be one in that namespace, or ${path} of the configuration must name a ClusterIssuer.`;
  return [workloadFinding(workload, { code: "clash-issuer", severity: "error", path, message })];
};
