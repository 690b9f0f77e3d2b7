import { posix } from "node:path";
import type { Configuration } from "../config/configuration";
import type { Mapping } from "../yaml/value";

/** A Secret or ConfigMap that is mounted in the agent's container. */
export interface TlsMount {
  /** Of the volume. */
  readonly name: string;
  readonly mountPath: string;
  /** The volume's source: `secret` or `configMap`. */
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

/** Lays out the files. `configuration` has its templates expanded. */
export function tlsFiles(configuration: Configuration): TlsFiles {
  const { collector, agent } = configuration;
  const client = collector.tls?.clientCertificate;
  const ownCa = caMount(configuration);
  const mounts: TlsMount[] = [];
  if (client !== undefined) {
    const secretName = "certManager" in client ? client.certManager.secretName : client.secretName;
    mounts.push({
      name: agent.volumeName,
      mountPath: agent.mountPath,
      source: { secret: { secretName, defaultMode } },
    });
  }
  if (ownCa !== undefined) mounts.push(ownCa);
  const ca = caPath(configuration, ownCa);
  return {
    mounts,
    ...(ca === undefined ? {} : { ca }),
    ...(client === undefined
      ? {}
      : { certificate: { cert: within(agent.mountPath, "tls.crt"), key: within(agent.mountPath, "tls.key") } }),
  };
}

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
