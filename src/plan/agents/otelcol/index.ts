import type { AgentConfiguration, Configuration } from "../../../config/configuration";
import type { Finding } from "../../../kube/finding";
import { namesOf, type Workload } from "../../../kube/workload";
import { getString, type Mapping } from "../../../yaml/value";
import { isScraped } from "../../scrape";
import { agentContainer } from "../agent-container";
import type { AgentCache, AgentParts, AgentType, SharedAgentParts } from "../agent-type";
import { protocols } from "../collector-protocols";
import { type AgentInput, agentInput, type ContainerInput, cachedParts, containerInput } from "../container-input";
import { checkedVersion, invalid } from "../image-version";
import { isOnlyInPod, portProblems } from "../port-problems";
import { probeProblems } from "../probes";
import { tagSources } from "../span-tags";
import { tlsFiles, volumesOf } from "../tls-files";
import { componentFindings } from "./component-findings";
import { collectorConfig, printConfig } from "./config";
import { configProblems } from "./config-problems";
import { checkEndpoint, endpointOf } from "./endpoint";
import { headersOf } from "./exporter";
import { goMemoryLimit } from "./memory";
import { portNamesOf, portsOf } from "./ports";
import { unsetVariable } from "./text-reference";
import { firstRelease, has, type OtelcolVersion, readVersion, title } from "./version";

/** The OpenTelemetry Collector: accepts OTLP and Jaeger's UDP protocols only from its pod, and sends OTLP. */
export const otelcol: AgentType = {
  title,
  images: [
    "opentelemetry-collector",
    "opentelemetry-collector-contrib",
    "opentelemetry-collector-k8s",
    "opentelemetry-collector-otlp",
  ],
  collector: { service: "otel-collector", port: protocols.otlpGrpc.port },
  presets: ["opentelemetry", "jaeger"],
  sdks: { title: "OpenTelemetry", variablePrefix: "OTEL_" },
  check,
  checkEndpoint,
  build,
};

/** The environment variable that holds the Collector's configuration. */
export const configVariable = "OTELCOL_CONFIG";

function check(configuration: Configuration): readonly Finding[] {
  const read = readVersion(configuration);
  if ("finding" in read) return [read.finding];
  const { agent } = configuration;
  const userVariables = new Set(namesOf(agent.env));
  const config = configOf(agentInput(configuration, tlsFiles(configuration)));
  const { ports, health } = portsOf(config, agent);
  const lacksMetrics = isScraped(configuration) && !ports.some((port) => port.use === "metrics" && !isOnlyInPod(port));
  return [
    ...(userVariables.has(unsetVariable)
      ? [invalid("spec.agent.env", `${unsetVariable} is reserved: it must not be set. Remove it.`).finding]
      : []),
    ...(userVariables.has(configVariable)
      ? [
          invalid(
            "spec.agent.env",
            `${configVariable} is reserved for the Collector's configuration. Use spec.agent.config to change it.`,
          ).finding,
        ]
      : []),
    ...headerProblems(agent, read.version),
    ...configProblems(config, agent, read.version),
    ...componentFindings(config, agent, read.version),
    ...(lacksMetrics
      ? [
          invalid(
            "spec.agent.config",
            "The Collector's configuration has no port that Prometheus can scrape. Add one in service.telemetry.metrics, or remove spec.podMonitor.",
          ).finding,
        ]
      : []),
    ...portProblems(ports),
    ...probeProblems(agent, health, ports),
  ];
}

function build(configuration: Configuration, workload: Workload, cache: AgentCache = new Map()): AgentParts {
  const files = tlsFiles(configuration);
  const shared = cachedParts(cache, containerInput(configuration, workload, files), sharedParts);
  return { ...shared, volumes: volumesOf(files) };
}

function sharedParts(input: ContainerInput): SharedAgentParts {
  const { agent } = input;
  const config = configOf(input);
  const { ports, health, otlp, hasOtherPorts } = portsOf(config, agent);
  const endpoint = endpointOf(config, input, checkedVersion(readVersion(input)));
  return {
    container: agentContainer(input, {
      args: [`--config=env:${configVariable}`, ...agent.args],
      // The configuration comes last, because the kubelet expands references only to earlier entries.
      env: [
        ...memoryLimit(agent),
        ...headerVariables(agent),
        ...tagSources(agent).env,
        { name: configVariable, value: printConfig(config) },
      ],
      ports,
      ...(health === undefined ? {} : { health }),
      imageHasUser: true,
    }),
    ports,
    metricsPort: portNamesOf(agent).metrics,
    ...(hasOtherPorts ? { hasOtherPorts } : {}),
    ...(otlp === undefined ? {} : { otlp }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

/** Returns the Collector's configuration. The version must be one that `check` accepts. */
function configOf(input: AgentInput): Mapping {
  return collectorConfig(input, checkedVersion(readVersion(input)), tagSources(input.agent).tags);
}

function headerProblems({ headersFrom = [] }: AgentConfiguration, version: OtelcolVersion): Finding[] {
  if (headersFrom.length === 0 || has(version, "numbersAsText")) return [];
  const message = `requires OpenTelemetry Collector ${firstRelease("numbersAsText")} or later, because earlier versions reject a value that looks like a number. Use a later version, or remove the headers.`;
  return [invalid("spec.agent.headersFrom", message).finding];
}

/** The variables of the headers. A variable in `spec.agent.env` with the same name replaces one. */
function headerVariables(agent: AgentConfiguration): Mapping[] {
  const userNames = new Set(namesOf(agent.env));
  return headersOf(agent).flatMap(({ variable, secretKeyRef }) =>
    userNames.has(variable) ? [] : [{ name: variable, valueFrom: { secretKeyRef } }],
  );
}

function memoryLimit({ env, resources }: AgentConfiguration): Mapping[] {
  const name = "GOMEMLIMIT";
  const value = goMemoryLimit(resources);
  return value === undefined || env.some((entry) => getString(entry, "name") === name) ? [] : [{ name, value }];
}
