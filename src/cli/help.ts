/** The help texts of the subcommands. */
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

/** The help text of the command line. kpt shows it for `kpt fn doc`. */
export const helpText = `tracing-sidecar gives every selected workload a tracing agent, its client certificate and its metrics scrape, at build
time: in plain manifests, or as a KRM function of kpt and kustomize.

Usage:
  tracing-sidecar -c FILE [options] FILE|FOLDER|-...   prints the manifests with the agent; - is stdin
  tracing-sidecar init [options] [FILE|FOLDER|-...]    makes a configuration from flags and what the manifests show
  tracing-sidecar schema                               prints the configuration's JSON Schema
  tracing-sidecar                                      without arguments: reads a ResourceList, as a KRM function

  tracing-sidecar init --collector jaeger-collector:4317 k8s > tracing.yaml
  tracing-sidecar -c tracing.yaml --diff k8s
  tracing-sidecar -c tracing.yaml --write k8s
  helm template shop | tracing-sidecar -c tracing.yaml - | kubectl apply -f -

Options:
  -c, --config FILE    the configuration
  -w, --write          write the files in place
      --diff           show what would change as a unified diff
      --check          status 1 when something would change
      --remove         take back everything that the configuration added
      --output FORMAT  json: the report, on stdout in place of the manifests; text is the default
  -q, --quiet          on stderr only warnings and errors
      --color, --no-color
  -h, --help, --version

Status: 0; 1 for an error, or a difference with --check; 2 for a wrong command line. With an error nothing is written.

As a KRM function it reads one ResourceList with its functionConfig on stdin and writes one ResourceList, with results,
to stdout. Errors and warnings are also lines on stderr; the status is 1 where there is an error, and nothing is changed
then.

Hosts:
  kpt        pipeline.mutators of the Kptfile: image (or exec, with kpt fn render --allow-exec), and configPath
  kustomize  transformers of the kustomization, in the last overlay; the configuration then has the annotation
             config.kubernetes.io/function with container.image or exec.path
             kubectl kustomize --enable-alpha-plugins DIR                 (container)
             kustomize build --enable-alpha-plugins --enable-exec DIR     (exec)
             Without --enable-exec kustomize skips an exec function silently, with status 0.

Configuration:

  apiVersion: tracing-sidecar.dev/v1alpha1
  kind: TracingSidecar
  metadata:
    name: tracing                    # who owns what is added: never rename it
  spec:
    selector:                        # {} is every Deployment
      matchLabels: {tracing: enabled}
    collector:
      endpoint: dns:///jaeger-collector:443
      tls:
        clientCertificate:
          certManager:
            issuerRef: {name: my-private-ca, kind: ClusterIssuer}
    podMonitor: {}

Fields of spec:
  selector          which workloads: kinds, namespaces, names, excludeNamespaces, excludeNames, matchLabels,
                    matchExpressions, podLabels
  collector         endpoint, and tls: serverName, ca, clientCertificate (certManager, secretName or csi)
  agent             the container: type, image, version, imagePullPolicy, name, tags, args, env, resources,
                    securityContext, native, adopt, volumeName, mountPath
  app               env for the workload's own containers
  pod               labels and annotations for the pod template
  imagePullSecrets  added to those of the pod
  podMonitor        {} makes one; absent: none
  namespace         of workloads that name none because a later step sets it
  strict            true: a warning is an error
  state             absent: take back everything that this configuration added

A second kind, PrivateCA, adds a private CA to the cluster: a self-signed ClusterIssuer, the CA's Certificate and the
ClusterIssuer that signs with it. Its fields of spec: namespace, commonName, duration, renewBefore, privateKey, names,
labels, annotations, state.

A ConfigMap (kpt fn eval ... -- key=value) has the keys name, collector, selector, kinds, namespace, issuer, image,
agent, imagePullSecret, podMonitor and state.

To opt out, a workload or its pod template has the annotation tracing-sidecar.dev/inject: "false".

Every field is described in docs/configuration.md of the project, every result in docs/results.md, the command line in
docs/command-line.md.
`;
