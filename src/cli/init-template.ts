import { oneLine } from "../krm/escape-line";
import { describe } from "../kube/object";
import { printFlow } from "../yaml/print";
import { getList, getString, type Mapping, type Value } from "../yaml/value";
import type { Detected } from "./init-detect";

/** What a user says of the configuration to be made. */
export interface InitOptions {
  readonly name: string;
  /** The path by which the configuration's first line names its schema. */
  readonly schema: string;
  readonly collector?: string;
  readonly agent?: "jaeger" | "otelcol";
  readonly issuer?: Mapping;
  readonly selector?: Mapping;
  readonly namespace?: string;
  readonly podMonitor: boolean;
}

/** A commented configuration: what the user wishes, else what the manifests show, else a place to fill in. */
export function renderConfig(wishes: InitOptions, seen: Detected): string {
  const agent = agentType(wishes, seen);
  return [
    `# yaml-language-server: $schema=${wishes.schema}`,
    "# Line 1 is for editors; `tracing-sidecar schema` prints the file that it names.",
    "apiVersion: tracing-sidecar.dev/v1alpha1",
    "kind: TracingSidecar",
    "metadata:",
    "  # Who owns what is added. Keep it: a renamed configuration does not find its own work again.",
    `  name: ${printFlow(wishes.name, false)}`,
    "spec:",
    ...selector(wishes, seen),
    ...namespace(wishes, seen),
    "  collector:",
    ...endpoint(wishes, seen, agent),
    ...tls(wishes, seen),
    "  agent:",
    ...agentLines(wishes, seen, agent),
    ...app(seen, agent),
    ...podMonitor(wishes, seen),
    ...pullSecrets(seen),
    "",
  ].join("\n");
}

function agentType({ agent }: InitOptions, { agents, sdks }: Detected): "jaeger" | "otelcol" {
  return agent ?? (agents.length > 0 || (sdks.has("jaeger") && !sdks.has("opentelemetry")) ? "jaeger" : "otelcol");
}

/** As many names as one reads in a comment, and how many more there are. */
function some(names: readonly string[]): string {
  return `${oneLine(names.slice(0, 3).join(", "))}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`;
}

function selector(
  wishes: InitOptions,
  { workloads, namespaces, hasUnnamedNamespace, commonLabel }: Detected,
): string[] {
  const staying = workloads.filter(({ kind }) => kind.runsToCompletion === undefined && kind.kind !== "ReplicaSet");
  const ending = workloads.filter(({ kind }) => kind.runsToCompletion !== undefined);
  const kinds = [...new Set(staying.map(({ kind }) => kind.kind))];
  const lines =
    workloads.length === 0
      ? ["  # Which workloads get the agent; {} is every Deployment."]
      : [
          `  # Which workloads get the agent. The manifests hold ${some(workloads.map(({ object }) => describe(object)))}.`,
        ];
  if (ending.length > 0)
    lines.push(
      `  # A ${ending[0]?.kind.kind} gets it as a native sidecar (Kubernetes 1.29 or later) once its kind is listed.`,
    );
  const parts: [string, Value][] = [];
  if (kinds.some((kind) => kind !== "Deployment")) parts.push(["kinds", kinds]);
  if (wishes.selector !== undefined) parts.push(...Object.entries(wishes.selector));
  else if (commonLabel !== undefined) parts.push(["matchLabels", { [commonLabel[0]]: commonLabel[1] }]);
  if (namespaces.length > 0 && !hasUnnamedNamespace) parts.push(["namespaces", namespaces]);
  if (parts.length === 0) return [...lines, "  selector: {}"];
  return [...lines, "  selector:", ...parts.map(([key, value]) => `    ${key}: ${printFlow(value, false)}`)];
}

function namespace(wishes: InitOptions, { workloads, namespaces, hasUnnamedNamespace }: Detected): string[] {
  const given = wishes.namespace;
  if (given !== undefined) return [`  namespace: ${printFlow(given, false)} # of workloads that name none`];
  if (workloads.length > 0 && !hasUnnamedNamespace) return [];
  return [
    "  # Of workloads that name none, because a later step sets it: put in theirs.",
    `  namespace: ${printFlow(namespaces[0] ?? "default", false)}`,
  ];
}

const ports = { jaeger: 14250, otelcol: 4317 } as const;

function endpoint(wishes: InitOptions, { collector, agents }: Detected, agent: keyof typeof ports): string[] {
  if (wishes.collector !== undefined) return [`    endpoint: ${printFlow(wishes.collector, false)}`];
  const before = agents.map((one) => flagOf(one, "--reporter.grpc.host-port")).find((one) => one !== undefined);
  if (before !== undefined)
    return ["    # As the agent has it that is there.", `    endpoint: ${printFlow(before, false)}`];
  if (collector !== undefined)
    return ["    # The Service of the manifests that takes spans.", `    endpoint: ${printFlow(collector, false)}`];
  return [
    "    # Put in the address of your collector, by gRPC.",
    `    endpoint: dns:///${agent === "jaeger" ? "jaeger" : "otel"}-collector:${ports[agent]}`,
  ];
}

function flagOf(container: Value, flag: string): string | undefined {
  const args = getList(container, "args").map(String);
  const found = args.find((arg) => arg.startsWith(`${flag}=`));
  return found === undefined ? undefined : found.slice(flag.length + 1) || undefined;
}

function tls(wishes: InitOptions, { issuers, namespaces, agents }: Detected): string[] {
  // An Issuer signs in its own namespace only.
  const near = issuers.filter(
    ({ kind, namespace }) => kind === "ClusterIssuer" || (namespaces.length === 1 && namespace === namespaces[0]),
  );
  const found = near.find(({ kind }) => kind === "ClusterIssuer") ?? near[0];
  const others = near.filter((issuer) => issuer !== found).map(describe);
  const issuer = wishes.issuer ?? (found === undefined ? undefined : { name: found.name, kind: found.kind });
  if (issuer === undefined) {
    const isSecured = agents.some((one) => /^(?:|true)$/.test(flagOf(one, "--reporter.grpc.tls.enabled") ?? "false"));
    return [
      "    # With a client certificate by cert-manager for each workload:",
      "    # tls:",
      "    #   clientCertificate:",
      "    #     certManager:",
      "    #       issuerRef: {name: my-private-ca, kind: ClusterIssuer}",
      ...(isSecured ? ["    tls: {} # the agent that is there uses TLS"] : []),
    ];
  }
  return [
    "    tls:",
    "      # Without ca, the roots of the system or the image are trusted: with a private CA, fromClientCertificate: true.",
    ...(others.length > 0 ? [`      # Other issuers: ${some(others)}.`] : []),
    "      clientCertificate:",
    "        certManager:",
    `          issuerRef: ${printFlow(issuer, false)}`,
  ];
}

function agentLines({ agent }: InitOptions, { agents, sdks }: Detected, type: "jaeger" | "otelcol"): string[] {
  const why =
    agent !== undefined
      ? ""
      : agents.length > 0
        ? " # as the agent that is there"
        : sdks.has("opentelemetry")
          ? " # the apps are set up for OpenTelemetry (OTEL_...)"
          : sdks.has("jaeger")
            ? " # the apps are set up for Jaeger's SDKs (JAEGER_...)"
            : " # the OpenTelemetry Collector; jaeger: the Jaeger agent, for Jaeger's SDKs";
  const lines = [`    type: ${type}${why}`];
  if (agents.length === 0) return lines;
  const image = agents.map((one) => getString(one, "image")).find((one) => one !== undefined);
  if (type === "jaeger" && image !== undefined) lines.push(`    image: ${printFlow(image, false)}`);
  return [...lines, "    adopt: true # takes over the agents that were put in by hand; there is no way back"];
}

function app({ sdks }: Detected, agent: "jaeger" | "otelcol"): string[] {
  if (agent === "jaeger") return [];
  const lines = [
    "app:",
    "  presets: [opentelemetry] # points an OpenTelemetry SDK at the agent, where nothing else does",
  ];
  return lines.map((line) => (sdks.has("opentelemetry") ? `  ${line}` : `  # ${line}`));
}

function podMonitor(wishes: InitOptions, { prometheus }: Detected): string[] {
  if (prometheus === undefined && !wishes.podMonitor)
    return ["  # With the Prometheus operator, a PodMonitor for each workload:", "  # podMonitor: {}"];
  const labels = prometheus?.labels ?? {};
  if (Object.keys(labels).length === 0) return ["  podMonitor: {}"];
  return [
    "  podMonitor:",
    `    labels: ${printFlow(labels, false)} # by which Prometheus finds its monitors, as others have it`,
  ];
}

function pullSecrets({ pullSecrets }: Detected): string[] {
  if (pullSecrets.length === 0) return [];
  return [
    "  # Where the agent's image needs them too:",
    `  # imagePullSecrets: ${printFlow(
      pullSecrets.map((name) => ({ name })),
      false,
    )}`,
  ];
}
