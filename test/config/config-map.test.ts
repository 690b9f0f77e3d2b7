import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Value } from "../../src/yaml/value";
import { plain } from "../support/configured";
import {
  configurationOf,
  head,
  label,
  labelValue,
  messagesOf,
  qualifiedName,
  subdomain,
  withSpec,
  yaml,
} from "../support/sidecar-config";

const configMap = (data: string): Value =>
  yaml(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: function-input}\ndata: {${data}}`);

describe("the ConfigMap form", () => {
  it("is a short form of a TracingSidecar", () => {
    const short = configMap(
      "name: tracing, collector: c:1, selector: 'a=b,c!=d', kinds: Deployment, namespace: shop, issuer: ClusterIssuer/ca, " +
        "image: jaeger:1.50.0, agent: jaeger, imagePullSecret: hub, podMonitor: 'true', state: absent",
    );
    const typed = yaml(`${head}
spec:
  selector:
    kinds: [Deployment]
    matchLabels: {a: b}
    matchExpressions: [{key: c, operator: NotIn, values: [d]}]
  namespace: shop
  state: absent
  collector:
    endpoint: c:1
    tls: {clientCertificate: {certManager: {issuerRef: {kind: ClusterIssuer, name: ca}}}}
  agent: {type: jaeger, image: jaeger:1.50.0}
  imagePullSecrets: [{name: hub}]
  podMonitor: {}
`);
    assert.deepEqual(plain(configurationOf(short)), plain(configurationOf(typed)));
  });

  it("requires only a name and a collector", () => {
    assert.deepEqual(
      plain(configurationOf(configMap("name: tracing, collector: collector:443"))),
      plain(configurationOf(withSpec(""))),
    );
  });

  it("accepts the spellings of true and false", () => {
    for (const yes of ["true", "'true'", "yes", "on", "True"]) {
      assert.ok(configurationOf(configMap(`name: a, collector: c, podMonitor: ${yes}`)).podMonitor, yes);
    }
    for (const no of ["false", "'false'", "no", "off"]) {
      assert.equal(configurationOf(configMap(`name: a, collector: c, podMonitor: ${no}`)).podMonitor, undefined, no);
    }
  });

  it("refers to an Issuer in the workload's namespace if the kind is omitted", () => {
    const { tls } = configurationOf(configMap("name: a, collector: c, issuer: ca")).collector;
    assert.ok(tls?.clientCertificate !== undefined && "certManager" in tls.clientCertificate);
    assert.deepEqual(plain(tls.clientCertificate.certManager.issuerRef), {
      name: "ca",
      kind: "Issuer",
      group: "cert-manager.io",
    });
  });

  const cases: readonly (readonly [string, ...string[]])[] = [
    ["", "data.name: is required. Example: `tracing`", "data.collector: is required. Example: `otel-collector:4317`"],
    ["name: A, collector: c", `data.name: "A" ${subdomain}`],
    ["name: 5, collector: c", "data.name: must be a string, not a number: put it in quotes"],
    ["name: a, collector: c, colector: d", 'data.colector: unknown field; did you mean "collector"?'],
    [
      'name: a, collector: c, "a\\nb": d',
      'data["a\\nb"]: unknown field; known fields: `name`, `collector`, `selector`, `kinds`, `namespace`, `issuer`, `image`, `agent`, `imagePullSecret`, `podMonitor`, `state`',
    ],
    [
      "name: a, collector: c, __proto__: d",
      "data.__proto__: unknown field; known fields: `name`, `collector`, `selector`, `kinds`, `namespace`, `issuer`, `image`, `agent`, `imagePullSecret`, `podMonitor`, `state`",
    ],
    [
      "name: a, collector: c, selector: 'a in b'",
      'data.selector: "a in b" must have the form `a=b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, or `!a`',
    ],
    ["name: a, collector: c, selector: '-a=b'", `data.selector: "-a" ${qualifiedName}`],
    ["name: a, collector: c, selector: 'a=b/c'", `data.selector: "b/c" ${labelValue}`],
    ["name: a, collector: c, selector: [a]", "data.selector: must be a string, not a list"],
    [
      "name: a, collector: c, kinds: 'Deployment, Service'",
      'data.kinds: must be `Deployment`, `StatefulSet`, `DaemonSet`, `ReplicaSet`, `Job`, `CronJob`, `Pod`, or `Rollout`, not "Service"',
    ],
    ["name: a, collector: c, namespace: A", `data.namespace: "A" ${label}`],
    [
      "name: a, collector: c, issuer: a/b/c",
      'data.issuer: must be the name of an issuer, or its kind and name, such as `ClusterIssuer/my-private-ca`, not "a/b/c"',
    ],
    ["name: a, collector: c, image: ''", 'data.image: must be an image name without spaces, not ""'],
    ["name: a, collector: c, agent: 5", "data.agent: must be a string, not a number: put it in quotes"],
    ["name: a, collector: c, imagePullSecret: A", `data.imagePullSecret: "A" ${subdomain}`],
    ["name: a, collector: c, podMonitor: maybe", 'data.podMonitor: must be true or false, not "maybe"'],
    ["name: a, collector: c, state: gone", 'data.state: must be `present` or `absent`, not "gone"'],
  ];
  for (const [data, ...messages] of cases) {
    it(messages.join(" | "), () => assert.deepEqual(messagesOf(configMap(data)), messages));
  }

  it("requires its data to be a mapping", () => {
    const functionConfig = yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: [b]}");
    assert.deepEqual(messagesOf(functionConfig).slice(0, 1), ["data: must be a mapping, not a list"]);
  });
});
