import { get, getList, getString, type Mapping, type Value } from "../../../yaml/value";

/** The ports in a Collector's configuration. `spec.agent.config` can change them. */
export interface CollectorPorts {
  /** The port that Prometheus scrapes; undefined if the configuration serves no metrics. */
  readonly metrics?: number;
  /** The target of the kubelet's probe; undefined if there is no health check. */
  readonly health?: { readonly port: number; readonly path: string };
  /** The port that receives OTLP over HTTP; undefined if there is none. */
  readonly otlpHttp?: number;
  /** The ports that receive spans. */
  readonly intake: readonly { readonly port: number; readonly protocol: "TCP" | "UDP" }[];
}

const otlpHttp = ["otlp", "protocols", "http"];
const intake = [
  { path: ["otlp", "protocols", "grpc"], protocol: "TCP" },
  { path: otlpHttp, protocol: "TCP" },
  { path: ["jaeger", "protocols", "thrift_compact"], protocol: "UDP" },
  { path: ["jaeger", "protocols", "thrift_binary"], protocol: "UDP" },
] as const;

/** Reads the ports of a Collector's configuration. Leaves out a port that isn't a number, such as `${env:PORT}`. */
export function portsOf(config: Mapping): CollectorPorts {
  const metrics = metricsPort(get(config, "service", "telemetry", "metrics"));
  const health = healthCheck(config);
  const receiver = (path: readonly string[]) => portOf(getString(config, "receivers", ...path, "endpoint"));
  const http = receiver(otlpHttp);
  return {
    ...(metrics === undefined ? {} : { metrics }),
    ...(health === undefined ? {} : { health }),
    ...(http === undefined ? {} : { otlpHttp: http }),
    intake: intake.flatMap(({ path, protocol }) => {
      const port = receiver(path);
      return port === undefined ? [] : [{ port, protocol }];
    }),
  };
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
