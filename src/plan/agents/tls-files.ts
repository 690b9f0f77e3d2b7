import { posix } from "node:path";
import type { ClientCertificate, Configuration, CsiCertificate } from "../../config/configuration";
import type { Mapping, Value } from "../../yaml/value";

/** What is mounted in the agent's container. */
export interface TlsMount {
  /** Of the volume. */
  readonly name: string;
  readonly mountPath: string;
  /** The volume's source: `secret`, `configMap` or `csi`. */
  readonly source: Mapping;
}

/** What the agent needs for the collector's TLS: what is mounted, and the paths of the files in the container. */
export interface TlsFiles {
  readonly mounts: readonly TlsMount[];
  readonly ca?: string;
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** Mode 0644: a user other than root reads the files without fsGroup. */
const defaultMode = 420;

/**
 * Lays out the files. `configuration` has its templates expanded.
 *
 * @param duration of the client's certificate where the user gave none; absent: cert-manager's own.
 */
export function tlsFiles(configuration: Configuration, duration?: string): TlsFiles {
  const { collector, agent } = configuration;
  const client = collector.tls?.clientCertificate;
  const caVolume = caMount(configuration);
  const mounts: TlsMount[] = [];
  if (client !== undefined) {
    mounts.push({
      name: agent.volumeName,
      mountPath: agent.mountPath,
      source:
        "csi" in client
          ? csiVolume(client.csi, agent.securityContext.runAsGroup ?? null, duration)
          : secretVolume(client),
    });
  }
  if (caVolume !== undefined) mounts.push(caVolume);
  const ca = caPath(configuration, caVolume);
  return {
    mounts,
    ...(ca === undefined ? {} : { ca }),
    ...(client === undefined
      ? {}
      : { certificate: { cert: within(agent.mountPath, "tls.crt"), key: within(agent.mountPath, "tls.key") } }),
  };
}

function secretVolume(client: Exclude<ClientCertificate, { readonly csi: unknown }>): Mapping {
  const secretName = "certManager" in client ? client.certManager.secretName : client.secretName;
  return { secret: { secretName, defaultMode } };
}

/**
 * A volume of cert-manager's CSI driver, which names the files as a Certificate's Secret does (cert-manager/csi-driver
 * `pkg/apis/defaults/defaults.go`). It writes them for root and one group, mode 0440 (csi-lib `storage/filesystem.go`).
 */
function csiVolume(csi: CsiCertificate, group: Value, lifetime: string | undefined): Mapping {
  const { issuerRef, commonName, duration = lifetime } = csi;
  const attributes = {
    "issuer-name": issuerRef.name,
    "issuer-kind": issuerRef.kind,
    "issuer-group": issuerRef.group,
    "common-name": commonName,
    ...(duration === undefined ? {} : { duration }),
    "key-usages": "client auth",
    ...(typeof group === "number" || typeof group === "string" ? { "fs-group": String(group) } : {}),
  };
  const volumeAttributes = Object.entries(attributes).map(([key, value]) => [`${driver}/${key}`, value]);
  return { csi: { driver, readOnly: true, volumeAttributes: Object.fromEntries(volumeAttributes) } };
}

const driver = "csi.cert-manager.io";

/**
 * The mount of a CA that is in a Secret or ConfigMap of its own. It is beside the client certificate's, not below it:
 * a mount within a read-only volume would need a directory there.
 */
export function caMount({ collector, agent }: Configuration): TlsMount | undefined {
  const authority = collector.tls?.certificateAuthority;
  if (authority === undefined || "fromClientCertificate" in authority) return undefined;
  return {
    name: `${agent.name}-ca`,
    mountPath: within(posix.dirname(agent.mountPath), "ca"),
    source:
      "secretName" in authority
        ? { secret: { secretName: authority.secretName, defaultMode } }
        : { configMap: { name: authority.configMapName, defaultMode } },
  };
}

function caPath({ collector, agent }: Configuration, mount: TlsMount | undefined): string | undefined {
  const authority = collector.tls?.certificateAuthority;
  if (authority === undefined) return undefined;
  return "fromClientCertificate" in authority || mount === undefined
    ? within(agent.mountPath, "ca.crt")
    : within(mount.mountPath, authority.key);
}

function within(directory: string, file: string): string {
  return directory.endsWith("/") ? directory + file : `${directory}/${file}`;
}
