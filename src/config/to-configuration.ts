import type { CertificateAuthority, ClientCertificate, CollectorTls, Configuration } from "./configuration";
import type { Ca, ClientCertificate as GivenClientCertificate, Tls, TracingSidecar } from "./generated/types";

/** The contract's form of a valid TracingSidecar that has its defaults filled in. */
export function toConfiguration({ metadata, spec }: TracingSidecar): Configuration {
  const { tls, ...collector } = spec.collector;
  return {
    ...spec,
    name: metadata.name,
    collector: { ...collector, ...(tls === undefined ? {} : { tls: toTls(tls) }) },
  };
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

function toClientCertificate({ certManager, secretName = "" }: GivenClientCertificate): ClientCertificate {
  if (certManager === undefined) return { secretName };
  const { privateKey, ...rest } = certManager;
  return { certManager: { ...rest, ...(privateKey === undefined ? {} : { privateKey: { ...privateKey } }) } };
}
