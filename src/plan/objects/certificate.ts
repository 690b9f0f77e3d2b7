import type { CertManager, Configuration } from "../../config/configuration";
import type { Workload } from "../../kube/workload";
import type { Mapping } from "../../yaml/value";
import type { AgentParts } from "../agents/agent-type";
import { generatedMetadata, type Ownership } from "./metadata";

const usages = ["client auth"];

/**
 * The cert-manager Certificate of a workload's agent, or undefined where the client certificate does not come from
 * cert-manager. `configuration` has its templates expanded.
 */
export function certificate(
  configuration: Configuration,
  workload: Workload,
  origin: Ownership,
  lifetime: AgentParts["certificateLifetime"],
): Mapping | undefined {
  const client = configuration.collector.tls?.clientCertificate;
  if (client === undefined || !("certManager" in client)) return undefined;
  const { certManager } = client;
  const { name, kind, group } = certManager.issuerRef;
  return {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: generatedMetadata(origin, workload.object.namespace, certManager),
    spec: {
      commonName: certManager.commonName,
      secretName: certManager.secretName,
      ...times(certManager, lifetime),
      ...(certManager.privateKey === undefined ? {} : { privateKey: certManager.privateKey }),
      issuerRef: { name, kind, group },
      usages,
    },
  };
}

/** The agent's renewBefore goes with the agent's duration only: before another one it could be the longer of the two. */
function times({ duration, renewBefore }: CertManager, lifetime: AgentParts["certificateLifetime"]): Mapping {
  const chosenDuration = duration ?? lifetime?.duration;
  const chosenRenewal = renewBefore ?? (duration === undefined ? lifetime?.renewBefore : undefined);
  return {
    ...(chosenDuration === undefined ? {} : { duration: chosenDuration }),
    ...(chosenRenewal === undefined ? {} : { renewBefore: chosenRenewal }),
  };
}
