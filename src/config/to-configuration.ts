import type { CertificateAuthority, ClientCertificate, CollectorTls, Configuration } from "./configuration";
import type {
  Agent,
  Ca,
  ClientCertificate as ClientCertificateField,
  Tls,
  TracingSidecar,
} from "./generated/tracing-sidecar/types";

/** The group ID in the OpenTelemetry Collector's image. The Jaeger agent's image doesn't specify one. */
const agentGroup = 10001;

/** Converts a valid TracingSidecar, with its defaults filled in, to a Configuration. */
export function toConfiguration({ metadata, spec }: TracingSidecar): Configuration {
  const { tls, ...collector } = spec.collector;
  return {
    ...spec,
    name: metadata.name,
    agent: tls?.clientCertificate?.csi === undefined ? spec.agent : withGroup(spec.agent),
    collector: { ...collector, ...(tls === undefined ? {} : { tls: toTls(tls) }) },
  };
}

/**
 * Sets the container's group unless the configuration does. The CSI driver makes its files readable for one group,
 * which must be the container's (cert-manager.io, usage of csi-driver).
 */
function withGroup(agent: Agent): Agent {
  return { ...agent, securityContext: { runAsGroup: agentGroup, ...agent.securityContext } };
}

function toTls({ ca, clientCertificate, ...rest }: Tls): CollectorTls {
  return {
    ...rest,
    ...(ca === undefined ? {} : { certificateAuthority: toCertificateAuthority(ca) }),
    ...(clientCertificate === undefined ? {} : { clientCertificate: toClientCertificate(clientCertificate) }),
  };
}

function toCertificateAuthority({ secretName, configMapName, key }: Ca): CertificateAuthority {
  if (secretName !== undefined) return { secretName, key };
  return configMapName === undefined ? { fromClientCertificate: true } : { configMapName, key };
}

function toClientCertificate({ certManager, csi, secretName = "" }: ClientCertificateField): ClientCertificate {
  if (csi !== undefined) return { csi };
  return certManager === undefined ? { secretName } : { certManager };
}
