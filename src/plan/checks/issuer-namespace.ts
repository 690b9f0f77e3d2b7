import { namespaceOf } from "../namespace";
import { workloadFinding } from "../workload-finding";
import type { Check } from "./check";

/**
 * Reports an error if the Issuer is only in other namespaces: an Issuer signs only for its own namespace. An Issuer
 * that isn't in the input can be in the cluster, and one without a known namespace can be in the right one.
 */
export const issuerNamespace: Check = ({ workload, configuration, index }) => {
  const client = configuration.collector.tls?.clientCertificate;
  if (client === undefined || "secretName" in client) return [];
  const { name, kind, group } = ("certManager" in client ? client.certManager : client.csi).issuerRef;
  if (kind !== "Issuer" || group !== "cert-manager.io") return [];
  const namespaces = index.issuersByName(name);
  const namespace = namespaceOf(workload, configuration);
  if (namespaces.length === 0 || namespace === undefined) return [];
  if (namespaces.some((candidate) => candidate === undefined || candidate === namespace)) return [];
  const source = "certManager" in client ? "certManager" : "csi";
  const path = `spec.collector.tls.clientCertificate.${source}.issuerRef`;
  const message = `In the input, the Issuer "${name}" exists only in the namespace "${namespaces[0]}" and can't sign for the namespace "${namespace}". Add an Issuer to that namespace, or use a ClusterIssuer.`;
  const finding = workloadFinding(workload, {
    code: "conflict-issuer-namespace",
    severity: "error",
    message,
    configField: { path },
  });
  return [{ ...finding, cause: namespace }];
};
