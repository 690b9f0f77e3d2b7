import { agentTypeNames, agentTypes } from "../plan/agents/index";

const agentTypeLines = agentTypeNames
  .map((name) => `${" ".repeat(31)}${name.padEnd(7)}  ${agentTypes[name].title}`)
  .join("\n");

/** The help texts of the subcommands. */
export const commandHelp = {
  init: `Create a configuration, with comments.

Values come from the options. For everything else, init uses what it finds in the manifests: kinds, namespaces, a label
that all workloads share, issuers, the collector's address (in existing agents, environment variables, or Services),
SDKs, the Prometheus Operator, and manually added agents. Fields that it can't determine are commented out. In a
kustomization or a kpt package, init adds the annotations that the configuration needs.

Usage:
  tracing-sidecar init [options] [FILE|FOLDER|-...]

Examples:
  # Create a configuration for the manifests in the folder k8s
  tracing-sidecar init k8s > tracing.yaml

  # Set the collector's address and the issuer of client certificates
  tracing-sidecar init --collector otel-collector:4317 --issuer my-private-ca --output tracing.yaml k8s

Options:
      --name NAME            Name of the configuration (default: tracing)
      --collector HOST:PORT  gRPC address of the collector
      --agent TYPE           Agent type:
${agentTypeLines}
      --issuer ISSUER        Issuer of client certificates: the name of a ClusterIssuer, or Issuer/NAME
      --selector LABELS      Label selector for the workloads, as in kubectl (for example, tier=front,tracing)
      --namespace NAMESPACE  Namespace for workloads without a namespace
      --pod-monitor          Create a PodMonitor for each workload
      --schema PATH          Path of the JSON Schema that the first line of the configuration refers to (default:
                             tracing.schema.json or the schema in node_modules, if the file exists)
  -o, --output FILE          Write to a new file instead of stdout
      --force                Replace the file if it already exists
  -h, --help                 Print this help
`,
  explain: `Describe a field of a configuration: its type, default, and fields.

Usage:
  tracing-sidecar explain [FIELD]

FIELD is a path such as spec.agent.image. To describe a field of a PrivateCA, start the path with the kind.

Examples:
  # Describe the fields of the agent
  tracing-sidecar explain spec.agent

  # Describe a field of a PrivateCA
  tracing-sidecar explain PrivateCA.spec.names

Options:
  -h, --help  Print this help
`,
  completion: `Print a completion script for a shell.

Usage:
  tracing-sidecar completion bash|zsh|fish

Examples:
  # Complete commands, options, and files in the current Bash session
  source <(tracing-sidecar completion bash)

Options:
  -h, --help  Print this help
`,
  schema: `Print the JSON Schema of a configuration. Editors use it to complete and validate the configuration.

Usage:
  tracing-sidecar schema [TracingSidecar|PrivateCA]

The default is TracingSidecar.

Examples:
  # Save the schema
  tracing-sidecar schema > tracing.schema.json

To use the schema in an editor, start the configuration with this line:

  # yaml-language-server: $schema=tracing.schema.json

Options:
  -h, --help  Print this help
`,
} as const;

/** The help text of the command line. kpt shows it for `kpt fn doc`. */
export const helpText = `tracing-sidecar adds a tracing agent to the Kubernetes workloads that you select, with a client certificate and a
PodMonitor. It changes plain manifests, or runs as a KRM function in kpt and kustomize.

Usage:
  tracing-sidecar [-c FILE] [options] FILE|FOLDER|-...
  tracing-sidecar init [options] [FILE|FOLDER|-...]
  tracing-sidecar explain [FIELD]
  tracing-sidecar schema [TracingSidecar|PrivateCA]
  tracing-sidecar completion bash|zsh|fish
  tracing-sidecar < RESOURCE_LIST

Prints all manifests with the changes applied. A dash (-) reads manifests from stdin. Without arguments, runs as a KRM
function. To pass a file that has the name of a command, write a path, such as ./init.

Commands:
  init        Create a configuration from options and manifests
  explain     Describe a field of a configuration
  schema      Print the JSON Schema of a configuration
  completion  Print a completion script for a shell
  help        Print the help for a command
  version     Print the version

Examples:
  # Create a configuration for the manifests in the folder k8s
  tracing-sidecar init --collector otel-collector:4317 k8s > tracing.yaml

  # Preview the changes
  tracing-sidecar -c tracing.yaml --diff k8s

  # Change the files in place
  tracing-sidecar -c tracing.yaml --write k8s

  # Add the agent to the workloads of a Helm chart
  helm template shop | tracing-sidecar -c tracing.yaml - | kubectl apply -f -

Options:
  -c, --config FILE    Configuration file (default: tracing.yaml in the working directory, unless it contains only other
                       manifests)
  -w, --write          Change the files in place instead of printing the manifests
      --diff           Print the changes as a unified diff instead of the manifests
      --check          Print no manifests, and exit with status 1 if anything would change
      --remove         Remove everything that the configuration added
      --strict         Treat warnings as errors, as spec.strict does
      --keep-going     Change everything that has no error, even if there are errors. The exit status is 1.
      --no-prune       Don't delete objects that an earlier run added. Use this if you pass only part of the manifests.
  -n, --namespace NAMESPACE
                       Namespace for workloads without a namespace, instead of spec.namespace
      --output FORMAT  Output format: text, or a report instead of the manifests: json, github (annotations in GitHub
                       Actions), gitlab (Code Quality), or sarif (default: text)
  -q, --quiet          Print only warnings and errors to stderr
      --color          Use colors even if the output isn't a terminal
      --no-color       Don't use colors
  -h, --help           Print this help
      --version        Print the version

Exit status:
  0              Success
  1              An error occurred, or --check found a change. If a manifest or the configuration has an error, no file
                 is changed. With --keep-going, manifests without an error are changed.
  2              The command line is invalid, or a path doesn't exist
  129, 130, 143  Interrupted by SIGHUP, SIGINT, or SIGTERM while writing files
  141            The reader of stdout closed the pipe, as head does

KRM function:

Reads a ResourceList with its functionConfig from stdin, and writes a ResourceList with results to stdout. Errors and
warnings are also printed to stderr. If there is an error, nothing is changed and the exit status is 1.

  kpt        Add the function to pipeline.mutators in the Kptfile, with configPath, and image or exec. An exec function
             requires kpt fn render --allow-exec.
  kustomize  Add the configuration to transformers in the kustomization of the outermost overlay. The configuration
             needs the annotation config.kubernetes.io/function with container.image or exec.path.
               kubectl kustomize --enable-alpha-plugins DIR               # container
               kustomize build --enable-alpha-plugins --enable-exec DIR   # exec
             Without --enable-exec, kustomize silently skips exec functions and exits with status 0.

Configuration:

  apiVersion: tracing-sidecar.dev/v1alpha1
  kind: TracingSidecar
  metadata:
    name: tracing                    # identifies what was added, so don't rename it
  spec:
    selector:                        # {} selects every Deployment
      matchLabels: {tracing: enabled}
    collector:
      endpoint: dns:///otel-collector.tracing:4317
      tls:
        clientCertificate:
          certManager:
            issuerRef: {name: my-private-ca, kind: ClusterIssuer}
    app:
      presets: [opentelemetry]       # points the SDKs of the workload's containers at the agent
    podMonitor: {}

Fields of spec:
  selector          Workloads that get the agent: kinds, namespaces, names, excludeNamespaces, excludeNames,
                    matchLabels, matchExpressions, podLabels
  collector         Collector that the agent sends spans to: endpoint, and tls (serverName, ca, and clientCertificate
                    from certManager, secretName, or csi)
  agent             Agent container: type, image, version, imagePullPolicy, name, tags, args, env, signals, protocol,
                    headersFrom, config, resources, ports, portNames, livenessProbe, startupProbe, securityContext,
                    native, position, adopt, volumeName, mountPath
  app               Environment variables for the workload's own containers: env, presets, identity, otherSignals,
                    containers
  pod               Labels and annotations for the pod template
  imagePullSecrets  Image pull secrets for the pod, in addition to its own
  podMonitor        PodMonitor for each workload or, with scope: namespace, for each namespace. {} uses the defaults. If
                    omitted, none is created.
  namespace         Namespace of workloads that don't specify one, for example because a later step sets it
  strict            If true, warnings are errors
  state             present (default), or absent to remove everything that this configuration added

The kind PrivateCA adds a private CA to the cluster: a self-signed ClusterIssuer, the CA's Certificate, and the
ClusterIssuer that signs with it. The fields of its spec are namespace, commonName, duration, renewBefore, privateKey,
names, labels, annotations, and state.

A ConfigMap can be used instead of a TracingSidecar, for example with kpt fn eval ... -- key=value. Its keys are name,
collector, selector, kinds, namespace, issuer, image, agent, imagePullSecret, podMonitor, and state.

To opt out, set the annotation tracing-sidecar.dev/inject: "false" on a workload, its pod template, or its Namespace.

Use "tracing-sidecar COMMAND --help" for more information about a command. In the documentation, docs/reference/
describes every field (tracing-sidecar.md), every result (results.md), and the command line (command-line.md).
`;
