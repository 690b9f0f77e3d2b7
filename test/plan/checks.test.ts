import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { run } from "../../src/pipeline/run";
import type { Mapping } from "../../src/yaml/value";
import { resultsOf } from "../support/fixture";

/*
 * The findings across resources. Each table starts with the plain cases; `false` is as much a promise as `true`: of
 * what the input does not decide nothing is said.
 */

/** What differs from a Deployment shop/web and a configuration without anything to find. */
interface Case {
  readonly pod?: Mapping;
  readonly podMetadata?: Mapping;
  readonly metadata?: Mapping;
  readonly container?: Mapping;
  readonly others?: readonly Mapping[];
  readonly spec?: Mapping;
}

function web({ pod, podMetadata, metadata, container }: Case): Mapping {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "shop", ...metadata },
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" }, ...podMetadata },
        spec: { containers: [{ name: "web", image: "shop/web:1.0", ...container }], ...pod },
      },
    },
  };
}

/** The messages of one code, by the object that they are about. */
function find(code: string, one: Case): string[] {
  const list = {
    apiVersion: "config.kubernetes.io/v1",
    kind: "ResourceList",
    items: [web(one), ...(one.others ?? [])],
    functionConfig: {
      apiVersion: "tracing-sidecar.dev/v1alpha1",
      kind: "TracingSidecar",
      metadata: { name: "tracing" },
      spec: { selector: { names: ["web"] }, collector: { endpoint: "jaeger-collector:14250" }, ...one.spec },
    },
  };
  const outcome = run(JSON.stringify(list));
  const found = resultsOf(outcome).filter(({ tags }) => tags?.code === code);
  for (const { message, severity } of found) {
    assert.equal(severity, code.startsWith("clash-") ? "error" : "warning");
    assert.match(message, /must/);
    assert.doesNotMatch(message, /\n|s3cret/);
  }
  return found.map(({ message }) => message);
}

function table(code: string, cases: readonly [name: string, expected: boolean | RegExp, one: Case][]): void {
  describe(code, () => {
    for (const [name, expected, one] of cases) {
      test(`${name}: ${expected === false ? "silent" : "found"}`, () => {
        const messages = find(code, one);
        if (expected === false) assert.deepEqual(messages, []);
        else assert.equal(messages.length, 1, messages.join("\n"));
        if (expected instanceof RegExp) assert.match(messages[0] as string, expected);
      });
    }
  });
}

function object(apiVersion: string, kind: string, name: string, content: Mapping = {}, namespace = "shop"): Mapping {
  return { apiVersion, kind, metadata: { name, namespace }, ...content };
}

function namespace(metadata: Mapping): Mapping {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop", ...metadata } };
}

const env = (...entries: Mapping[]): Case => ({ container: { env: entries } });
const from = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
const host = "JAEGER_AGENT_HOST";
const otlp = "OTEL_EXPORTER_OTLP_ENDPOINT";

table("warn-sends-elsewhere", [
  ["the node's address", /"web".*JAEGER_AGENT_HOST/, env({ name: host, ...from("status.hostIP") })],
  ["the pod's address, where the agent does not listen", true, env({ name: host, ...from("status.podIP") })],
  ["another host", true, env({ name: host, value: "jaeger-agent.observability" })],
  ["a URL with a password", true, env({ name: otlp, value: "https://user:s3cret@otlp.example.com" })],
  ["without a scheme", true, env({ name: otlp, value: "collector:4317" })],
  [
    "made of the node's address",
    true,
    env({ name: "IP", ...from("status.hostIP") }, { name: otlp, value: "http://$(IP):4318" }),
  ],
  ["past the agent, to the collector", true, env({ name: "JAEGER_ENDPOINT", value: "http://jaeger:14268/api/traces" })],
  [
    "OpenTelemetry's exporter for Jaeger",
    true,
    env(
      { name: "OTEL_TRACES_EXPORTER", value: "jaeger" },
      { name: "OTEL_EXPORTER_JAEGER_AGENT_HOST", value: "10.0.0.1" },
    ),
  ],
  ["from the configuration", true, { spec: { app: { env: [{ name: host, value: "elsewhere" }] } } }],
  [
    "one entry for traces elsewhere",
    true,
    env(
      { name: otlp, value: "http://localhost:4318" },
      { name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", value: "http://otlp:4318" },
    ),
  ],
  ["no variable", false, {}],
  ["localhost", false, env({ name: host, value: "localhost" })],
  ["127.0.0.1 in a URL", false, env({ name: otlp, value: "http://127.0.0.1:4318" })],
  ["IPv6's loopback", false, env({ name: otlp, value: "http://[::1]:4318" })],
  [
    "an alias of the loopback address",
    false,
    {
      ...env({ name: host, value: "agent" }),
      pod: {
        containers: [{ name: "web", image: "a", env: [{ name: host, value: "agent" }] }],
        hostAliases: [{ ip: "127.0.0.1", hostnames: ["agent"] }],
      },
    },
  ],
  ["empty", false, env({ name: host, value: "" })],
  ["from a ConfigMap", false, env({ name: host, valueFrom: { configMapKeyRef: { name: "tracing", key: "host" } } })],
  ["made of what envFrom may give", false, env({ name: otlp, value: "http://$(COLLECTOR):4318" })],
  ["a label of the pod", false, env({ name: host, ...from("metadata.labels['agent']") })],
  ["overridden later", false, env({ name: host, value: "elsewhere" }, { name: host, value: "localhost" })],
  [
    "OTLP for metrics alone",
    false,
    env({ name: otlp, value: "http://otlp:4318" }, { name: "OTEL_TRACES_EXPORTER", value: "none" }),
  ],
  [
    "the SDK is off",
    false,
    env({ name: otlp, value: "http://otlp:4318" }, { name: "OTEL_SDK_DISABLED", value: "true" }),
  ],
  [
    "traces go to the pod",
    false,
    env(
      { name: otlp, value: "http://otlp:4318" },
      { name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", value: "http://localhost:4318" },
    ),
  ],
  ["a Unix socket", false, env({ name: otlp, value: "unix:///run/otel.sock" })],
  [
    "a container that is not the app",
    false,
    { ...env({ name: host, value: "elsewhere" }), spec: { app: { containers: ["api"] } } },
  ],
  ["not a string", false, env({ name: host, value: 127 })],
]);

const certManager = (certManagerParts: Mapping = {}): Mapping => ({
  collector: {
    endpoint: "jaeger-collector:14250",
    tls: {
      clientCertificate: { certManager: { issuerRef: { name: "ca", kind: "ClusterIssuer" }, ...certManagerParts } },
    },
  },
});
const secret = "web-jaeger-agent-tls";
const api = (podSpec: Mapping, namespaceName = "shop"): Mapping =>
  object(
    "apps/v1",
    "Deployment",
    "api",
    { spec: { selector: { matchLabels: { app: "api" } }, template: { spec: podSpec } } },
    namespaceName,
  );
const reads = (podSpec: Mapping): Case => ({
  others: [api({ containers: [{ name: "api" }], ...podSpec })],
  spec: certManager(),
});
const ingress = (secretName: string, namespaceName = "shop") =>
  object(
    "networking.k8s.io/v1",
    "Ingress",
    "web",
    { spec: { tls: [{ hosts: ["example.com"], secretName }] } },
    namespaceName,
  );

table("warn-secret-reader", [
  [
    "an Ingress",
    /^The Secret "web-jaeger-agent-tls" is read.*Deployment shop\/web/,
    { others: [ingress(secret)], spec: certManager() },
  ],
  ["a volume of another workload", true, reads({ volumes: [{ name: "tls", secret: { secretName: secret } }] })],
  [
    "a projected volume",
    true,
    reads({ volumes: [{ name: "tls", projected: { sources: [{ secret: { name: secret } }] } }] }),
  ],
  [
    "a variable",
    true,
    reads({
      containers: [
        { name: "api", env: [{ name: "KEY", valueFrom: { secretKeyRef: { name: secret, key: "tls.key" } } }] },
      ],
    }),
  ],
  ["all variables", true, reads({ containers: [{ name: "api", envFrom: [{ secretRef: { name: secret } }] }] })],
  [
    "an init container",
    true,
    reads({ initContainers: [{ name: "init", envFrom: [{ secretRef: { name: secret } }] }] }),
  ],
  ["to pull images", true, reads({ imagePullSecrets: [{ name: secret }] })],
  [
    "the workload itself",
    true,
    { pod: { volumes: [{ name: "own", secret: { secretName: secret } }] }, spec: certManager() },
  ],
  ["the agent's own volume", false, { spec: certManager() }],
  ["an Ingress of another Secret", false, { others: [ingress("web-tls")], spec: certManager() }],
  ["an Ingress of another namespace", false, { others: [ingress(secret, "blog")], spec: certManager() }],
  [
    "a workload of another namespace",
    false,
    { others: [api({ volumes: [{ name: "tls", secret: { secretName: secret } }] }, "blog")], spec: certManager() },
  ],
  ["a ConfigMap of that name", false, reads({ volumes: [{ name: "tls", configMap: { name: secret } }] })],
  [
    "a Secret that the user made",
    false,
    {
      others: [ingress("shared")],
      spec: { collector: { endpoint: "c:1", tls: { clientCertificate: { secretName: "shared" } } } },
    },
  ],
  ["no client certificate", false, { others: [ingress(secret)] }],
]);

const issuer = (namespaceName?: string): Mapping => ({
  apiVersion: "cert-manager.io/v1",
  kind: "Issuer",
  metadata: { name: "ca", ...(namespaceName === undefined ? {} : { namespace: namespaceName }) },
});
const signed = (...others: Mapping[]): Case => ({ others, spec: certManager({ issuerRef: { name: "ca" } }) });

table("clash-issuer", [
  ["in another namespace", /"infra" only.*"shop"/, signed(issuer("infra"))],
  ["in several others", true, signed(issuer("infra"), issuer("blog"))],
  ["nowhere", false, signed()],
  ["in the workload's", false, signed(issuer("shop"))],
  ["in the workload's and others", false, signed(issuer("infra"), issuer("shop"))],
  ["in an unknown one", false, signed(issuer())],
  [
    "the workload's namespace is unknown",
    false,
    {
      ...signed(issuer("infra")),
      metadata: { namespace: "" },
      spec: certManager({ issuerRef: { name: "ca" }, commonName: "{name}" }),
    },
  ],
  ["a ClusterIssuer is asked for", false, { others: [issuer("infra")], spec: certManager() }],
  [
    "another API's",
    false,
    {
      others: [issuer("infra")],
      spec: certManager({ issuerRef: { name: "ca", kind: "Issuer", group: "aws.example.com" } }),
    },
  ],
]);

const enforces = (level: string, version?: string): readonly Mapping[] => [
  namespace({
    labels: {
      "pod-security.kubernetes.io/enforce": level,
      ...(version === undefined ? {} : { "pod-security.kubernetes.io/enforce-version": version }),
    },
  }),
];
const fits = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};
const restricted = (one: Case): Case => ({
  container: { securityContext: fits },
  ...one,
  others: enforces("restricted"),
});
const baseline = (one: Case): Case => ({ ...one, others: enforces("baseline") });
const context = (securityContext: Mapping): Case => ({ container: { securityContext } });

table("warn-pod-security", [
  [
    "restricted, an app that says nothing",
    /container "web": .*allowPrivilegeEscalation.*drop.*runAsNonRoot.*seccompProfile/,
    { others: enforces("restricted") },
  ],
  ["restricted, a user's init container", /"init"/, restricted({ pod: { initContainers: [{ name: "init" }] } })],
  [
    "restricted, another securityContext for the agent",
    /the agent.*runAsNonRoot/,
    restricted({ spec: { agent: { securityContext: { runAsNonRoot: false } } } }),
  ],
  ["restricted, root", /runAsUser must not be 0/, restricted(context({ ...fits, runAsUser: 0 }))],
  [
    "restricted, an NFS volume",
    /"data" must not be a nfs/,
    restricted({ pod: { volumes: [{ name: "data", nfs: {} }] } }),
  ],
  ["baseline, the node's network", /hostNetwork must not be true/, baseline({ pod: { hostNetwork: true } })],
  [
    "baseline, a path of the node",
    /"data" must not be a hostPath/,
    baseline({ pod: { volumes: [{ name: "data", hostPath: { path: "/" } }] } }),
  ],
  [
    "baseline, a port of the node",
    /hostPort/,
    baseline({ container: { ports: [{ containerPort: 80, hostPort: 80 }] } }),
  ],
  ["baseline, privileged", /privileged/, baseline(context({ privileged: true }))],
  ["baseline, a capability", /must not hold NET_ADMIN/, baseline(context({ capabilities: { add: ["NET_ADMIN"] } }))],
  [
    "baseline, Unconfined for the pod",
    /seccompProfile.type/,
    baseline({ pod: { securityContext: { seccompProfile: { type: "Unconfined" } } } }),
  ],
  [
    "baseline, a sysctl",
    /kernel.msgmax/,
    baseline({ pod: { securityContext: { sysctls: [{ name: "kernel.msgmax", value: "1" }] } } }),
  ],
  [
    "baseline, an AppArmor annotation",
    /apparmor/,
    baseline({
      podMetadata: {
        labels: { app: "web" },
        annotations: { "container.apparmor.security.beta.kubernetes.io/web": "unconfined" },
      },
    }),
  ],
  ["restricted, and the app fits", false, restricted({})],
  [
    "restricted, and the pod says it for the app",
    false,
    restricted({
      ...context({ allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } }),
      pod: { securityContext: { runAsNonRoot: true, seccompProfile: { type: "Localhost" } } },
    }),
  ],
  [
    "restricted, a user namespace",
    false,
    restricted({ ...context({ ...fits, runAsNonRoot: null, runAsUser: 0 }), pod: { hostUsers: false } }),
  ],
  [
    "restricted of an old release, which let root be",
    false,
    { ...context({ ...fits, runAsUser: 0 }), others: enforces("restricted", "v1.22") },
  ],
  ["baseline, an app that says nothing", false, baseline({})],
  ["baseline, root", false, baseline(context({ runAsUser: 0 }))],
  [
    "baseline, a capability that containers have anyway",
    false,
    baseline(context({ capabilities: { add: ["CHOWN"] } })),
  ],
  ["privileged", false, { ...context({ privileged: true }), others: enforces("privileged") }],
  ["no level", false, { ...context({ privileged: true }), others: [namespace({})] }],
  [
    "a level that only warns",
    false,
    {
      ...context({ privileged: true }),
      others: [namespace({ labels: { "pod-security.kubernetes.io/warn": "restricted" } })],
    },
  ],
  [
    "another Namespace",
    false,
    {
      ...context({ privileged: true }),
      others: [
        {
          apiVersion: "v1",
          kind: "Namespace",
          metadata: { name: "blog", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
        },
      ],
    },
  ],
]);

const policy = (spec: Mapping, name = "egress"): Mapping =>
  object("networking.k8s.io/v1", "NetworkPolicy", name, {
    spec: { podSelector: {}, policyTypes: ["Egress"], ...spec },
  });
const dns = { ports: [{ protocol: "UDP", port: 53 }, { port: 53 }] };
const to = (endpoint: string, ...others: Mapping[]): Case => ({ others, spec: { collector: { endpoint } } });
const service = (port: Mapping) => object("v1", "Service", "jaeger-collector", { spec: { ports: [port] } });
const collector = "jaeger-collector:14250";

table("warn-network-policy", [
  ["DNS alone", /"egress" selects the pod.*collector's port 14250\/TCP/, to(collector, policy({ egress: [dns] }))],
  ["the collector alone", /reach DNS/, to(collector, policy({ egress: [{ ports: [{ port: 14250 }] }] }))],
  [
    "another port",
    /443\/TCP/,
    to("dns:///collector.tracing.example.com:443", policy({ egress: [dns, { ports: [{ port: 14250 }] }] })),
  ],
  ["UDP", true, to(collector, policy({ egress: [dns, { ports: [{ port: 14250, protocol: "UDP" }] }] }))],
  ["a range beside it", true, to(collector, policy({ egress: [dns, { ports: [{ port: 14000, endPort: 14249 }] }] }))],
  ["egress by what it holds", true, to(collector, policy({ policyTypes: [], egress: [dns] }))],
  [
    "of several policies none",
    /The NetworkPolicies "egress", "dns" select the pod, and none/,
    to(
      collector,
      policy({ egress: [] }),
      policy({ podSelector: { matchLabels: { app: "web" } }, egress: [dns] }, "dns"),
    ),
  ],
  [
    "a label that the configuration adds",
    true,
    {
      others: [policy({ podSelector: { matchLabels: { traced: "yes" } }, egress: [dns] })],
      spec: { pod: { labels: { traced: "yes" } } },
    },
  ],
  [
    "neither the Service's port nor that of its pods",
    true,
    to(
      "jaeger-collector:80",
      policy({ egress: [dns, { ports: [{ port: 4317 }] }] }),
      service({ port: 80, targetPort: 14250 }),
    ),
  ],
  ["nothing for egress", false, to(collector, policy({ policyTypes: ["Ingress"] }))],
  ["ingress by what it holds", false, to(collector, policy({ policyTypes: [], ingress: [] }))],
  ["everything", false, to(collector, policy({ egress: [{}] }))],
  ["both ports", false, to(collector, policy({ egress: [dns, { ports: [{ port: 14250 }] }] }))],
  [
    "to certain peers, which are not judged",
    false,
    to(collector, policy({ egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }] })),
  ],
  ["a range", false, to(collector, policy({ egress: [dns, { ports: [{ port: 14000, endPort: 15000 }] }] }))],
  ["a port by name", false, to(collector, policy({ egress: [dns, { ports: [{ port: "grpc" }] }] }))],
  ["a protocol without a port", false, to(collector, policy({ egress: [dns, { ports: [{ protocol: "TCP" }] }] }))],
  [
    "another policy allows it",
    false,
    to(collector, policy({ egress: [dns] }), policy({ egress: [{ ports: [{ port: 14250 }] }] }, "tracing")),
  ],
  ["other pods", false, to(collector, policy({ podSelector: { matchLabels: { app: "api" } }, egress: [] }))],
  [
    "other pods by expression",
    false,
    to(
      collector,
      policy({ podSelector: { matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] }, egress: [] }),
    ),
  ],
  [
    "another namespace",
    false,
    to(
      collector,
      object(
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "deny",
        { spec: { podSelector: {}, policyTypes: ["Egress"] } },
        "blog",
      ),
    ),
  ],
  ["the node's network", false, { ...to(collector, policy({})), pod: { hostNetwork: true } }],
  ["an address, without DNS", false, to("10.0.0.1:14250", policy({ egress: [{ ports: [{ port: 14250 }] }] }))],
  [
    "a name of the pod's own, without DNS",
    false,
    {
      ...to(collector, policy({ egress: [{ ports: [{ port: 14250 }] }] })),
      pod: { hostAliases: [{ ip: "10.0.0.1", hostnames: ["jaeger-collector"] }] },
    },
  ],
  ["the pod itself", false, to("localhost:14250", policy({}))],
  ["an endpoint without a port", false, to("dns:///jaeger-collector", policy({ egress: [dns] }))],
  ["an endpoint that only gRPC can read", false, to("xds:///collector", policy({}))],
  [
    "the port of the Service's pods",
    false,
    to(
      "jaeger-collector:443",
      policy({ egress: [dns, { ports: [{ port: 9999 }] }] }),
      service({ port: 443, targetPort: 9999 }),
    ),
  ],
  [
    "the Service's port by name",
    false,
    to("jaeger-collector:443", policy({ egress: [dns] }), service({ port: 443, targetPort: "grpc" })),
  ],
  [
    "a usual port, where the Service is elsewhere",
    false,
    to("jaeger-collector.tracing.svc:443", policy({ egress: [dns, { ports: [{ port: 4317 }] }] })),
  ],
  ["one of two collectors", false, to("10.0.0.1:1,10.0.0.2:2", policy({ egress: [{ ports: [{ port: 2 }] }] }))],
  [
    "OpenShift's DNS",
    false,
    to(collector, policy({ egress: [{ ports: [{ port: 14250 }, { port: 5353, protocol: "UDP" }] }] })),
  ],
  [
    "policies of another kind may allow more",
    false,
    to(collector, policy({}), object("cilium.io/v2", "CiliumNetworkPolicy", "tracing")),
  ],
  ["a selector that the API refuses", false, to(collector, policy({ podSelector: { matchLabels: { app: true } } }))],
]);

const scaled = (spec: Mapping, apiVersion = "autoscaling/v2"): Mapping =>
  object(apiVersion, "HorizontalPodAutoscaler", "web", {
    spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" }, ...spec },
  });
const share = (name: string): Mapping => ({
  metrics: [{ type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization: 80 } } }],
});
const asks = (resources: Mapping, ...others: Mapping[]): Case => ({ others, spec: { agent: { resources } } });
const limits = (limit: Mapping, name = "limits") =>
  object("v1", "LimitRange", name, { spec: { limits: [{ type: "Container", ...limit }] } });

table("warn-autoscaler", [
  ["no request", /"web" takes the use of cpu.*must have cpu/, asks({}, scaled(share("cpu")))],
  ["no request for memory", /memory/, asks({ requests: { cpu: "50m" } }, scaled(share("memory")))],
  ["v1", true, asks({}, scaled({ targetCPUUtilizationPercentage: 80 }, "autoscaling/v1"))],
  [
    "v2beta1",
    true,
    asks(
      {},
      scaled(
        { metrics: [{ type: "Resource", resource: { name: "cpu", targetAverageUtilization: 80 } }] },
        "autoscaling/v2beta1",
      ),
    ),
  ],
  ["no metrics, which is cpu", true, asks({}, scaled({}))],
  ["the default requests", false, { others: [scaled(share("cpu")), scaled(share("memory"))] }],
  ["a limit alone, which is the request too", false, asks({ limits: { cpu: "1" } }, scaled(share("cpu")))],
  ["a LimitRange gives one", false, asks({}, scaled(share("cpu")), limits({ defaultRequest: { cpu: "10m" } }))],
  [
    "a request of the whole pod",
    false,
    { ...asks({}, scaled(share("cpu"))), pod: { resources: { requests: { cpu: "1" } } } },
  ],
  [
    "an absolute value",
    false,
    asks(
      {},
      scaled({
        metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "AverageValue", averageValue: "1" } } }],
      }),
    ),
  ],
  [
    "one container's",
    false,
    asks(
      {},
      scaled({
        metrics: [
          {
            type: "ContainerResource",
            containerResource: { container: "web", name: "cpu", target: { type: "Utilization" } },
          },
        ],
      }),
    ),
  ],
  [
    "another workload",
    false,
    asks({}, scaled({ ...share("cpu"), scaleTargetRef: { kind: "Deployment", name: "api" } })),
  ],
  [
    "another kind of that name",
    false,
    asks({}, scaled({ ...share("cpu"), scaleTargetRef: { kind: "StatefulSet", name: "web" } })),
  ],
]);

const quota = (spec: Mapping): Mapping => object("v1", "ResourceQuota", "team", { spec });

table("warn-resource-quota", [
  [
    "requests",
    /"team".*no requests.cpu, requests.memory/,
    asks({}, quota({ hard: { cpu: "4", "requests.memory": "8Gi" } })),
  ],
  [
    "a limit",
    /limits.memory/,
    asks({ requests: { memory: "1Mi" } }, quota({ hard: { "limits.memory": "8Gi", memory: "8Gi" } })),
  ],
  [
    "the default resources",
    false,
    {
      others: [
        quota({ hard: { "requests.cpu": "4", "requests.memory": "8Gi", "limits.cpu": "4", "limits.memory": "8Gi" } }),
      ],
    },
  ],
  [
    "pods and storage",
    false,
    asks({}, quota({ hard: { pods: "10", "requests.storage": "1Ti", "limits.ephemeral-storage": "1Gi" } })),
  ],
  ["for some pods only", false, asks({}, quota({ hard: { "requests.cpu": "4" }, scopes: ["Terminating"] }))],
  [
    "for one priority only",
    false,
    asks({}, quota({ hard: { "requests.cpu": "4" }, scopeSelector: { matchExpressions: [] } })),
  ],
  [
    "a LimitRange gives both",
    false,
    asks({}, quota({ hard: { "requests.cpu": "4", "limits.cpu": "4" } }), limits({ default: { cpu: "1" } })),
  ],
]);

table("warn-limit-range", [
  [
    "too much",
    /"limits" wants a container's limits.cpu to be at most 50m, where the agent's is 100m/,
    { others: [limits({ max: { cpu: "50m" } })] },
  ],
  [
    "too little",
    /requests.memory to be at least 128Mi, where the agent's is 64Mi/,
    { others: [limits({ min: { memory: "128Mi" } })] },
  ],
  ["in other units", true, { others: [limits({ max: { memory: "0.125G" } })] }],
  ["too far apart", /at most 1 times/, { others: [limits({ maxLimitRequestRatio: { cpu: 1 } })] }],
  [
    "a request above the default limit",
    /limits.cpu one of 100m.*requests 200m/,
    asks({ requests: { cpu: "200m" } }, limits({ default: { cpu: "100m" } })),
  ],
  ["just as much", false, { others: [limits({ max: { cpu: 0.1, memory: "131072Ki" }, min: { cpu: "50m" } })] }],
  ["as far apart as allowed", false, { others: [limits({ maxLimitRequestRatio: { cpu: "2" } })] }],
  ["nothing said, so the defaults hold", false, asks({}, limits({ min: { cpu: "10m" }, max: { cpu: "1" } }))],
  ["for the whole pod", false, { others: [limits({ type: "Pod", max: { cpu: "1m" } })] }],
  [
    "another namespace",
    false,
    {
      others: [
        object("v1", "LimitRange", "limits", { spec: { limits: [{ type: "Container", max: { cpu: "1m" } }] } }, "blog"),
      ],
    },
  ],
  ["what is no quantity", false, { others: [limits({ max: { cpu: "lots" } })] }],
]);

const annotated = (annotations: Mapping): Case => ({ podMetadata: { labels: { app: "web" }, annotations } });
const openTelemetry = "sidecar.opentelemetry.io/inject";
const jaeger = "sidecar.jaegertracing.io/inject";

table("warn-other-injector", [
  ["OpenTelemetry", /OpenTelemetry operator/, annotated({ [openTelemetry]: "true" })],
  ["OpenTelemetry, by name", true, annotated({ [openTelemetry]: "tracing/sidecar" })],
  [
    "OpenTelemetry, the Namespace's",
    /of the Namespace/,
    { others: [namespace({ annotations: { [openTelemetry]: "true" } })] },
  ],
  ["Jaeger", /Jaeger operator/, { metadata: { annotations: { [jaeger]: "true" } } }],
  ["Jaeger, by name", true, { metadata: { annotations: { [jaeger]: "simplest" } } }],
  ["Jaeger, on the pod", true, annotated({ [jaeger]: "true" })],
  ["OpenTelemetry, false", false, annotated({ [openTelemetry]: "false" })],
  [
    "the pod's own false goes before the Namespace's",
    false,
    { ...annotated({ [openTelemetry]: "False" }), others: [namespace({ annotations: { [openTelemetry]: "true" } })] },
  ],
  ["Jaeger, false: it is skipped", false, { metadata: { annotations: { [jaeger]: "false" } } }],
  ["empty", false, annotated({ [openTelemetry]: "" })],
  [
    "on the workload, where the operator does not look",
    false,
    { metadata: { annotations: { [openTelemetry]: "true" } } },
  ],
  [
    "Jaeger, the Namespace's",
    /of the Namespace asks the Jaeger operator/,
    { others: [namespace({ annotations: { [jaeger]: "true" } })] },
  ],
  [
    "the workload's own goes before the Namespace's",
    /of the workload asks the Jaeger operator/,
    { metadata: { annotations: { [jaeger]: "true" } }, others: [namespace({ annotations: { [jaeger]: "true" } })] },
  ],
  [
    "the Jaeger operator's label, by which it takes out the container of that name",
    /label .*injected: it must be removed/,
    { metadata: { labels: { "sidecar.jaegertracing.io/injected": "simplest" } } },
  ],
  [
    "the label, where the agent's container has another name",
    false,
    { metadata: { labels: { "sidecar.jaegertracing.io/injected": "simplest" } }, spec: { agent: { name: "agent" } } },
  ],
  ["an SDK alone", false, annotated({ "instrumentation.opentelemetry.io/inject-java": "true" })],
]);

const agentService = (spec: Mapping = {}, name = "jaeger-agent", namespaceName = "shop") =>
  object("v1", "Service", name, { spec }, namespaceName);

table("warn-service-link", [
  ["a Service jaeger-agent", /container "web".*JAEGER_AGENT_PORT/, { others: [agentService()] }],
  ["one without an address", false, { others: [agentService({ clusterIP: "None" })] }],
  ["another name's alias", false, { others: [agentService({ type: "ExternalName", externalName: "a.example.com" })] }],
  ["no links", false, { pod: { enableServiceLinks: false }, others: [agentService()] }],
  ["the variable is set", false, { ...env({ name: "JAEGER_AGENT_PORT", value: "6831" }), others: [agentService()] }],
  [
    "the configuration sets the variable",
    false,
    { others: [agentService()], spec: { app: { env: [{ name: "JAEGER_AGENT_PORT", value: "6831" }] } } },
  ],
  ["another name", false, { others: [agentService({}, "jaeger-collector")] }],
  ["another namespace", false, { others: [agentService({}, "jaeger-agent", "tracing")] }],
]);

const peer = (spec: Mapping, namespaceName = "shop", name = "default"): Mapping =>
  object("security.istio.io/v1", "PeerAuthentication", name, { spec }, namespaceName);
const strict = { mtls: { mode: "STRICT" } };
const own = { selector: { matchLabels: { app: "web" } } };
const meshed = (others: readonly Mapping[], annotations: Mapping = {}, spec: Mapping = { podMonitor: {} }): Case => ({
  podMetadata: { labels: { app: "web", "sidecar.istio.io/inject": "true" }, annotations },
  others,
  spec,
});

table("warn-mesh-scrape", [
  ["strict for the namespace", /"default".*excludeInboundPorts must hold "14271"/, meshed([peer(strict)])],
  ["strict for the pod", true, meshed([peer({ ...own, ...strict })])],
  ["strict for the mesh", true, meshed([peer(strict, "istio-system")])],
  ["strict again for the port", true, meshed([peer({ ...own, portLevelMtls: { 14271: { mode: "STRICT" } } })])],
  [
    "the annotation",
    true,
    { ...annotated({ "sidecar.istio.io/inject": "true" }), others: [peer(strict)], spec: { podMonitor: {} } },
  ],
  [
    "the Namespace's label",
    true,
    { others: [namespace({ labels: { "istio-injection": "enabled" } }), peer(strict)], spec: { podMonitor: {} } },
  ],
  [
    "the Namespace's revision",
    true,
    { others: [namespace({ labels: { "istio.io/rev": "stable" } }), peer(strict)], spec: { podMonitor: {} } },
  ],
  [
    "a port apart, in a policy without a selector",
    true,
    meshed([peer({ ...strict, portLevelMtls: { 14271: { mode: "DISABLE" } } })]),
  ],
  ["no policy", false, meshed([])],
  ["no PodMonitor", false, meshed([peer(strict)], {}, {})],
  ["no sidecar", false, { others: [peer(strict)], spec: { podMonitor: {} } }],
  [
    "the pod keeps out",
    false,
    {
      ...annotated({ "sidecar.istio.io/inject": "false" }),
      others: [namespace({ labels: { "istio-injection": "enabled" } }), peer(strict)],
      spec: { podMonitor: {} },
    },
  ],
  ["the node's network", false, { ...meshed([peer(strict)]), pod: { hostNetwork: true } }],
  ["both are taken", false, meshed([peer({ mtls: { mode: "PERMISSIVE" } })])],
  [
    "the pod's policy goes first",
    false,
    meshed([peer(strict), peer({ ...own, mtls: { mode: "PERMISSIVE" } }, "shop", "web")]),
  ],
  [
    "the namespace's goes before the mesh's",
    false,
    meshed([peer(strict, "istio-system"), peer({ mtls: { mode: "DISABLE" } })]),
  ],
  ["the port is apart", false, meshed([peer({ ...own, ...strict, portLevelMtls: { 14271: { mode: "DISABLE" } } })])],
  ["other pods", false, meshed([peer({ selector: { matchLabels: { app: "api" } }, ...strict })])],
  [
    "two of one level that differ",
    false,
    meshed([peer({ ...own, ...strict }), peer({ ...own, mtls: { mode: "PERMISSIVE" } }, "shop", "web")]),
  ],
  [
    "the port is excluded",
    false,
    meshed([peer(strict)], { "traffic.sidecar.istio.io/excludeInboundPorts": "9090, 14271" }),
  ],
  [
    "only other ports are included",
    false,
    meshed([peer(strict)], { "traffic.sidecar.istio.io/includeInboundPorts": "8080" }),
  ],
  [
    "the configuration excludes the port",
    false,
    meshed(
      [peer(strict)],
      {},
      { podMonitor: {}, pod: { annotations: { "traffic.sidecar.istio.io/excludeInboundPorts": "14271" } } },
    ),
  ],
]);

const onNode = { hostNetwork: true };
const both = { selector: {} };
const ports = (port: Mapping, podSpec: Mapping = {}) =>
  api({ containers: [{ name: "api", ports: [port] }], ...podSpec }, "blog");

table("clash-host-port", [
  [
    "two that get the agent",
    /agent's ports 14271\/TCP, 6831\/UDP, .* taken by Deployment shop\/web/,
    { pod: onNode, others: [api({ containers: [{ name: "api" }], ...onNode }, "blog")], spec: both },
  ],
  ["another one with the port", /port 14271\/TCP/, { pod: onNode, others: [ports({ containerPort: 14271 }, onNode)] }],
  [
    "another one's hostPort",
    /port 6831\/UDP/,
    { pod: onNode, others: [ports({ containerPort: 1, hostPort: 6831, protocol: "UDP" })] },
  ],
  [
    "nodes of one label",
    true,
    {
      pod: { ...onNode, nodeSelector: { zone: "a" } },
      others: [ports({ containerPort: 14271 }, { ...onNode, nodeSelector: { disk: "ssd" } })],
    },
  ],
  ["one alone", false, { pod: onNode }],
  ["the other protocol", false, { pod: onNode, others: [ports({ containerPort: 6831 }, onNode)] }],
  ["a port of its pod's own network", false, { pod: onNode, others: [ports({ containerPort: 14271 })] }],
  ["the agent has its pod's own network", false, { others: [ports({ containerPort: 14271 }, onNode)] }],
  [
    "another agent has its pod's own network",
    false,
    { pod: onNode, others: [api({ containers: [{ name: "api" }] })], spec: both },
  ],
  [
    "one of the two is not selected",
    false,
    { pod: onNode, others: [api({ containers: [{ name: "api" }], ...onNode })] },
  ],
  [
    "never on one node",
    false,
    {
      pod: { ...onNode, nodeSelector: { zone: "a" } },
      others: [ports({ containerPort: 14271 }, { ...onNode, nodeSelector: { zone: "b" } })],
    },
  ],
]);

const native = { agent: { native: true } };
const declined = { "sidecar.istio.io/inject": "true", "sidecar.istio.io/nativeSidecar": "false" };
table("warn-mesh-start", [
  ["the pod declines a native one", /nativeSidecar: "false"/, { ...annotated(declined), spec: native }],
  [
    "a proxy that is an ordinary container",
    /"istio-proxy"/,
    { pod: { containers: [{ name: "web" }, { name: "istio-proxy" }] }, spec: native },
  ],
  ["the agent is an ordinary container", false, annotated(declined)],
  ["not in the mesh", false, { ...annotated({ ...declined, "sidecar.istio.io/inject": "false" }), spec: native }],
  ["what Istio does is not said", false, { ...annotated({ "sidecar.istio.io/inject": "true" }), spec: native }],
]);

describe("with state absent nothing is found", () => {
  for (const [code, one] of [
    ["warn-sends-elsewhere", env({ name: host, value: "elsewhere" })],
    ["clash-host-port", { pod: onNode, others: [ports({ containerPort: 14271 }, onNode)] }],
  ] as const) {
    test(code, () => assert.deepEqual(find(code, { ...one, spec: { state: "absent" } }), []));
  }
});
describe("cost in line with the input", () => {
  /** A list of workloads, each with a policy, an autoscaler and an Ingress of its own, all in one namespace. */
  function milliseconds(count: number): number {
    const items = Array.from({ length: count }, (_, i) => {
      const labels = { part: "shop", app: `web-${i}` };
      return [
        { ...web({ podMetadata: { labels }, pod: onNode }), metadata: { name: `web-${i}`, namespace: "shop" } },
        policy({ podSelector: { matchLabels: labels }, egress: [dns] }, `web-${i}`),
        scaled({ scaleTargetRef: { kind: "Deployment", name: `web-${i}` } }),
        { ...ingress(`web-${i}-jaeger-agent-tls`), metadata: { name: `web-${i}`, namespace: "shop" } },
        object("v1", "ResourceQuota", `quota-${i}`, { spec: { hard: { "requests.cpu": "1" } } }),
        peer({ selector: { matchLabels: labels }, ...strict }, "shop", `web-${i}`),
      ];
    }).flat();
    const functionConfig = {
      apiVersion: "tracing-sidecar.dev/v1alpha1",
      kind: "TracingSidecar",
      metadata: { name: "tracing" },
      spec: { selector: {}, ...certManager(), podMonitor: {} },
    };
    const input = JSON.stringify({
      apiVersion: "config.kubernetes.io/v1",
      kind: "ResourceList",
      items,
      functionConfig,
    });
    const start = process.cpuUsage();
    run(input);
    return process.cpuUsage(start).user / 1000;
  }

  test("ten times the input takes no more than twenty times as long", () => {
    milliseconds(100);
    const few = milliseconds(100);
    const many = milliseconds(1000);
    assert.ok(many < 20 * few + 200, `${few} ms for 100 workloads, ${many} ms for 1,000`);
  });
});
