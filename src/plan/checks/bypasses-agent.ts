import type { Value } from "../../yaml/value";
import type { AgentParts, OtlpReceiver } from "../agents/agent-type";
import type { AppContainer } from "../app/app-env";
import type { ContainerEnv } from "../app/container-env";
import {
  endpointOf,
  exporterOf,
  firstSet,
  isOtlpExporter,
  type NamedVariable,
  protocolOf,
  title,
} from "../app/otlp-variables";
import { type Address, isLoopback, parseAddress, reachesAgent } from "../endpoint-address";
import { type Check, type CheckContext, containerField, warning } from "./check";

/*
 * Warns about environment variables that keep an app's spans from the agent. Only what the input shows is reported: a
 * value from the cluster, or a setting in the app's code, isn't known. A message never contains a value.
 */

/** What is wrong with a variable, and what to do. `problem` follows the container's name in the message. */
interface Problem {
  readonly variable: NamedVariable;
  readonly problem: string;
  readonly advice: string;
}

/** A container, and what the agent in its pod listens on. */
interface ProblemInput {
  readonly env: ContainerEnv;
  readonly parts: AgentParts;
  readonly podSpec: Value;
}

export const bypassesAgent: Check = (context) =>
  context.appContainers.flatMap((container) => {
    const { parts, workload } = context;
    const input = { env: container.env, parts, podSpec: workload.podSpec };
    return problems.flatMap((find) => find(input)).map((problem) => finding(context, container, problem));
  });

function finding(context: CheckContext, container: AppContainer, { variable, problem, advice }: Problem) {
  const path = containerField(context, container, variable.field);
  const message = `Container "${container.name}" ${problem}. ${advice}.`;
  return warning(context, "warn-bypasses-agent", path, message);
}

const problems: readonly ((input: ProblemInput) => readonly Problem[])[] = [openTelemetry, jaegerSdk];

function openTelemetry(input: ProblemInput): readonly Problem[] {
  const { env, parts } = input;
  const disabled = firstSet(env, ["OTEL_SDK_DISABLED"]);
  if (disabled?.value?.toLowerCase() === "true") {
    if (parts.otlp === undefined) return [];
    return [
      { variable: disabled, problem: `sends no spans: ${title(disabled)} is true`, advice: "Remove the variable" },
    ];
  }
  const exporter = exporterOf(env);
  /** Reports whether a selected exporter matches. Undefined if none is selected, or if the value isn't known. */
  const uses = (matches: (name: string) => boolean) => exporter?.exporters?.some(matches);
  const usesJaeger = uses(named("jaeger"));
  return [
    ...exporterProblem(exporter, parts),
    ...((uses(isOtlpExporter) ?? true) ? otlpProblem(input) : []),
    ...((usesJaeger ?? true) ? outsideProblem(input, ["OTEL_EXPORTER_JAEGER_AGENT_HOST"], remove) : []),
    ...(usesJaeger ? outsideProblem(input, ["OTEL_EXPORTER_JAEGER_ENDPOINT"], useOtlp) : []),
    ...(uses(named("zipkin")) ? outsideProblem(input, ["OTEL_EXPORTER_ZIPKIN_ENDPOINT"], useOtlp) : []),
  ];
}

const named = (wanted: string) => (name: string) => name === wanted;

const remove = "Remove the variable or set it to 127.0.0.1";
const useOtlp = "Remove the variable, and set OTEL_TRACES_EXPORTER to otlp";

/** Exporters for Jaeger's own protocol, which agents accept by UDP. */
const sendsByUdp: ReadonlySet<string> = new Set(["jaeger"]);

/** Exporters that send nothing. */
const staysInProcess: ReadonlySet<string> = new Set(["none", "console", "logging"]);

/** A list of exporters, of which none reaches the agent: not by OTLP, UDP or a receiver that the user added. */
function exporterProblem(exporter: ReturnType<typeof exporterOf>, parts: AgentParts): readonly Problem[] {
  const { otlp, ports, hasOtherPorts } = parts;
  if (exporter?.exporters === undefined || otlp === undefined) return [];
  const reaches = (name: string) =>
    isOtlpExporter(name) ||
    (sendsByUdp.has(name) && ports.some(({ protocol }) => protocol === "UDP")) ||
    (hasOtherPorts === true && !staysInProcess.has(name));
  if (exporter.exporters.some(reaches)) return [];
  const problem = `doesn't send its spans to the agent: ${title(exporter)} doesn't include otlp`;
  return [{ variable: exporter, problem, advice: "Remove the variable or add otlp to it" }];
}

/** A variable that points outside the pod. */
function outsideProblem(input: ProblemInput, names: readonly string[], advice: string): readonly Problem[] {
  const variable = firstSet(input.env, names);
  const address = addressOf(variable);
  if (variable === undefined || address === undefined || isAgents(address, input)) return [];
  return [{ variable, problem: outside(variable), advice }];
}

function outside(variable: NamedVariable): string {
  return `bypasses the agent, which listens only on 127.0.0.1: ${title(variable)} points elsewhere`;
}

function otlpProblem(input: ProblemInput): readonly Problem[] {
  const { env, parts } = input;
  const variable = endpointOf(env);
  if (variable === undefined) return protocolProblem(input);
  const address = addressOf(variable);
  if (address === undefined) return [];
  if (!isAgents(address, input)) return [{ variable, problem: outside(variable), advice: otlpAdvice(parts) }];
  const insecure = firstSet(env, ["OTEL_EXPORTER_OTLP_TRACES_INSECURE", "OTEL_EXPORTER_OTLP_INSECURE"]);
  const wrong = unreachable(variable, address, parts, protocolOf(env)?.value) ?? hasNoScheme(variable, insecure?.value);
  if (wrong === undefined) return requiresTls(env, insecure);
  return [
    { variable, problem: `can't send spans to the agent: ${title(variable)} ${wrong.problem}`, advice: wrong.advice },
  ];
}

/** An endpoint in the pod, and the agent that it should be the address of. */
interface PodEndpoint {
  readonly name: string;
  /** Undefined if it isn't a URL. */
  readonly scheme: string | undefined;
  readonly port: number;
  readonly path: string;
  /** Undefined if it isn't known. */
  readonly protocol: string | undefined;
  readonly otlp: OtlpReceiver;
}

type Mistake = Pick<Problem, "problem" | "advice">;

/** Returns what keeps an endpoint in the pod from being the agent's, and what to do. */
function unreachable(
  { name, value = "" }: NamedVariable,
  address: Address,
  parts: AgentParts,
  protocol: string | undefined,
): Mistake | undefined {
  const [, scheme, path = ""] = /^(https?):\/\/[^/?#]*([^?#]*)/i.exec(value.trim()) ?? [];
  const port = address.port ?? (scheme === undefined ? undefined : /^https$/i.test(scheme) ? 443 : 80);
  if (port === undefined) return undefined;
  if (!parts.ports.some((listening) => listening.port === port && listening.protocol === "TCP")) {
    if (parts.hasOtherPorts) return undefined;
    return { problem: `uses port ${port}, which the agent doesn't listen on`, advice: otlpAdvice(parts) };
  }
  const { otlp } = parts;
  if (otlp === undefined) return undefined;
  const endpoint = { name, scheme: scheme?.toLowerCase(), port, path, protocol, otlp };
  return usesTls(endpoint) ?? hasPortOfOtherProtocol(endpoint) ?? hasWrongPath(endpoint);
}

function usesTls({ scheme }: PodEndpoint): Mistake | undefined {
  if (scheme !== "https") return undefined;
  return { problem: "uses https, but the agent accepts spans from its pod without TLS", advice: "Use http" };
}

/** What SDKs make of an address without a scheme differs: TLS, an error, or no export at all. */
function hasNoScheme({ value = "" }: NamedVariable, insecure: string | undefined): Mistake | undefined {
  if (/^https?:\/\//i.test(value.trim()) || insecure?.toLowerCase() === "true") return undefined;
  return { problem: "must start with http://", advice: "Add the scheme" };
}

/** Go's SDK uses TLS unless the variable is true, and with a certificate, whatever the endpoint's scheme is. */
function requiresTls(env: ContainerEnv, insecure: NamedVariable | undefined): readonly Problem[] {
  const certificate = firstSet(env, ["OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE"]);
  const isSecure = insecure?.value !== undefined && insecure.value.toLowerCase() !== "true";
  const variable = isSecure ? insecure : certificate;
  if (variable === undefined) return [];
  const problem = `can't send spans to the agent with some SDKs: ${title(variable)} makes them use TLS, but the agent accepts spans from its pod without TLS`;
  return [{ variable, problem, advice: "Remove the variable" }];
}

/** A protocol that the agent has no port for, so that the app gets no endpoint. */
function protocolProblem({ env, parts: { otlp, hasOtherPorts } }: ProblemInput): readonly Problem[] {
  const variable = protocolOf(env);
  if (variable?.value === undefined || otlp === undefined || hasOtherPorts) return [];
  const isGrpc = variable.value === "grpc";
  if ((isGrpc ? otlp.grpcPort : otlp.httpPort) !== undefined) return [];
  const problem = `can't send spans to the agent: ${title(variable)} selects ${isGrpc ? "gRPC" : "HTTP"}, which the agent has no port for`;
  return [{ variable, problem, advice: "Remove the variable, or add the port in spec.agent.config" }];
}

function hasPortOfOtherProtocol({ port, protocol, otlp }: PodEndpoint): Mistake | undefined {
  if (protocol === undefined) return undefined;
  const { grpcPort, httpPort } = otlp;
  const isGrpc = protocol === "grpc";
  const right = isGrpc ? grpcPort : httpPort;
  if (right === undefined || port !== (isGrpc ? httpPort : grpcPort)) return undefined;
  const [accepted, used] = isGrpc ? ["HTTP", "gRPC"] : ["gRPC", "HTTP"];
  return {
    problem: `uses port ${port}, which is for ${accepted}, but the protocol is ${used}`,
    advice: `Use port ${right}`,
  };
}

function hasWrongPath({ name, scheme, port, path, otlp }: PodEndpoint): Mistake | undefined {
  const { httpPort, tracesPath } = otlp;
  if (scheme === undefined || port !== httpPort) return undefined;
  if (name === "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
    if (path === tracesPath) return undefined;
    return {
      problem: `must have the path ${tracesPath}, because SDKs don't append a path to this variable`,
      advice: "Add the path",
    };
  }
  if (`${path.replace(/\/$/, "")}/v1/traces` === tracesPath) return undefined;
  if (tracesPath !== "/v1/traces")
    return {
      problem: `doesn't lead to the agent's path ${tracesPath}, because SDKs append /v1/traces`,
      advice: `Set OTEL_EXPORTER_OTLP_TRACES_ENDPOINT to an address with that path`,
    };
  return { problem: "must not have a path, because SDKs append /v1/traces", advice: "Remove the path" };
}

function jaegerSdk(input: ProblemInput): readonly Problem[] {
  const host = outsideProblem(input, ["JAEGER_AGENT_HOST"], remove);
  return [...host, ...(host.length === 0 ? jaegerPortProblem(input) : []), ...jaegerEndpointProblem(input)];
}

/** The variable takes precedence over the agent's address (jaeger-client-go `config/config_env.go`). */
function jaegerEndpointProblem(input: ProblemInput): readonly Problem[] {
  const advice = "Remove the variable, so that the SDK sends to the agent";
  const bypassing = outsideProblem(input, ["JAEGER_ENDPOINT"], advice);
  const variable = firstSet(input.env, ["JAEGER_ENDPOINT"]);
  if (bypassing.length > 0 || variable?.value === undefined || input.parts.hasOtherPorts) return bypassing;
  const problem = `can't send spans to the agent: the agent has no port for the protocol of ${title(variable)}`;
  return [{ variable, problem, advice }];
}

/** The ports that Jaeger's SDKs send to by default: those of the compact and the binary protocol. */
const defaultJaegerPorts = [6831, 6832];

function jaegerPortProblem({ env, parts }: ProblemInput): readonly Problem[] {
  const variable = firstSet(env, ["JAEGER_AGENT_PORT"]);
  if (variable === undefined) return defaultPortProblem(env, parts);
  if (variable?.value === undefined || !/^\d+$/.test(variable.value) || parts.hasOtherPorts) return [];
  const port = Number(variable.value);
  if (parts.ports.some((listening) => listening.port === port && listening.protocol === "UDP")) return [];
  const problem = `can't send spans to the agent: ${title(variable)} is ${port}, which the agent doesn't listen on`;
  return [{ variable, problem, advice: "Remove the variable" }];
}

/** An address without a port, while the agent listens on other ports than the SDKs' default ones. */
function defaultPortProblem(env: ContainerEnv, { ports, hasOtherPorts }: AgentParts): readonly Problem[] {
  const variable = firstSet(env, ["JAEGER_AGENT_HOST"]);
  const compact = ports.find(({ use }) => use === "jaegerCompact")?.port;
  const listens = ports.some(({ port, protocol }) => protocol === "UDP" && defaultJaegerPorts.includes(port));
  if (variable === undefined || compact === undefined || hasOtherPorts || listens) return [];
  const problem = `can't send spans to the agent: ${title(variable)} is set without JAEGER_AGENT_PORT, and the agent doesn't listen on the default ports of Jaeger SDKs`;
  return [{ variable, problem, advice: `Set JAEGER_AGENT_PORT to "${compact}"` }];
}

function addressOf(variable: NamedVariable | undefined): Address | undefined {
  return variable?.value === undefined ? undefined : parseAddress(variable.value);
}

/** Reports whether an address can be the agent's. Receivers that the user added can listen on any loopback address. */
function isAgents({ host }: Address, { podSpec, parts }: ProblemInput): boolean {
  return reachesAgent(host, podSpec) || (parts.hasOtherPorts === true && isLoopback(host));
}

function otlpAdvice({ otlp }: AgentParts): string {
  return otlp === undefined
    ? "This agent doesn't accept OTLP. Send spans to 127.0.0.1 with Jaeger's own protocol, or exclude the workload with spec.selector of the configuration"
    : "Remove the variable or change it to the agent's address";
}
