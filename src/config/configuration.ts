import type { LabelSelector } from "../kube/label-selector";
import type { Mapping } from "../yaml/value";

/** Selects workloads. Every condition must match. */
export interface Selector extends LabelSelector {
  readonly kinds: readonly string[];
  /** If omitted, workloads of every namespace match. An empty list selects nothing. */
  readonly namespaces?: readonly string[];
  /** Like `namespaces`, but for names. */
  readonly names?: readonly string[];
  readonly excludeNamespaces: readonly string[];
  readonly excludeNames: readonly string[];
  /** Matches the labels of the pod template. */
  readonly podLabels?: LabelSelector;
}

/** Where the CA's certificate is: a key of a Secret or ConfigMap, or the Secret of the client certificate. */
export type CertificateAuthority =
  | { readonly secretName: string; readonly key: string }
  | { readonly configMapName: string; readonly key: string }
  | { readonly fromClientCertificate: true };

/** How to generate a cert-manager Certificate for each workload. Names are templates. */
export interface CertManager {
  readonly issuerRef: { readonly name: string; readonly kind: string; readonly group: string };
  readonly name: string;
  readonly secretName: string;
  readonly commonName: string;
  /**
   * A Go duration, like `renewBefore`. If omitted, the Certificate doesn't set it, unless the agent's version requires
   * it (see `plan/agents/jaeger/index.ts`).
   */
  readonly duration?: string;
  readonly renewBefore?: string;
  readonly privateKey?: Mapping;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * A key and certificate for each pod from cert-manager's CSI driver. They are never stored in a Secret. Names are
 * templates.
 */
export interface CsiCertificate {
  readonly issuerRef: { readonly name: string; readonly kind: string; readonly group: string };
  readonly commonName: string;
  /** A Go duration. */
  readonly duration?: string;
}

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

/** The value of a tag on every span: a literal, or a field of the pod by its fieldPath. */
export type Tag = string | { readonly fieldPath: string };

/** The agent's container. */
export interface AgentConfiguration {
  readonly type: "jaeger" | "otelcol";
  readonly image: string;
  /** The agent's version, if the image's tag doesn't contain it. */
  readonly version?: string;
  readonly imagePullPolicy?: string;
  readonly name: string;
  readonly tags: Readonly<Record<string, Tag>>;
  readonly args: readonly string[];
  readonly env: readonly Mapping[];
  readonly resources: Mapping;
  /** Merged over the agent's restricted security context. Null removes a field. */
  readonly securityContext: Mapping;
  /**
   * If true, the agent is a native sidecar: an init container with restartPolicy Always. If omitted, it is one in a Job
   * or CronJob.
   */
  readonly native?: boolean;
  /**
   * If true, an existing container of this name is adopted, if it is an agent added by hand or by the Jaeger Operator.
   */
  readonly adopt: boolean;
  /** Merged over the OpenTelemetry Collector's configuration (JSON Merge Patch, RFC 7396). `otelcol` only. */
  readonly config?: Mapping;
  /** A template, like `mountPath`. */
  readonly volumeName: string;
  readonly mountPath: string;
}

/** How to generate a PodMonitor for each workload. */
export interface PodMonitorConfiguration {
  /** A template. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly interval?: string;
  readonly honorLabels: boolean;
  /** If true, `namespaceSelector` is also written for workloads that have a namespace. */
  readonly namespaceSelector: boolean;
}

/**
 * A TracingSidecar with every default filled in, as the rest of the program uses it. Templates (`{name}`,
 * `{namespace}`, `{kind}`, `{agent}`) are not expanded yet.
 */
export interface Configuration {
  /** The configuration's `metadata.name`: the owner of everything that it adds. */
  readonly name: string;
  readonly state: "present" | "absent";
  readonly strict: boolean;
  /** The namespace that a later step sets for workloads without one. */
  readonly namespace?: string;
  readonly selector: Selector;
  readonly collector: { readonly endpoint: string; readonly tls?: CollectorTls };
  readonly agent: AgentConfiguration;
  readonly app: {
    readonly env: readonly Mapping[];
    /** Sets of environment variables that make an SDK send spans to the agent. */
    readonly presets: readonly "opentelemetry"[];
    /** The containers that get `env` and the presets. If omitted, all of them. */
    readonly containers?: readonly string[];
  };
  readonly pod: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly imagePullSecrets: readonly { readonly name: string }[];
  readonly podMonitor?: PodMonitorConfiguration;
}
