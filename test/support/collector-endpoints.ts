/*
 * Endpoints, by what the OpenTelemetry Collector does with them (0.165.0; `test/collector/endpoints.test.ts` tries them).
 */

/** The Collector starts, and gRPC can connect. */
export const accepted: readonly string[] = [
  "collector:4317",
  "Collector.Example.COM:443",
  "otel-collector.observability:4317",
  "otel-collector.observability.svc.cluster.local.:4317",
  "10.0.0.1:4317",
  "[::1]:4317",
  "[fe80::1]:4317",
  ":4319",
  "host_with_underscores:4317",
  "collector:1",
  "collector:65535",
  "dns:///collector:4317",
  "DNS:///collector:4317",
  "dns://8.8.8.8/collector:4317",
  "dns://8.8.8.8:53/collector:4317",
  "dns:///[::1]:4317",
  "passthrough:///collector:4317",
  "http://collector:4317",
  "https://collector:443",
  "https://[::1]:443",
  "unix:///run/collector.sock",
];

/** The Collector doesn't start. */
export const refusedAtStart: readonly string[] = [
  "collector",
  "collector.example.com",
  "collector:",
  "collector:https",
  "collector:4317/",
  "collector:4317/v1/traces",
  "10.0.0.1",
  "::1",
  "::1:4317",
  "[::1]",
  "a:4317,b:4317",
  "dns:///collector",
  "dns:///collector:otlp",
  "dns:///collector:4317/v1/traces",
  "dns:///a:4317,b:4317",
  "dns:collector:4317",
  "dns:/collector:4317",
  "passthrough:///collector",
  "http://collector",
  "https://collector",
  "https://collector/v1/traces",
  "https://collector:443/",
  "https://collector:443/v1/traces",
  "https://user:password@collector:443",
  "unix:/run/collector.sock",
];

/** The Collector starts, but gRPC can never connect. */
export const neverConnects: readonly string[] = [
  "grpc://collector:4317",
  "grpcs://collector:4317",
  "tcp://collector:4317",
  "HTTPS://collector:4317",
  "dns://collector:4317",
  "dns:////collector:4317",
  "ipv4:///127.0.0.1:4317",
  "collector/path:4317",
  "user@collector:4317",
  "collector:0",
  "collector:65536",
];
