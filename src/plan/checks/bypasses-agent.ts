import { inTemplate } from "../../kube/workload";
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
import { type Address, aliasesOf, isLoopback, parseAddress } from "../endpoint-address";
import { type Check, type CheckContext, warning } from "./check";

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

function finding(context: CheckContext, { name: container }: AppContainer, found: Problem) {
  const { variable, problem, advice } = found;
  const path = inTemplate(context.workload, `spec.containers[${container}].${variable.field}`);
  const message = `Container "${container}" ${problem}. ${advice}.`;
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
  /** True if spans are exported so: by default, by OTLP. What code selects isn't known. */
  const uses = (matches: (name: string) => boolean) =>
    exporter === undefined ? undefined : (exporter.exporters?.some(matches) ?? false);
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
function outsideProblem({ env, podSpec }: ProblemInput, names: readonly string[], advice: string): readonly Problem[] {
  const variable = firstSet(env, names);
  const address = addressOf(variable);
  if (variable === undefined || address === undefined || isInPod(address, podSpec)) return [];
  return [{ variable, problem: outside(variable), advice }];
}

function outside(variable: NamedVariable): string {
  return `bypasses the agent, which listens only on 127.0.0.1: ${title(variable)} points elsewhere`;
}

function otlpProblem(input: ProblemInput): readonly Problem[] {
  const { env, parts, podSpec } = input;
  const variable = endpointOf(env);
  const address = addressOf(variable);
  if (variable === undefined || address === undefined) return [];
  if (!isInPod(address, podSpec)) return [{ variable, problem: outside(variable), advice: otlpAdvice(parts) }];
  const insecure = firstSet(env, ["OTEL_EXPORTER_OTLP_TRACES_INSECURE", "OTEL_EXPORTER_OTLP_INSECURE"]);
  const wrong = unreachable(variable, address, parts, protocolOf(env)?.value) ?? hasNoScheme(variable, insecure?.value);
  if (wrong === undefined) return requiresTls(insecure);
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
    return { problem: `has port ${port}, where the agent doesn't listen`, advice: otlpAdvice(parts) };
  }
  const { otlp } = parts;
  if (otlp === undefined) return undefined;
  const endpoint = { name, scheme: scheme?.toLowerCase(), port, path, protocol, otlp };
  return usesTls(endpoint) ?? hasPortOfOtherProtocol(endpoint) ?? hasWrongPath(endpoint);
}

function usesTls({ scheme }: PodEndpoint): Mistake | undefined {
  if (scheme !== "https") return undefined;
  return { problem: "uses https, but the agent accepts the spans of its pod without TLS", advice: "Use http" };
}

/** What SDKs make of an address without a scheme differs: TLS, an error, or no export at all. */
function hasNoScheme({ value = "" }: NamedVariable, insecure: string | undefined): Mistake | undefined {
  if (/^https?:\/\//i.test(value.trim()) || insecure?.toLowerCase() === "true") return undefined;
  return { problem: "must start with http://", advice: "Add the scheme" };
}

/** It wins over the endpoint's scheme in the SDKs for Go and Python. */
function requiresTls(insecure: NamedVariable | undefined): readonly Problem[] {
  if (insecure?.value?.toLowerCase() !== "false") return [];
  const problem = `can't send spans to the agent with every SDK: ${title(insecure)} is false, for which some use TLS, but the agent accepts the spans of its pod without it`;
  return [{ variable: insecure, problem, advice: "Remove the variable" }];
}

function hasPortOfOtherProtocol({ port, protocol, otlp }: PodEndpoint): Mistake | undefined {
  if (protocol === undefined) return undefined;
  const { grpcPort, httpPort } = otlp;
  const isGrpc = protocol === "grpc";
  const right = isGrpc ? grpcPort : httpPort;
  if (right === undefined || port !== (isGrpc ? httpPort : grpcPort)) return undefined;
  const [accepted, used] = isGrpc ? ["HTTP", "gRPC"] : ["gRPC", "HTTP"];
  return { problem: `has port ${port} for ${accepted}, but the protocol is ${used}`, advice: `Use port ${right}` };
}

function hasWrongPath({ name, scheme, port, path, otlp }: PodEndpoint): Mistake | undefined {
  const { httpPort, tracesPath } = otlp;
  if (scheme === undefined || port !== httpPort) return undefined;
  if (name === "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
    if (path === tracesPath) return undefined;
    return {
      problem: `must have the path ${tracesPath}, because SDKs append none to this variable`,
      advice: "Add the path",
    };
  }
  if (`${path.replace(/\/$/, "")}/v1/traces` === tracesPath) return undefined;
  return { problem: "must not have a path, because SDKs append /v1/traces", advice: "Remove the path" };
}

function jaegerSdk(input: ProblemInput): readonly Problem[] {
  const host = outsideProblem(input, ["JAEGER_AGENT_HOST"], remove);
  return [
    ...host,
    ...(host.length === 0 ? jaegerPortProblem(input) : []),
    // It takes precedence over the agent's address (jaeger-client-go `config/config_env.go`).
    ...outsideProblem(input, ["JAEGER_ENDPOINT"], "Remove the variable, so that the SDK sends to the agent"),
  ];
}

function jaegerPortProblem({ env, parts }: ProblemInput): readonly Problem[] {
  const variable = firstSet(env, ["JAEGER_AGENT_PORT"]);
  if (variable?.value === undefined || !/^\d+$/.test(variable.value) || parts.hasOtherPorts) return [];
  const port = Number(variable.value);
  if (parts.ports.some((listening) => listening.port === port && listening.protocol === "UDP")) return [];
  const problem = `can't send spans to the agent: ${title(variable)} is ${port}, where the agent doesn't listen`;
  return [{ variable, problem, advice: "Remove the variable" }];
}

function addressOf(variable: NamedVariable | undefined): Address | undefined {
  return variable?.value === undefined ? undefined : parseAddress(variable.value.trim());
}

/** Reports whether an address is the pod itself. */
function isInPod({ host }: Address, podSpec: Value): boolean {
  return isLoopback(host) || aliasesOf(podSpec).some(({ name, ip }) => name === host && isLoopback(ip));
}

function otlpAdvice({ otlp }: AgentParts): string {
  return otlp === undefined
    ? "This agent doesn't accept OTLP. Send spans to 127.0.0.1 with Jaeger's own protocol, or exclude the workload with spec.selector of the configuration"
    : "Remove the variable or change it to the agent's address";
}
