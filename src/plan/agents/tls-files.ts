import { type Configuration, type CsiCertificate, secretNameOf } from "../../config/configuration";
import { normalizePath } from "../../kube/normalize-path";
import type { Mapping, Value } from "../../yaml/value";

/** A volume and its mount in the agent's container. */
export interface TlsMount {
  /** The volume's name. */
  readonly name: string;
  readonly mountPath: string;
  /** The volume's source: `secret`, `configMap`, or `csi`. */
  readonly source: Mapping;
}

/** What the agent needs for TLS to the collector: the mounts, and the paths of the files in the container. */
export interface TlsFiles {
  readonly mounts: readonly TlsMount[];
  readonly ca?: string;
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** Mode 0644, so that a user other than root can read the files without fsGroup. */
const defaultMode = 420;

/**
 * Returns the mounts and file paths for the TLS settings of a configuration.
 *
 * @param configuration the configuration with its templates expanded.
 * @param duration the client certificate's duration if the configuration sets none. If omitted, cert-manager's default
 *   applies.
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
          : { secret: { secretName: secretNameOf(client), defaultMode } },
    });
  }
  if (caVolume !== undefined) mounts.push(caVolume);
  const ca = caPath(configuration, caVolume);
  return {
    mounts,
    ...(ca === undefined ? {} : { ca }),
    ...(client === undefined
      ? {}
      : { certificate: { cert: joinPath(agent.mountPath, "tls.crt"), key: joinPath(agent.mountPath, "tls.key") } }),
  };
}

/** Returns the volumes of the mounts. */
export function volumesOf({ mounts }: TlsFiles): Mapping[] {
  return mounts.map(({ name, source }) => ({ name, ...source }));
}

/**
 * Returns a volume of cert-manager's CSI driver. The driver uses the same file names as a Certificate's Secret
 * (cert-manager/csi-driver `pkg/apis/defaults/defaults.go`). Only root and one group can read the files, whose mode is
 * 0440 (csi-lib `storage/filesystem.go`).
 */
function csiVolume(csi: CsiCertificate, group: Value, defaultDuration: string | undefined): Mapping {
  const { issuerRef, commonName, uris, dnsNames, duration = defaultDuration } = csi;
  const attributes = {
    "issuer-name": issuerRef.name,
    "issuer-kind": issuerRef.kind,
    "issuer-group": issuerRef.group,
    "common-name": commonName,
    ...(uris.length === 0 ? {} : { "uri-sans": uris.join(",") }),
    ...(dnsNames.length === 0 ? {} : { "dns-names": dnsNames.join(",") }),
    ...(duration === undefined ? {} : { duration }),
    "key-usages": "client auth",
    ...(typeof group === "number" || typeof group === "string" ? { "fs-group": String(group) } : {}),
  };
  const volumeAttributes = Object.entries(attributes).map(([key, value]) => [`${driver}/${key}`, value]);
  return { csi: { driver, readOnly: true, volumeAttributes: Object.fromEntries(volumeAttributes) } };
}

const driver = "csi.cert-manager.io";

/**
 * Returns the mount for a CA in its own Secret or ConfigMap; undefined if the configuration names none. The mount is
 * next to the client certificate's directory, not inside it: a mount inside a read-only volume would need a directory
 * there.
 */
export function caMount({ collector, agent }: Configuration): TlsMount | undefined {
  const authority = collector.tls?.certificateAuthority;
  if (authority === undefined || "fromClientCertificate" in authority) return undefined;
  return {
    name: `${agent.name}-ca`,
    mountPath: normalizePath(`${agent.mountPath}/../ca`),
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
    ? joinPath(agent.mountPath, "ca.crt")
    : joinPath(mount.mountPath, authority.key);
}

function joinPath(directory: string, file: string): string {
  return directory.endsWith("/") ? directory + file : `${directory}/${file}`;
}
