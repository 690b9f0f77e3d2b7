import { type CertManager, type Configuration, certManagerOf } from "../../config/configuration";
import type { Workload } from "../../kube/workload";
import type { Mapping } from "../../yaml/value";
import type { AgentParts } from "../agents/agent-type";
import { phaseOf, setWaveOf, syncWave } from "../apply-order";
import { mergePatch } from "../merge-patch";
import { generatedMetadata, type Ownership, ownLabels } from "./metadata";
import type { ObjectGenerator } from "./object-generator";

const usages = ["client auth"];

/** cert-manager keeps the Secret when the Certificate is deleted. By this label, those that remain can be listed. */
const secretTemplate = { labels: ownLabels };

/** Generates the Certificate of each workload's agent. */
export const certificateGenerator: ObjectGenerator = {
  group: "cert-manager.io",
  kind: "Certificate",
  nameField: "spec.collector.tls.clientCertificate.certManager.name",
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
  const { commonName, uris, dnsNames, secretName, privateKey, issuerRef, patch } = certManager;
  const { name, kind, group } = issuerRef;
  const spec = {
    commonName,
    ...(uris.length === 0 ? {} : { uris }),
    ...(dnsNames.length === 0 ? {} : { dnsNames }),
    secretName,
    secretTemplate,
    ...durations(certManager, lifetime),
    ...(privateKey === undefined ? {} : { privateKey }),
    issuerRef: { name, kind, group },
    usages,
  };
  return {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: generatedMetadata(ownership, workload.object.namespace, {
      ...certManager,
      annotations: withWave(certManager.annotations, workload),
    }),
    spec: mergePatch(spec, patch),
  };
}

/**
 * Adds the workload's sync wave if the configuration sets none. In a later wave, Argo CD would wait for the workload
 * before it applies the Certificate; in an earlier one, for the Certificate before it applies an Issuer of the workload's
 * wave.
 */
function withWave(annotations: CertManager["annotations"], { object }: Workload): CertManager["annotations"] {
  const wave = setWaveOf(object.annotations);
  if (wave === undefined || setWaveOf(annotations) !== undefined || syncWave in annotations) return annotations;
  if (phaseOf(annotations) !== phaseOf(object.annotations)) return annotations;
  const entries = Object.entries({ ...annotations, [syncWave]: String(wave) });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The agent's default for renewBefore applies only with its default duration: it could be longer than a duration that
 * the user sets. cert-manager doesn't accept it together with renewBeforePercentage.
 */
function durations(
  { duration, renewBefore, patch }: CertManager,
  lifetime: AgentParts["certificateLifetime"],
): Mapping {
  const usesDefault = duration === undefined && patch["renewBeforePercentage"] === undefined;
  const resolvedDuration = duration ?? lifetime?.duration;
  const resolvedRenewBefore = renewBefore ?? (usesDefault ? lifetime?.renewBefore : undefined);
  return {
    ...(resolvedDuration === undefined ? {} : { duration: resolvedDuration }),
    ...(resolvedRenewBefore === undefined ? {} : { renewBefore: resolvedRenewBefore }),
  };
}
