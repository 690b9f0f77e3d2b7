import type { LabelSelector } from "../kube/label-selector";
import type { Mapping } from "../yaml/value";

export interface Selector extends LabelSelector {
  readonly kinds: readonly string[];
  /** Absent: no restriction. An empty list selects nothing, as it says. */
  readonly namespaces?: readonly string[];
  readonly names?: readonly string[];
  readonly excludeNamespaces: readonly string[];
  readonly excludeNames: readonly string[];
  /** On the labels of the pod template. */
  readonly podLabels?: LabelSelector;
}

/** A key of a Secret or ConfigMap, or the client certificate's own Secret, that holds the CA's certificate. */
export type CertificateAuthority =
  | { readonly secretName: string; readonly key: string }
  | { readonly configMapName: string; readonly key: string }
  | { readonly fromClientCertificate: true };

/** What a cert-manager Certificate for each workload looks like. Names are templates. */
export interface CertManager {
  readonly issuerRef: { readonly name: string; readonly kind: string; readonly group: string };
  readonly name: string;
  readonly secretName: string;
  readonly commonName: string;
  /** Go durations; absent: not written, or the agent's version decides (see `plan/agents/jaeger/index.ts`). */
  readonly duration?: string;
  readonly renewBefore?: string;
  readonly privateKey?: Mapping;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A key and certificate for each pod by cert-manager's CSI driver, never in a Secret. Names are templates. */
export interface CsiCertificate {
  readonly issuerRef: { readonly name: string; readonly kind: string; readonly group: string };
  readonly commonName: string;
  readonly duration?: string;
}

export type ClientCertificate =
  | { readonly csi: CsiCertificate }
  | { readonly certManager: CertManager }
  /** A Secret that exists, with tls.crt and tls.key. The name is a template. */
  | { readonly secretName: string };

export interface CollectorTls {
  readonly serverName?: string;
  readonly certificateAuthority?: CertificateAuthority;
  readonly clientCertificate?: ClientCertificate;
}

/** A tag on every span: a literal, or a field of the pod by its fieldPath. */
export type Tag = string | { readonly fieldPath: string };

export interface AgentConfiguration {
  readonly type: "jaeger" | "otelcol";
  readonly image: string;
  /** Where the image's tag does not say it. */
  readonly version?: string;
  readonly imagePullPolicy?: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, Tag>>;
  readonly args: readonly string[];
  readonly env: readonly Mapping[];
  readonly resources: Mapping;
  /** Merged over the agent's restricted one; null removes a field. */
  readonly securityContext: Mapping;
  /** As an init container with restartPolicy Always; absent: true for Job and CronJob, else false. */
  readonly native?: boolean;
  /** Take over a container of this name that stands there and is an agent made by hand or by the Jaeger Operator. */
  readonly adopt: boolean;
  /** Merged over the OpenTelemetry Collector's configuration (JSON Merge Patch, RFC 7396); `otelcol` only. */
  readonly config?: Mapping;
  /** Templates. */
  readonly volumeName: string;
  readonly mountPath: string;
}

export interface PodMonitorConfiguration {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly interval?: string;
  readonly honorLabels: boolean;
  /** True: `namespaceSelector` is written also where the workload names its namespace. */
  readonly namespaceSelector: boolean;
}

/**
 * A TracingSidecar with every default filled in: what the rest of the program reads. Strings that are templates
 * (`{name}`, `{namespace}`, `{kind}`, `{agent}`) are still unexpanded.
 */
export interface Configuration {
  /** The configuration's `metadata.name`: who owns what is added. */
  readonly name: string;
  readonly state: "present" | "absent";
  readonly strict: boolean;
  /** The namespace of workloads that name none because a later step sets it. */
  readonly namespace?: string;
  readonly selector: Selector;
  readonly collector: { readonly endpoint: string; readonly tls?: CollectorTls };
  readonly agent: AgentConfiguration;
  readonly app: {
    readonly env: readonly Mapping[];
    /** Sets of variables that make an SDK send to the agent. */
    readonly presets: readonly "opentelemetry"[];
    readonly containers?: readonly string[];
  };
  readonly pod: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly imagePullSecrets: readonly { readonly name: string }[];
  readonly podMonitor?: PodMonitorConfiguration;
}
