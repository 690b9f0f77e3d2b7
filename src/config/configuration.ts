import type { Value } from "../yaml/value";
import type * as schema from "./generated/tracing-sidecar/types";

/** Data of this type that can't be changed, at any depth. A `Mapping` can't be anyway. */
type Immutable<T> = T extends unknown
  ? Value extends T[keyof T]
    ? T
    : { readonly [K in keyof T]: Immutable<T[K]> }
  : never;

/** The fields as the schema defines and describes them, with every default filled in. */
type Spec = Immutable<schema.TracingSidecar["spec"]>;

/** Selects workloads. Every condition must match. */
export interface Selector extends Omit<Spec["selector"], "kinds"> {
  readonly kinds: readonly string[];
}

/** Where the CA's certificate is: a key of a Secret or ConfigMap, or the Secret of the client certificate. */
export type CertificateAuthority =
  | { readonly secretName: string; readonly key: string }
  | { readonly configMapName: string; readonly key: string }
  | { readonly fromClientCertificate: true };

/** How to generate a cert-manager Certificate for each workload. */
export type CertManager = Immutable<schema.CertManager>;

/** A key and certificate for each pod from cert-manager's CSI driver. They are never stored in a Secret. */
export type CsiCertificate = Immutable<schema.Csi>;

/** Where the agent's client certificate comes from. */
export type ClientCertificate =
  | { readonly csi: CsiCertificate }
  | { readonly certManager: CertManager }
  /** An existing Secret with tls.crt and tls.key. The name is a template. */
  | { readonly secretName: string };

/** TLS to the collector. */
export interface CollectorTls {
  readonly serverName?: string;
  readonly certificateAuthority?: CertificateAuthority;
  readonly clientCertificate?: ClientCertificate;
}

/** The agent's container. */
export type AgentConfiguration = Spec["agent"];

/** The PodMonitors to generate. */
export type PodMonitorConfiguration = NonNullable<Spec["podMonitor"]>;

/** A kind of telemetry, as OpenTelemetry names it. */
export type Signal = NonNullable<AgentConfiguration["signals"]>[number];

/**
 * A TracingSidecar with every default filled in, as the rest of the program uses it. Templates (`{name}`,
 * `{namespace}`, `{kind}`, `{agent}`, `{container}`) are not expanded yet.
 */
export interface Configuration extends Omit<Spec, "selector" | "collector"> {
  /** The configuration's `metadata.name`: the owner of everything that it adds. */
  readonly name: string;
  readonly selector: Selector;
  readonly collector: { readonly endpoint: string; readonly tls?: CollectorTls };
}

/** Returns how to generate the client certificate with cert-manager; undefined if it comes from elsewhere. */
export function certManagerOf({ collector }: Pick<Configuration, "collector">): CertManager | undefined {
  const client = collector.tls?.clientCertificate;
  return client !== undefined && "certManager" in client ? client.certManager : undefined;
}

/** Returns the name of the Secret with a client certificate. */
export function secretNameOf(client: Exclude<ClientCertificate, { readonly csi: unknown }>): string {
  return "certManager" in client ? client.certManager.secretName : client.secretName;
}
