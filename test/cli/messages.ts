import { deployment } from "./support";

/** Files by path. */
export type Files = Readonly<Record<string, string>>;

/** A mistake, or something else that a user is told. */
export interface MessageCase {
  readonly title: string;
  /** Files that differ from those of the base; undefined for one that doesn't exist. */
  readonly files?: Readonly<Record<string, string | undefined>>;
  /** Default: `--check web.yaml`. */
  readonly args?: readonly string[];
  readonly stdin?: string;
}

const tracing = `apiVersion: tracing-sidecar.dev/v1alpha1
kind: TracingSidecar
metadata:
  name: tracing
spec:
  selector:
    namespaces: [shop]
  namespace: shop
  collector:
    endpoint: collector:4317
  agent:
    type: otelcol
`;

const web = deployment("web");

/** The files of every case. */
export const base: Files = { "tracing.yaml": tracing, "web.yaml": web };

/** Returns a text with a part replaced, which must occur in it. */
function edited(text: string, part: string, replacement: string): string {
  if (!text.includes(part)) throw new Error(`the text doesn't contain ${JSON.stringify(part)}`);
  return text.replace(part, () => replacement);
}

/** The configuration with a part replaced. */
const config = (part: string, replacement: string) => ({ "tracing.yaml": edited(tracing, part, replacement) });

/** The configuration with more lines at its end, which is in `spec.agent`. */
const agent = (lines: string) => ({ "tracing.yaml": `${tracing}${lines}` });

/** The Deployment with a part replaced. */
const workload = (part: string, replacement: string) => ({ "web.yaml": edited(web, part, replacement) });

/** The Deployment with more lines at its end, which is in its container. */
const container = (lines: string) => ({ "web.yaml": `${web}${lines}` });

/** The Deployment with another document before or after it. */
const with_ = (text: string) => ({ "web.yaml": `${web}---\n${text}` });

const certificate = (lines: string) =>
  config(
    "    endpoint: collector:4317\n",
    `    endpoint: collector:4317\n    tls:\n      clientCertificate:\n        certManager:\n${lines.replace(/^/gm, "          ")}\n`,
  );

const otlp = (name: string, value: string) =>
  container(`        env:\n        - name: ${name}\n          value: ${value}\n`);

const annotated = (lines: string) => workload("  name: web\nspec", `  name: web\n  annotations:\n${lines}spec`);

const inNamespace = workload("  name: web\nspec", "  name: web\n  namespace: shop\nspec");

export const cases: readonly MessageCase[] = [
  // The configuration
  { title: "a field of the configuration is misspelled", files: config("collector:\n", "colector:\n") },
  { title: "a nested field is misspelled", files: agent("    resources:\n      limit: {cpu: 1}\n") },
  {
    title: "a field is in the wrong place",
    files: config("  collector:\n    endpoint: collector:4317\n", "  endpoint: collector:4317\n"),
  },
  { title: "a kind is misspelled", files: config("namespaces: [shop]", "kinds: [Deploymnt]") },
  {
    title: "an operator is misspelled",
    files: config("namespaces: [shop]", "matchExpressions: [{key: app, operator: exists}]"),
  },
  { title: "the agent type is misspelled", files: config("otelcol", "otelcollector") },
  { title: "a preset is misspelled", files: { "tracing.yaml": `${tracing}  app:\n    presets: [opentelemetri]\n` } },
  { title: "a required field is missing", files: config("  collector:\n    endpoint: collector:4317\n", "") },
  { title: "a field has no value", files: config("endpoint: collector:4317", "endpoint:") },
  { title: "a value has the wrong type", files: agent('    native: "yes"\n    args: --log\n    tags: {region: 1}\n') },
  {
    title: "a number isn't quoted",
    files: { "tracing.yaml": `${tracing}  app:\n    env:\n    - name: LEVEL\n      value: 1\n` },
  },
  {
    title: "a key of a mapping in braces, through a merge key",
    files: config("    type: otelcol\n", "    <<: &a {type: otelcol, natve: true}\n"),
  },
  { title: "a secret without a colon isn't quoted", files: agent("    tags:\n      hunter2 secret:\n") },
  {
    title: "the kind of the configuration is misspelled",
    files: config("kind: TracingSidecar", "kind: TracingSideCar"),
    args: ["-c", "tracing.yaml", "--check", "web.yaml"],
  },
  {
    title: "the apiVersion is of another version",
    files: config("v1alpha1", "v1"),
    args: ["-c", "tracing.yaml", "--check", "web.yaml"],
  },
  {
    title: "the configuration isn't valid YAML",
    files: config("  namespace: shop", "  namespace shop"),
    args: ["-c", "tracing.yaml", "--check", "web.yaml"],
  },
  {
    title: "a key of the configuration is duplicated",
    files: agent("    type: jaeger\n"),
    args: ["-c", "tracing.yaml", "--check", "web.yaml"],
  },
  {
    title: "two documents in the configuration's file",
    files: { "tracing.yaml": `${tracing}---\n${tracing}` },
    args: ["-c", "tracing.yaml", "--check", "web.yaml"],
  },
  {
    title: "the configuration's file contains something else",
    files: { "tracing.yaml": web },
    args: ["-c", "tracing.yaml", "--check", "web.yaml"],
  },
  { title: "the endpoint has no port", files: config("collector:4317", "collector") },
  { title: "the endpoint is a URL with a path", files: config("collector:4317", "https://collector:4318/v1/traces") },
  { title: "the endpoint's port is for another protocol", files: config("collector:4317", "collector:4318") },
  { title: "a duration in days", files: certificate("issuerRef: {name: ca}\nduration: 400d") },
  { title: "an issuer is missing", files: certificate("duration: 9600h") },
  {
    title: "a URL of OTLP over HTTP needs the protocol",
    files: {
      "tracing.yaml": edited(tracing, "collector:4317", "https://otlp.example.com/v1/traces"),
    },
  },
  {
    title: "the protocol needs a URL",
    files: agent("    protocol: http\n"),
  },
  {
    title: "a header without a Secret",
    files: agent("    headersFrom:\n    - name: x-api-key\n      value: hunter2\n"),
  },
  { title: "a misspelled variable", files: agent('    tags:\n      workload: "{nmae}"\n') },
  { title: "an unknown variable in a name", files: certificate('issuerRef: {name: ca}\nname: "{app}-tls"') },
  {
    title: "a template without a namespace",
    files: {
      "tracing.yaml": edited(
        edited(tracing, "  namespace: shop\n", ""),
        "namespaces: [shop]",
        "kinds: [Deployment]",
      ).replace("    endpoint: collector:4317\n", '    endpoint: "collector.{namespace}:4317"\n'),
    },
  },
  { title: "a name that is too long", files: certificate(`issuerRef: {name: ca}\nname: "{name}-${"x".repeat(250)}"`) },
  { title: "the version of the image isn't known", files: agent("    image: registry.example.com/otelcol:latest\n") },
  { title: "a field of another agent type", files: config("type: otelcol", "type: jaeger\n    signals: [traces]") },
  { title: "two ports of the agent are the same", files: agent("    ports: {health: 4317}\n") },
  // Manifests
  {
    title: "a container with the agent's name exists",
    files: container("      - name: otel-collector\n        image: other:1\n"),
  },
  {
    title: "a port of the agent is in use",
    files: container("        ports:\n        - containerPort: 8080\n        - containerPort: 13133\n"),
  },
  { title: "a variable bypasses the agent", files: otlp("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317") },
  { title: "a variable has the wrong port", files: otlp("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4319") },
  { title: "the record was edited", files: annotated(`    tracing-sidecar.dev/injected: '{"owner":"tracing"}'\n`) },
  {
    title: "another configuration has injected the workload",
    files: annotated(`    tracing-sidecar.dev/injected: '{"owner":"other","added":{},"sum":"1"}'\n`),
  },
  { title: "an opt-out that isn't clear", files: annotated("    tracing-sidecar.dev/inject: disabled\n") },
  { title: "an opt-out", files: annotated(`    tracing-sidecar.dev/inject: "false"\n`) },
  { title: "nothing is selected", files: config("[shop]", "[shpo]") },
  { title: "the API version is no longer served", files: workload("apps/v1", "extensions/v1beta1") },
  {
    title: "an incomplete workload, such as a patch",
    files: { "web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 2\n" },
  },
  {
    title: "a name with a variable",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of a variable
    files: { ...certificate("issuerRef: {name: ca}"), ...workload("  name: web\nspec", "  name: web-${ENV}\nspec") },
  },
  {
    title: "the list of containers is an alias",
    files: {
      "web.yaml": web
        .replace("metadata:", "list: &list [{name: web}]\nmetadata:")
        .replace(/containers:[\s\S]*/, "containers: *list\n"),
    },
  },
  {
    title: "an alias refers to the list of containers",
    files: { "web.yaml": `${edited(web, "containers:\n", "containers: &list\n")}copy: *list\n` },
  },
  {
    title: "a list is a string",
    files: {
      ...agent("  imagePullSecrets: [{name: a}]\n"),
      ...workload("      containers:\n", "      imagePullSecrets: none\n      containers:\n"),
    },
  },
  {
    title: "two workloads get the same name",
    files: {
      "tracing.yaml": edited(
        certificate("issuerRef: {name: ca}")["tracing.yaml"],
        "namespaces: [shop]",
        "kinds: [Deployment, StatefulSet]",
      ),
      ...with_(web.replace("kind: Deployment", "kind: StatefulSet")),
    },
  },
  {
    title: "the same workload twice",
    files: { ...agent("  podMonitor: {}\n"), ...inNamespace, "copy.yaml": inNamespace["web.yaml"] },
    args: ["--check", "web.yaml", "copy.yaml"],
  },
  {
    title: "a generated object exists",
    files: {
      ...agent("  podMonitor: {}\n"),
      ...with_("apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: web-otel-collector}\n"),
    },
  },
  {
    title: "a NetworkPolicy blocks the agent",
    files: with_(
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: closed}\nspec: {podSelector: {}, policyTypes: [Egress]}\n",
    ),
  },
  {
    title: "a LimitRange rejects the agent",
    files: with_(
      "apiVersion: v1\nkind: LimitRange\nmetadata: {name: small}\nspec: {limits: [{type: Container, max: {memory: 50Mi}}]}\n",
    ),
  },
  {
    title: "a NetworkPolicy blocks Prometheus",
    files: {
      ...agent("  podMonitor: {}\n"),
      ...with_(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: closed}\nspec: {podSelector: {}, policyTypes: [Ingress]}\n",
      ),
    },
  },
  {
    title: "a HorizontalPodAutoscaler needs a request",
    files: {
      ...agent("    resources: {requests: {memory: 64Mi}}\n"),
      ...with_(
        "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 3}\n",
      ),
    },
  },
  {
    title: "a ResourceQuota needs a request",
    files: {
      ...agent("    resources: {requests: {memory: 64Mi}}\n"),
      ...with_("apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: team}\nspec: {hard: {requests.cpu: 4}}\n"),
    },
  },
  {
    title: "Istio's mutual TLS blocks Prometheus",
    files: {
      ...agent("  podMonitor: {}\n"),
      "web.yaml": `${edited(web, "      labels:\n", '      labels:\n        sidecar.istio.io/inject: "true"\n')}---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: default}\nspec: {mtls: {mode: STRICT}}\n`,
    },
  },
  {
    title: "Istio's proxy starts after the agent",
    files: {
      ...agent("    native: true\n"),
      ...container("      - name: istio-proxy\n        image: istio/proxyv2:1.27.0\n"),
    },
  },
  {
    title: "Linkerd's policy blocks Prometheus",
    files: {
      ...agent("  podMonitor: {}\n"),
      ...workload(
        "      labels:\n",
        "      annotations:\n        linkerd.io/inject: enabled\n        config.linkerd.io/default-inbound-policy: deny\n      labels:\n",
      ),
    },
  },
  {
    title: "Pod Security rejects the pod",
    files: {
      "web.yaml": `${inNamespace["web.yaml"]}---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  labels: {pod-security.kubernetes.io/enforce: restricted}\n`,
    },
  },
  {
    title: "a Job that isn't recreated",
    files: {
      ...config("namespaces: [shop]", "kinds: [Job]"),
      "web.yaml":
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n      - name: migrate\n        image: shop/migrate:1\n",
    },
  },
  {
    title: "the ServiceAccount's pull secrets",
    files: { "tracing.yaml": `${tracing}  imagePullSecrets: [{name: registry}]\n` },
  },
  { title: "a Jaeger agent", files: config("type: otelcol", "type: jaeger") },
  {
    title: "a warning with --strict",
    files: otlp("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"),
    args: ["--check", "--strict", "web.yaml"],
  },
  // Files
  { title: "a named file isn't YAML", files: workload("  name: web\nspec", "  name: web: 1\nspec") },
  {
    title: "a file in a folder isn't YAML",
    files: { "k8s/broken.yaml": "a: b\nc\n", "k8s/web.yaml": web },
    args: ["--check", "k8s"],
  },
  { title: "a Helm template", files: workload("image: shop/web:1", "image: {{ .Values.image }}") },
  {
    title: "conflict markers",
    files: workload(
      "        image: shop/web:1\n",
      "<<<<<<< HEAD\n        image: shop/web:1\n=======\n        image: shop/web:2\n>>>>>>> main\n",
    ),
  },
  {
    title: "a folder with a kustomization",
    files: {
      "k8s/kustomization.yaml": "resources: [web.yaml]\npatches: [{path: patch.yaml}]\n",
      "k8s/web.yaml": web,
      "k8s/patch.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n",
    },
    args: ["--check", "k8s"],
  },
  { title: "a tab in the indentation", files: workload("  name: web\nspec", "\tname: web\nspec") },
  // The command line
  { title: "no manifests", args: [], stdin: "" },
  { title: "no configuration", files: { "tracing.yaml": undefined }, args: ["--check", "web.yaml"] },
  { title: "the configuration doesn't exist", args: ["-c", "tracng.yaml", "web.yaml"] },
  { title: "a file doesn't exist", args: ["wbe.yaml"] },
  { title: "an option is misspelled", args: ["--chek", "web.yaml"] },
  { title: "an option is unknown", args: ["--fast", "web.yaml"] },
  { title: "an option needs a value", args: ["web.yaml", "-c"] },
  { title: "options that can't be used together", args: ["--write", "--diff", "web.yaml"] },
  { title: "a command is misspelled", args: ["explian", "spec.agent"] },
  { title: "a folder without manifests", files: { "empty/notes.txt": "" }, args: ["--check", "empty"] },
  { title: "an unknown field to explain", args: ["explain", "spec.agnt"] },
  { title: "plain manifests on stdin without arguments", args: [], stdin: web },
  { title: "an invalid output format", args: ["--output", "yml", "web.yaml"] },
];
