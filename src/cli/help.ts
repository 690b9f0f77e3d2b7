/** What the subcommands print for `--help`. */
export const commandHelp = {
  init: `Usage: tracing-sidecar init [options] [FILE|FOLDER|-...]

Makes a commented configuration from the options and from what the manifests show: kinds, namespaces, a label that all
workloads share, issuers, collectors, the Prometheus operator, and agents that were put in by hand.

  tracing-sidecar init k8s > tracing.yaml
  tracing-sidecar init --collector jaeger-collector:4317 --issuer my-private-ca --output tracing.yaml k8s

Options:
      --name NAME            the configuration's name; tracing is the default
      --collector HOST:PORT  where the agent sends spans, by gRPC
      --agent TYPE           otelcol (the OpenTelemetry Collector) or jaeger
      --issuer ISSUER        of client certificates: a ClusterIssuer's name, or Issuer/NAME
      --selector LABELS      of the workloads, as kubectl takes them: tier=front,tracing
      --namespace NAMESPACE  of workloads that name none
      --pod-monitor          a PodMonitor for each workload
      --schema PATH          the schema's file, as the first line names it; tracing.schema.json is the default
  -o, --output FILE          write to a file that is not there yet; stdout is the default
      --force                replace the file
  -h, --help
`,
  schema: `Usage: tracing-sidecar schema [TracingSidecar|PrivateCA]

Prints the JSON Schema of a configuration, by which editors complete and check it:

  tracing-sidecar schema > tracing.schema.json

The first line of the configuration then names that file:

  # yaml-language-server: $schema=tracing.schema.json
`,
} as const;
