import { get, getList, getString, type Mapping, type Value } from "../../../yaml/value";

/** The ports of a Collector by its configuration: the user's part may have moved them. */
export interface CollectorPorts {
  /** Where Prometheus scrapes; undefined where the configuration serves nothing to scrape. */
  readonly metrics?: number;
  /** The kubelet's probe; undefined where there is no health check. */
  readonly health?: { readonly port: number; readonly path: string };
  readonly otlpHttp?: number;
  /** Where spans come in. */
  readonly intake: readonly { readonly port: number; readonly protocol: "TCP" | "UDP" }[];
}

const otlpHttp = ["otlp", "protocols", "http"];
const intake = [
  { path: ["otlp", "protocols", "grpc"], protocol: "TCP" },
  { path: otlpHttp, protocol: "TCP" },
  { path: ["jaeger", "protocols", "thrift_compact"], protocol: "UDP" },
  { path: ["jaeger", "protocols", "thrift_binary"], protocol: "UDP" },
] as const;

/** Reads the ports of a configuration; one that is no number there, such as `${env:PORT}`, is not known. */
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
