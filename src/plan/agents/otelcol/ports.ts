import type { AgentConfiguration } from "../../../config/configuration";
import { get, getList, getString, isMapping, type Mapping, type Value } from "../../../yaml/value";
import type { AgentPort, OtlpReceiver } from "../agent-type";
import { portField } from "../port-problems";
import type { HealthCheck } from "../probes";
import { otlpSignals } from "./signals";

/** The ports of the Collector's receivers and servers if the configuration sets no others. */
const defaults = {
  metrics: 8888,
  health: 13133,
  otlpGrpc: 4317,
  otlpHttp: 4318,
  jaegerCompact: 6831,
  jaegerBinary: 6832,
} as const satisfies Partial<Record<AgentPort["use"], number>>;

/** Returns the ports that `spec.agent.ports` sets, or else the defaults. `spec.agent.config` isn't considered. */
export function defaultPortsOf({ ports }: AgentConfiguration): Record<keyof typeof defaults, number> {
  return { ...defaults, ...ports };
}

/** The names of the ports that the container declares. */
export function portNamesOf({ portNames }: AgentConfiguration): { readonly metrics: string; readonly health: string } {
  return { metrics: "otel-metrics", health: "otel-health", ...portNames };
}

/** What listens in a Collector's configuration. `spec.agent.config` can change it. */
export interface CollectorPorts {
  /** Every port. One of them is `metrics` unless the configuration serves no metrics. */
  readonly ports: readonly AgentPort[];
  /** The target of the kubelet's probes; omitted if there is no health check. */
  readonly health?: HealthCheck;
  /** The ports that receive OTLP without TLS. Undefined if there is none. */
  readonly otlp?: OtlpReceiver;
  /** True if there are receivers whose ports aren't in `ports`, or that require TLS. */
  readonly hasOtherPorts?: true;
}

const otlpGrpc = ["otlp", "protocols", "grpc"];
const otlpHttp = ["otlp", "protocols", "http"];
const intake = [
  { use: "otlpGrpc", path: otlpGrpc, protocol: "TCP" },
  { use: "otlpHttp", path: otlpHttp, protocol: "TCP" },
  { use: "jaegerCompact", path: ["jaeger", "protocols", "thrift_compact"], protocol: "UDP" },
  { use: "jaegerBinary", path: ["jaeger", "protocols", "thrift_binary"], protocol: "UDP" },
] as const;

/** Reads the ports of a Collector's configuration. Leaves out a port that isn't a number, such as `${env:PORT}`. */
export function portsOf(config: Mapping, agent: AgentConfiguration): CollectorPorts {
  const metrics = metricsListener(get(config, "service", "telemetry", "metrics"));
  const health = healthCheck(config);
  const names = portNamesOf(agent);
  const listed = defaultPortsOf(agent);
  const entry = (use: keyof typeof defaults, at: Listener | undefined, rest: Pick<AgentPort, "protocol" | "name">) =>
    at === undefined ? [] : [{ use, ...at, ...rest, field: at.port === listed[use] ? portField(use) : configField }];
  const receiver = (path: readonly string[]) => listenerOf(getString(config, "receivers", ...path, "endpoint"));
  const plain = (path: readonly string[]) =>
    usesTls(get(config, "receivers", ...path)) ? undefined : receiver(path)?.port;
  const otlp = otlpReceiver(config, plain(otlpGrpc), plain(otlpHttp));
  return {
    ports: [
      ...entry("metrics", metrics, { name: names.metrics, protocol: "TCP" }),
      ...entry("health", health?.listener, { name: names.health, protocol: "TCP" }),
      ...intake.flatMap(({ use, path, protocol }) => entry(use, receiver(path), { protocol })),
    ],
    ...(health === undefined ? {} : { health: { path: health.path, port: names.health } }),
    ...(otlp === undefined ? {} : { otlp }),
    ...(hasOtherReceivers(get(config, "receivers")) ? { hasOtherPorts: true } : {}),
  };
}

/** The field that decides a port unless `spec.agent.ports` does. */
const configField = "spec.agent.config";

function otlpReceiver(
  config: Mapping,
  grpcPort: number | undefined,
  httpPort: number | undefined,
): OtlpReceiver | undefined {
  if (grpcPort === undefined && httpPort === undefined) return undefined;
  return {
    ...(grpcPort === undefined ? {} : { grpcPort }),
    ...(httpPort === undefined ? {} : { httpPort }),
    // The default of the receiver (`receiver/otlpreceiver/config.go`).
    tracesPath: getString(config, "receivers", ...otlpHttp, "traces_url_path") ?? "/v1/traces",
    signals: otlpSignals(config),
  };
}

/** Reports whether a listener requires TLS (`config/confighttp`, `config/configgrpc`). */
function usesTls(listener: Value | undefined): boolean {
  return isMapping(get(listener, "tls"));
}

/**
 * Reports whether there are receivers or protocols other than those of `intake`, addresses without a number, or listeners
 * that require TLS.
 */
function hasOtherReceivers(receivers: Value | undefined): boolean {
  return Object.entries(isMapping(receivers) ? receivers : {}).some(([receiver, settings]) => {
    const protocols = get(settings, "protocols");
    return Object.entries(isMapping(protocols) ? protocols : { "": settings }).some(([protocol, listener]) => {
      const isKnown = intake.some(({ path }) => path[0] === receiver && path[2] === protocol);
      return !isKnown || usesTls(listener) || listenerOf(getString(listener, "endpoint")) === undefined;
    });
  });
}

/** Where something listens. */
type Listener = Pick<AgentPort, "port" | "host">;

function metricsListener(metrics: Value | undefined): Listener | undefined {
  for (const reader of getList(metrics, "readers")) {
    const prometheus = get(reader, "pull", "exporter", "prometheus");
    const port = get(prometheus, "port");
    if (typeof port === "number") return { port, ...hostOf(getString(prometheus, "host")) };
  }
  return listenerOf(getString(metrics, "address"));
}

function healthCheck(config: Mapping): { readonly path: string; readonly listener: Listener } | undefined {
  const extension = get(config, "extensions", "health_check");
  const listener = listenerOf(getString(extension, "endpoint"));
  if (listener === undefined || !getList(config, "service", "extensions").includes("health_check")) return undefined;
  return { listener, path: getString(extension, "path") ?? "/" };
}

function listenerOf(endpoint: string | undefined): Listener | undefined {
  const [, host, digits] = /^(.*):(\d+)$/s.exec(endpoint ?? "") ?? [];
  return digits === undefined ? undefined : { port: Number(digits), ...hostOf(host) };
}

/** Reads the host of an address. It isn't known if it contains a variable. */
function hostOf(host: string | undefined): Pick<AgentPort, "host"> {
  if (host === undefined || host.includes("$")) return {};
  const address = host.replace(/^\[(.*)\]$/, "$1");
  return { host: address === "0.0.0.0" || address === "::" ? "" : address };
}
