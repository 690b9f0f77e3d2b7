import { type CertManager, type Configuration, certManagerOf } from "../../config/configuration";
import type { Workload } from "../../kube/workload";
import type { Mapping } from "../../yaml/value";
import type { AgentParts } from "../agents/agent-type";
import { generatedMetadata, type Ownership } from "./metadata";
import type { ObjectGenerator } from "./object-generator";

const usages = ["client auth"];

/** Generates the Certificate of each workload's agent. */
export const certificateGenerator: ObjectGenerator = {
  group: "cert-manager.io",
  kind: "Certificate",
  generate: ({ configuration, workload, ownership, parts }) => {
    const object = certificate(configuration, workload, ownership, parts.certificateLifetime);
    return object === undefined ? undefined : { object };
  },
};

/**
 * Returns the cert-manager Certificate for a workload's agent, or undefined if the client certificate doesn't come from
 * a Certificate of cert-manager.
 *
 * @param configuration with its templates expanded.
 * @param lifetime the agent's defaults; cert-manager's apply if undefined.
 */
export function certificate(
  configuration: Configuration,
  workload: Workload,
  ownership: Ownership,
  lifetime: AgentParts["certificateLifetime"],
): Mapping | undefined {
  const certManager = certManagerOf(configuration);
  if (certManager === undefined) return undefined;
  const { name, kind, group } = certManager.issuerRef;
  return {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: generatedMetadata(ownership, workload.object.namespace, certManager),
    spec: {
      commonName: certManager.commonName,
      secretName: certManager.secretName,
      ...durations(certManager, lifetime),
      ...(certManager.privateKey === undefined ? {} : { privateKey: certManager.privateKey }),
      issuerRef: { name, kind, group },
      usages,
    },
  };
}

/**
 * The agent's default for renewBefore applies only with its default duration: it could be longer than a duration that
 * the user sets.
 */
function durations({ duration, renewBefore }: CertManager, lifetime: AgentParts["certificateLifetime"]): Mapping {
  const resolvedDuration = duration ?? lifetime?.duration;
  const resolvedRenewBefore = renewBefore ?? (duration === undefined ? lifetime?.renewBefore : undefined);
  return {
    ...(resolvedDuration === undefined ? {} : { duration: resolvedDuration }),
    ...(resolvedRenewBefore === undefined ? {} : { renewBefore: resolvedRenewBefore }),
  };
}
