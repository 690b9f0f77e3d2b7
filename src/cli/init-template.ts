import { oneLine } from "../krm/escape-line";
import { listSome } from "../kube/message-text";
import { describe } from "../kube/object";
import { runsToCompletion } from "../kube/workload";
import type { AgentType } from "../plan/agents/agent-type";
import { type AgentTypeName, agentTypeNames, agentTypes } from "../plan/agents/index";
import { printEntry, printFlow } from "../yaml/print";
import { defaultStyle } from "../yaml/style";
import { getString, type Mapping, type Value } from "../yaml/value";
import type { Detected } from "./init-detect";

/** The options of `init` that go into the configuration. */
export interface InitOptions {
  /** `metadata.name` of the configuration. */
  readonly name: string;
  /** The path of the schema in the configuration's first line. */
  readonly schema: string;
  readonly collector?: string;
  readonly agent?: AgentTypeName;
  /** An issuerRef of cert-manager. */
  readonly issuer?: Mapping;
  /** Fields of `spec.selector`. */
  readonly selector?: Mapping;
  readonly namespace?: string;
  readonly podMonitor: boolean;
}

/**
 * Prints a configuration with comments, as YAML. Each field has the value that the options set, or else one that was
 * found in the manifests, or else a placeholder.
 *
 * @param endpoint one of `endpointChoices`.
 */
export function renderConfig(options: InitOptions, detected: Detected, endpoint: EndpointChoice): string {
  const agent = chooseAgent(options, detected);
  return [
    `# yaml-language-server: $schema=${options.schema}`,
    "# Line 1 is for editors. `tracing-sidecar schema` prints the schema that it refers to.",
    "apiVersion: tracing-sidecar.dev/v1alpha1",
    "kind: TracingSidecar",
    "metadata:",
    "  # Identifies what was added. Don't rename it: a renamed configuration no longer recognizes what it added.",
    `  name: ${printFlow(options.name, false)}`,
    "spec:",
    ...selector(options, detected),
    ...namespace(options, detected),
    "  collector:",
    ...endpointLines(endpoint),
    ...tls(options, detected),
    "  agent:",
    ...agentLines(detected, agent),
    ...app(detected, agent.type),
    ...podMonitor(options, detected),
    ...pullSecrets(detected),
    "",
  ].join("\n");
}

/** An agent type, and a comment that says why it is used. */
interface AgentChoice {
  readonly name: AgentTypeName;
  readonly type: AgentType;
  readonly comment: string;
}

function chooseAgent({ agent }: InitOptions, { agents, variables }: Detected): AgentChoice {
  const choice = (name: AgentTypeName, comment: string) => ({ name, type: agentTypes[name], comment });
  if (agent !== undefined) return choice(agent, "");
  if (agents[0] !== undefined) return choice(agents[0].name, " # same as the existing agent");
  const forSdks = agentTypeNames.flatMap((name) => {
    const { sdks } = agentTypes[name];
    return sdks === undefined ? [] : [{ name, ...sdks }];
  });
  const detected = forSdks.find(({ variablePrefix }) => variables.some((name) => name.startsWith(variablePrefix)));
  if (detected !== undefined)
    return choice(detected.name, ` # the apps are configured for ${detected.title} (${detected.variablePrefix}...)`);
  const [preferred] = agentTypeNames;
  const others = forSdks
    .filter(({ name }) => name !== preferred)
    .map(({ name, title }) => `; for ${title}, use ${name}`);
  return choice(preferred, ` # ${agentTypes[preferred].title}${others.join("")}`);
}

function selector(
  options: InitOptions,
  { workloads, namespaces, hasUnnamedNamespace, commonLabel }: Detected,
): string[] {
  const jobs = workloads.filter(runsToCompletion);
  const longRunning = workloads.filter(
    (workload) => !runsToCompletion(workload) && workload.kind.kind !== "ReplicaSet",
  );
  const kinds = [...new Set(longRunning.map(({ kind }) => kind.kind))];
  const lines =
    workloads.length === 0
      ? ["  # The workloads that get the agent. {} selects every Deployment."]
      : [
          `  # The workloads that get the agent. The manifests contain ${oneLine(listSome(workloads, 3, ({ object }) => describe(object)))}.`,
        ];
  if (jobs.length > 0)
    lines.push(
      `  # To select each ${jobs[0]?.kind.kind} too, list its kind. The agent is then a native sidecar (Kubernetes 1.29 or later).`,
    );
  const fields: [string, Value][] = [];
  if (kinds.some((kind) => kind !== "Deployment")) fields.push(["kinds", kinds]);
  if (options.selector !== undefined) fields.push(...Object.entries(options.selector));
  else if (commonLabel !== undefined) fields.push(["matchLabels", { [commonLabel[0]]: commonLabel[1] }]);
  if (namespaces.length > 0 && !hasUnnamedNamespace) fields.push(["namespaces", namespaces]);
  if (fields.length === 0) return [...lines, "  selector: {}"];
  return [...lines, "  selector:", ...fields.map(([key, value]) => `    ${key}: ${printFlow(value, false)}`)];
}

function namespace(options: InitOptions, { workloads, namespaces, hasUnnamedNamespace }: Detected): string[] {
  if (options.namespace !== undefined)
    return [`  namespace: ${printFlow(options.namespace, false)} # for workloads without a namespace`];
  if (workloads.length > 0 && !hasUnnamedNamespace) return [];
  return [
    "  # The namespace of workloads whose manifests don't set one. Replace it with the namespace that you deploy to.",
    `  namespace: ${printFlow(namespaces[0] ?? "default", false)}`,
  ];
}

/** A value for `spec.collector.endpoint`, and a comment that says where it is from. */
export interface EndpointChoice {
  readonly endpoint: string;
  readonly comment?: string;
}

/** Returns the possible endpoints, the preferred one first. The last one is a placeholder, unless the options set one. */
export function endpointChoices(options: InitOptions, detected: Detected): readonly EndpointChoice[] {
  if (options.collector !== undefined) return [{ endpoint: options.collector }];
  const { service, port } = chooseAgent(options, detected).type.collector;
  return [
    ...detected.agents
      .flatMap((agent) => agent.type.adoption.endpoint(agent.container) ?? [])
      .map((found) => ({ endpoint: found, comment: "From the existing agent." })),
    ...detected.collectors.map((found) => ({
      endpoint: found,
      comment: "The Service in the manifests that receives spans.",
    })),
    { endpoint: `dns:///${service}:${port}`, comment: "Replace this with the gRPC address of your collector." },
  ];
}

function endpointLines({ endpoint, comment }: EndpointChoice): string[] {
  return [
    ...(comment === undefined ? [] : [`    # ${comment}`]),
    `    ${printEntry("endpoint", endpoint, 4, defaultStyle)}`,
  ];
}

function tls(options: InitOptions, { issuers, namespaces, agents }: Detected): string[] {
  // An Issuer signs only for its own namespace.
  const usable = issuers.filter(
    ({ kind, namespace }) => kind === "ClusterIssuer" || (namespaces.length === 1 && namespace === namespaces[0]),
  );
  const found = usable.find(({ kind }) => kind === "ClusterIssuer") ?? usable[0];
  const others = usable.filter((issuer) => issuer !== found);
  const issuer = options.issuer ?? (found === undefined ? undefined : { name: found.name, kind: found.kind });
  if (issuer === undefined) {
    const isSecured = agents.some(({ type, container }) => type.adoption.usesTls(container));
    return [
      "    # To get a client certificate from cert-manager for each workload, uncomment:",
      "    # tls:",
      "    #   clientCertificate:",
      "    #     certManager:",
      "    #       issuerRef: {name: my-private-ca, kind: ClusterIssuer}",
      ...(isSecured ? ["    tls: {} # the existing agent uses TLS"] : []),
    ];
  }
  return [
    "    tls:",
    "      # If ca is omitted, the system's root certificates are used. For a private CA, add ca: {fromClientCertificate: true}.",
    ...(others.length > 0 ? [`      # Other issuers: ${oneLine(listSome(others, 3, describe))}.`] : []),
    "      clientCertificate:",
    "        certManager:",
    `          issuerRef: ${printFlow(issuer, false)}`,
  ];
}

function agentLines({ agents }: Detected, { name, comment }: AgentChoice): string[] {
  const lines = [`    type: ${name}${comment}`];
  if (agents.length === 0) return lines;
  const image = agents
    .filter((agent) => agent.name === name)
    .map(({ container }) => getString(container, "image"))
    .find((text) => text !== undefined);
  if (image !== undefined) lines.push(`    image: ${printFlow(image, false)}`);
  return [...lines, "    adopt: true # adopts manually added agents; this can't be undone"];
}

function app({ variables }: Detected, { presets }: AgentType): string[] {
  if (!presets.includes("opentelemetry")) return [];
  const isInUse = variables.some((name) => name.startsWith("OTEL_"));
  const lines = [
    "app:",
    "  presets: [opentelemetry] # makes OpenTelemetry SDKs send to the agent; variables that are already set are kept",
  ];
  return lines.map((line) => (isInUse ? `  ${line}` : `  # ${line}`));
}

function podMonitor(options: InitOptions, { prometheus }: Detected): string[] {
  if (prometheus === undefined && !options.podMonitor)
    return [
      "  # To get a PodMonitor for each workload (requires the Prometheus operator), uncomment:",
      "  # podMonitor: {}",
    ];
  const labels = prometheus?.labels ?? {};
  if (Object.keys(labels).length === 0) return ["  podMonitor: {}"];
  return [
    "  podMonitor:",
    `    labels: ${printFlow(labels, false)} # the labels by which Prometheus selects its monitors`,
  ];
}

function pullSecrets({ pullSecrets }: Detected): string[] {
  if (pullSecrets.length === 0) return [];
  return [
    "  # If the agent's image needs these pull secrets too, uncomment:",
    `  # imagePullSecrets: ${printFlow(
      pullSecrets.map((name) => ({ name })),
      false,
    )}`,
  ];
}
