import { get, getList, getString, isMapping, type Mapping, type Value } from "../../../yaml/value";
import type { OtlpReceiver } from "../agent-type";
import { otlpSignals } from "./signals";

/** The ports in a Collector's configuration. `spec.agent.config` can change them. */
export interface CollectorPorts {
  /** The port that Prometheus scrapes; undefined if the configuration serves no metrics. */
  readonly metrics?: number;
  /** The target of the kubelet's probe; undefined if there is no health check. */
  readonly health?: { readonly port: number; readonly path: string };
  /** Undefined if no port receives OTLP. */
  readonly otlp?: OtlpReceiver;
  /** True if there are receivers whose ports aren't in `intake`. */
  readonly hasOtherPorts?: true;
  /** The ports that receive spans. */
  readonly intake: readonly { readonly port: number; readonly protocol: "TCP" | "UDP" }[];
}

const otlpGrpc = ["otlp", "protocols", "grpc"];
const otlpHttp = ["otlp", "protocols", "http"];
const intake = [
  { path: otlpGrpc, protocol: "TCP" },
  { path: otlpHttp, protocol: "TCP" },
  { path: ["jaeger", "protocols", "thrift_compact"], protocol: "UDP" },
  { path: ["jaeger", "protocols", "thrift_binary"], protocol: "UDP" },
] as const;

/** Reads the ports of a Collector's configuration. Leaves out a port that isn't a number, such as `${env:PORT}`. */
export function portsOf(config: Mapping): CollectorPorts {
  const metrics = metricsPort(get(config, "service", "telemetry", "metrics"));
  const health = healthCheck(config);
  const receiver = (path: readonly string[]) => portOf(getString(config, "receivers", ...path, "endpoint"));
  const otlp = otlpReceiver(config, receiver(otlpGrpc), receiver(otlpHttp));
  return {
    ...(metrics === undefined ? {} : { metrics }),
    ...(health === undefined ? {} : { health }),
    ...(otlp === undefined ? {} : { otlp }),
    ...(hasOtherReceivers(get(config, "receivers")) ? { hasOtherPorts: true } : {}),
    intake: intake.flatMap(({ path, protocol }) => {
      const port = receiver(path);
      return port === undefined ? [] : [{ port, protocol }];
    }),
  };
}

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

/** Reports whether there are receivers or protocols other than those of `intake`, or addresses without a number. */
function hasOtherReceivers(receivers: Value | undefined): boolean {
  return Object.entries(isMapping(receivers) ? receivers : {}).some(([receiver, settings]) => {
    const protocols = get(settings, "protocols");
    return Object.entries(isMapping(protocols) ? protocols : { "": settings }).some(([protocol, listener]) => {
      const isKnown = intake.some(({ path }) => path[0] === receiver && path[2] === protocol);
      return !isKnown || portOf(getString(listener, "endpoint")) === undefined;
    });
  });
}

function metricsPort(metrics: Value | undefined): number | undefined {
  for (const reader of getList(metrics, "readers")) {
    const port = get(reader, "pull", "exporter", "prometheus", "port");
    if (typeof port === "number") return port;
  }
  return portOf(getString(metrics, "address"));
}

function healthCheck(config: Mapping): CollectorPorts["health"] {
  const extension = get(config, "extensions", "health_check");
  const port = portOf(getString(extension, "endpoint"));
  if (port === undefined || !getList(config, "service", "extensions").includes("health_check")) return undefined;
  return { port, path: getString(extension, "path") ?? "/" };
}

function portOf(endpoint: string | undefined): number | undefined {
  const digits = /:(\d+)$/.exec(endpoint ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}
