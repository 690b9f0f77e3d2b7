import { oneLine } from "../krm/escape-line";
import { listSome } from "../kube/message-text";
import { describe, type Identity } from "../kube/object";
import { runsToCompletion } from "../kube/workload";
import type { AgentType } from "../plan/agents/agent-type";
import { type AgentTypeName, agentTypeNames, agentTypes } from "../plan/agents/index";
import { printEntry, printFlow } from "../yaml/print";
import { defaultStyle } from "../yaml/style";
import { getString, type Mapping, type Value } from "../yaml/value";
import { type Destination, image } from "./init-destination";
import { type Detected, type DetectedContainer, isKnown } from "./init-detect";
import type { AppEndpoint } from "./init-endpoints";

/** The options of `init` that go into the configuration. */
export interface InitOptions {
  /** `metadata.name` of the configuration. */
  readonly name: string;
  /** The path of the schema in the configuration's first line. */
  readonly schema?: string;
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
 * found in the manifests. A required field that neither has is a comment.
 *
 * @param endpoint one of `endpointChoices`.
 */
export function renderConfig(
  options: InitOptions,
  detected: Detected,
  destination: Destination,
  endpoint: EndpointChoice,
): string {
  const agent = chooseAgent(options, detected);
  const issuer = chooseIssuer(options, detected, endpoint);
  return [
    ...schemaLines(options.schema ?? destination.schema),
    "apiVersion: tracing-sidecar.dev/v1alpha1",
    "kind: TracingSidecar",
    "metadata:",
    "  # Identifies what was added. Don't rename it: a renamed configuration no longer recognizes what it added.",
    `  name: ${printFlow(options.name, false)}`,
    ...annotations(destination),
    "spec:",
    ...selector(options, detected, destination),
    ...namespace(options, detected, destination, isNamespaceMissing(options, detected, destination, endpoint)),
    "  collector:",
    ...endpointLines(endpoint),
    ...tls(issuer, detected, endpoint),
    "  agent:",
    ...agentLines(detected, agent),
    ...app(detected, agent.type),
    ...podMonitor(options, detected),
    ...pullSecrets(detected),
    "",
  ].join("\n");
}

function schemaLines(schema: string | undefined): string[] {
  if (schema === undefined)
    return ["# To complete and validate the fields in an editor, see `tracing-sidecar schema --help`."];
  return [
    `# yaml-language-server: $schema=${schema}`,
    "# Line 1 is for editors. `tracing-sidecar schema` prints the schema that it refers to.",
  ];
}

function annotations({ kptfile, kustomization }: Destination): string[] {
  const lines = [
    ...(kptfile !== undefined
      ? ["# Keeps kpt from applying the configuration to the cluster.", 'config.kubernetes.io/local-config: "true"']
      : []),
    ...(kustomization === undefined
      ? []
      : [
          "# How kustomize runs the function. To run an executable, replace container with exec, and image with path.",
          "config.kubernetes.io/function: |",
          "  container:",
          `    image: ${image}`,
        ]),
  ];
  return lines.length === 0 ? [] : ["  annotations:", ...lines.map((line) => `    ${line}`)];
}

/** An agent type, and a comment that says why it is used. */
interface AgentChoice {
  readonly name: AgentTypeName;
  readonly type: AgentType;
  readonly comment: string;
}

function chooseAgent({ agent }: InitOptions, { agents, containers }: Detected): AgentChoice {
  const choice = (name: AgentTypeName, comment: string) => ({ name, type: agentTypes[name], comment });
  if (agent !== undefined) return choice(agent, "");
  if (agents[0] !== undefined) return choice(agents[0].name, " # same as the existing agent");
  const forSdks = agentTypeNames.flatMap((name) => {
    const { sdks } = agentTypes[name];
    return sdks === undefined ? [] : [{ name, ...sdks }];
  });
  const detected = forSdks.find(({ variablePrefix }) =>
    containers.some((container) => uses(container, variablePrefix)),
  );
  const [preferred] = agentTypeNames;
  if (detected !== undefined) {
    const { name, title, variablePrefix } = detected;
    const isAlternative =
      name !== preferred && agentTypes[name].presets.every((preset) => agentTypes[preferred].presets.includes(preset));
    const alternative = isAlternative ? `; ${preferred} accepts their spans too` : "";
    return choice(name, ` # the apps are configured for ${title} (${variablePrefix}...)${alternative}`);
  }
  const others = forSdks
    .filter(({ name }) => name !== preferred)
    .map(({ name, title }) => `; for ${title}, use ${name}`);
  return choice(preferred, ` # ${agentTypes[preferred].title}${others.join("")}`);
}

/** Reports whether a container has a variable with a prefix, which shows an SDK. */
function uses({ variables }: DetectedContainer, prefix: string): boolean {
  return variables.some((name) => name.startsWith(prefix));
}

function selector(
  options: InitOptions,
  { workloads, namespaces, hasUnnamedNamespace, commonLabel }: Detected,
  { kustomization }: Destination,
): string[] {
  const jobs = workloads.filter(runsToCompletion);
  const longRunning = workloads.filter(
    (workload) => !runsToCompletion(workload) && workload.kind.kind !== "ReplicaSet",
  );
  const kinds = [...new Set(longRunning.map(({ kind }) => kind.kind))];
  const named = workloads.map(({ object }) => describe(object)).filter(isKnown);
  const lines =
    named.length === 0
      ? ["  # The workloads that get the agent. {} selects every Deployment."]
      : [`  # The workloads that get the agent. The manifests contain ${oneLine(listSome(named, 3, (name) => name))}.`];
  if (jobs.length > 0)
    lines.push(
      `  # To select each ${jobs[0]?.kind.kind} too, list its kind. The agent is then a native sidecar (Kubernetes 1.29 or later).`,
    );
  const fields: [string, Value][] = [];
  if (kinds.some((kind) => kind !== "Deployment")) fields.push(["kinds", kinds]);
  if (options.selector !== undefined) fields.push(...Object.entries(options.selector));
  else if (commonLabel !== undefined) fields.push(["matchLabels", { [commonLabel[0]]: commonLabel[1] }]);
  if (namespaces.length > 0 && !hasUnnamedNamespace && !kustomization?.setsNamespace)
    fields.push(["namespaces", namespaces]);
  if (fields.length === 0) return [...lines, "  selector: {}"];
  return [...lines, "  selector:", ...fields.map(([key, value]) => `    ${key}: ${printFlow(value, false)}`)];
}

function namespace(
  options: InitOptions,
  { workloads, namespaces, hasUnnamedNamespace }: Detected,
  { kustomization }: Destination,
  isRequired: boolean,
): string[] {
  if (options.namespace !== undefined)
    return [`  namespace: ${printFlow(options.namespace, false)} # for workloads without a namespace`];
  // kustomize sets the namespace before it runs the function.
  if ((workloads.length > 0 && !hasUnnamedNamespace) || kustomization?.setsNamespace) return [];
  return [
    isRequired
      ? "  # Required: the namespace of the workloads that have none, for the common names of their certificates."
      : "  # If a later step sets the namespace of workloads, set it here too, for the names of certificates and for PodMonitors:",
    `  # namespace: ${printFlow(namespaces[0] ?? "NAMESPACE", false)}`,
  ];
}

/** Reports whether the configuration has to name the namespace of workloads that have none, and can't. */
export function isNamespaceMissing(
  options: InitOptions,
  detected: Detected,
  { kustomization }: Destination,
  endpoint: EndpointChoice,
): boolean {
  const isUnknown = detected.workloads.length > 0 && detected.hasUnnamedNamespace && !kustomization?.setsNamespace;
  return isUnknown && options.namespace === undefined && chooseIssuer(options, detected, endpoint) !== undefined;
}

/** A value for `spec.collector.endpoint`, and what it is based on. */
export interface EndpointChoice {
  /** Undefined if it has to be filled in. */
  readonly endpoint?: string;
  /** Lines of a comment. */
  readonly comment?: readonly string[];
  /** Whether the apps or an existing agent use TLS for this address. Undefined if it isn't known. */
  readonly security?: "TLS" | "plaintext";
}

/**
 * Returns the possible endpoints, the preferred one first. Unless the options set the endpoint, the last choice is one
 * that has to be filled in.
 */
export function endpointChoices(options: InitOptions, detected: Detected): readonly EndpointChoice[] {
  if (options.collector !== undefined) return [{ endpoint: options.collector }];
  const { type } = chooseAgent(options, detected);
  const { agents, collectors, appEndpoints } = detected;
  const [inUse, other] = appEndpoints;
  const isAgreed = inUse !== undefined && other === undefined && speaksProtocolOf(type, inUse);
  return [
    ...agents.flatMap((agent): EndpointChoice[] => {
      const endpoint = agent.type.adoption.endpoint(agent.container);
      if (endpoint === undefined || !isKnown(endpoint)) return [];
      const security = agent.type.adoption.usesTls(agent.container) ? ({ security: "TLS" } as const) : {};
      return [{ endpoint, comment: ["From the existing agent."], ...security }];
    }),
    ...(isAgreed ? [endpointOfApps(inUse)] : []),
    ...collectors.map((endpoint) => ({ endpoint, comment: ["The Service in the manifests that receives spans."] })),
    missingEndpoint(type, appEndpoints),
  ];
}

/** Reports whether an app sends to a port that the agent can send to, in the same protocol. */
function speaksProtocolOf(type: AgentType, { variable, port, transport, hasHeaders }: AppEndpoint): boolean {
  if (port === undefined || transport === "HTTP" || hasHeaders) return false;
  const isOwnSdk = type.sdks !== undefined && variable.startsWith(type.sdks.variablePrefix);
  return isOwnSdk && (port === type.collector.port || transport === "gRPC");
}

function endpointOfApps({ variable, scheme, ...address }: AppEndpoint): EndpointChoice {
  const security = { https: "TLS", http: "plaintext" } as const;
  return {
    endpoint: formatAddress(address),
    comment: [`The apps send spans to this address (${variable}).`],
    ...(scheme === "https" || scheme === "http" ? { security: security[scheme] } : {}),
  };
}

/** The comment shows what the apps use, if they don't send to it what the agent sends. */
function missingEndpoint({ collector }: AgentType, endpoints: readonly AppEndpoint[]): EndpointChoice {
  const [first, other] = endpoints;
  const example = first === undefined || other !== undefined ? "HOST" : formatAddress({ host: first.host });
  const inUse = listSome(endpoints, 3, (endpoint) => formatAddress(endpoint));
  return {
    comment: [
      `Required: the gRPC address of your collector, usually with port ${collector.port}.`,
      ...(first === undefined ? [] : [`The apps send spans to ${inUse} (${first.variable}).`]),
      `endpoint: ${example}:${first === undefined || other !== undefined ? "PORT" : collector.port}`,
    ],
  };
}

function formatAddress({ host, port }: Pick<AppEndpoint, "host" | "port">): string {
  return `${host.includes(":") ? `[${host}]` : host}${port === undefined ? "" : `:${port}`}`;
}

function endpointLines({ endpoint, comment = [] }: EndpointChoice): string[] {
  return [
    ...comment.map((line) => `    # ${line}`),
    ...(endpoint === undefined ? [] : [`    ${printEntry("endpoint", endpoint, 4, defaultStyle)}`]),
  ];
}

/** Returns the issuer of the client certificates. Undefined if they aren't requested. */
function chooseIssuer(options: InitOptions, detected: Detected, { security }: EndpointChoice): Mapping | undefined {
  if (options.issuer !== undefined || security === "plaintext") return options.issuer;
  const [found] = usableIssuers(detected);
  return found && { name: found.name, kind: found.kind };
}

/** Returns the issuers that can sign for all workloads, ClusterIssuers first: an Issuer signs only for its own namespace. */
function usableIssuers({ issuers, namespaces }: Detected): readonly Identity[] {
  const own = issuers.filter(({ kind, namespace }) => kind === "Issuer" && namespace === namespaces[0]);
  return [...issuers.filter(({ kind }) => kind === "ClusterIssuer"), ...(namespaces.length === 1 ? own : [])];
}

function tls(issuer: Mapping | undefined, detected: Detected, { security }: EndpointChoice): string[] {
  const [found, ...others] = usableIssuers(detected);
  if (issuer === undefined) {
    return [
      ...(security === "plaintext" ? ["    # The apps send spans without TLS."] : []),
      `    # To get a client certificate from cert-manager for each workload, uncomment these lines${security === "TLS" ? ", and remove tls: {}" : ""}:`,
      "    # tls:",
      "    #   clientCertificate:",
      "    #     certManager:",
      `    #       issuerRef: ${printFlow({ name: found?.name ?? "ISSUER", kind: found?.kind ?? "ClusterIssuer" }, false)}`,
      ...(security === "TLS" ? ["    tls: {} # this address uses TLS"] : []),
    ];
  }
  return [
    "    tls:",
    "      # If ca is omitted, the root certificates in the agent's image are used. If the issuer of the client certificates",
    "      # also signs the collector's certificate, add ca: {fromClientCertificate: true}. For another private CA, set",
    "      # ca.configMapName or ca.secretName.",
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
    .find((text) => text !== undefined && isKnown(text));
  if (image !== undefined) lines.push(`    image: ${printFlow(image, false)}`);
  return [...lines, "    adopt: true # adopts manually added agents; this can't be undone"];
}

/** Only the containers that show an SDK get its variables. */
function app({ containers }: Detected, { presets }: AgentType): string[] {
  if (!presets.includes("opentelemetry")) return [];
  const instrumented = containers.filter((container) => uses(container, "OTEL_"));
  const names = [...new Set(instrumented.map(({ name }) => name))].filter((name) => name !== "" && isKnown(name));
  const lines = [
    "app:",
    "  presets: [opentelemetry] # makes OpenTelemetry SDKs send to the agent; variables that are already set are kept",
    ...(instrumented.length < containers.length && names.length > 0
      ? [
          `  containers: ${printFlow(names, false)} # those that have variables of an OpenTelemetry SDK; add those of new apps`,
        ]
      : []),
  ];
  if (names.length > 0) return lines.map((line) => `  ${line}`);
  return ["If the apps use OpenTelemetry SDKs, uncomment:", ...lines].map((line) => `  # ${line}`);
}

function podMonitor(options: InitOptions, { prometheus }: Detected): string[] {
  if (prometheus === undefined && !options.podMonitor)
    return [
      "  # To get a PodMonitor for each workload (requires the Prometheus Operator), uncomment:",
      "  # podMonitor: {}",
    ];
  const labels = prometheus?.labels ?? {};
  if (Object.keys(labels).length === 0) return ["  podMonitor: {}"];
  return [
    "  podMonitor:",
    `    labels: ${printFlow(labels, false)} # the labels that Prometheus uses to select PodMonitors`,
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
