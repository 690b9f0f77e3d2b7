import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { run } from "../../src/pipeline/run";
import type { Mapping } from "../../src/yaml/value";
import { resultsOf } from "../support/fixture";

/*
 * The warning about a pod that can't resolve the collector's name, because it doesn't use the cluster's DNS.
 */

interface Case {
  /** Fields of the pod's spec. */
  readonly pod: Mapping;
  readonly endpoint?: string;
  readonly agent?: Mapping;
  readonly others?: readonly Mapping[];
}

function messagesOf({ pod, endpoint = "dns:///collector.tracing.svc:14250", agent, others = [] }: Case): string[] {
  const list = {
    apiVersion: "config.kubernetes.io/v1",
    kind: "ResourceList",
    items: [
      {
        apiVersion: "apps/v1",
        kind: "DaemonSet",
        metadata: { name: "web", namespace: "shop" },
        spec: {
          selector: { matchLabels: { app: "web" } },
          template: {
            metadata: { labels: { app: "web" } },
            spec: { containers: [{ name: "web", image: "shop/web:1.0" }], ...pod },
          },
        },
      },
      ...others,
    ],
    functionConfig: {
      apiVersion: "tracing-sidecar.dev/v1alpha1",
      kind: "TracingSidecar",
      metadata: { name: "tracing" },
      spec: { selector: { kinds: ["DaemonSet"] }, collector: { endpoint }, agent: { type: "jaeger", ...agent } },
    },
  };
  const outcome = run(JSON.stringify(list));
  assert.equal(outcome.status, 0, outcome.stderr);
  return resultsOf(outcome)
    .filter(({ tags }) => tags?.code === "warn-collector-not-resolved")
    .map(({ message, severity, field }) => {
      assert.deepEqual([severity, field?.path], ["warning", "spec.template.spec.dnsPolicy"]);
      return message;
    });
}

const onNode = { hostNetwork: true };
const object = (kind: string, name: string, namespace?: string): Mapping => ({
  apiVersion: "v1",
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});

describe("the pod's DNS", () => {
  const table: [string, Mapping, RegExp | undefined][] = [
    [
      "hostNetwork without a dnsPolicy",
      onNode,
      /because hostNetwork is true .* Set dnsPolicy to ClusterFirstWithHostNet\.$/,
    ],
    ["hostNetwork with ClusterFirst", { ...onNode, dnsPolicy: "ClusterFirst" }, /hostNetwork is true/],
    ["hostNetwork with Default", { ...onNode, dnsPolicy: "Default" }, /because dnsPolicy is Default, .*WithHostNet\.$/],
    ["Default", { dnsPolicy: "Default" }, /because dnsPolicy is Default, .* Set dnsPolicy to ClusterFirst\.$/],
    ["other options", { ...onNode, dnsConfig: { options: [{ name: "ndots", value: "1" }] } }, /hostNetwork/],
    ["another alias", { ...onNode, hostAliases: [{ ip: "10.0.0.1", hostnames: ["collector"] }] }, /hostNetwork/],
    ["no hostNetwork", {}, undefined],
    ["ClusterFirst", { hostNetwork: false, dnsPolicy: "ClusterFirst" }, undefined],
    ["ClusterFirstWithHostNet", { ...onNode, dnsPolicy: "ClusterFirstWithHostNet" }, undefined],
    ["None", { ...onNode, dnsPolicy: "None", dnsConfig: { nameservers: ["10.96.0.10"] } }, undefined],
    ["its own name server", { ...onNode, dnsConfig: { nameservers: ["10.96.0.10"] } }, undefined],
    ["its own search domains", { dnsPolicy: "Default", dnsConfig: { searches: ["example.com"] } }, undefined],
    ["an alias", { ...onNode, hostAliases: [{ ip: "10.0.0.1", hostnames: ["Collector.tracing.svc"] }] }, undefined],
  ];
  for (const [name, pod, expected] of table) {
    test(`${expected === undefined ? "doesn't warn about" : "warns about"} ${name}`, () => {
      const messages = messagesOf({ pod });
      assert.equal(messages.length, expected === undefined ? 0 : 1);
      if (expected !== undefined) assert.match(messages[0] ?? "", expected);
    });
  }
});

describe("the collector's name", () => {
  const service = object("Service", "collector", "tracing");
  const warned: [string, (readonly Mapping[])?][] = [
    ["collector:14250"],
    ["collector.tracing:14250"],
    ["dns:///collector.tracing:14250"],
    ["dns:///collector.tracing"],
    ["dns:collector:14250"],
    ["dns://8.8.8.8/collector.tracing:14250"],
    ["passthrough:///collector.tracing:14250"],
    ["Collector.Tracing.SVC:14250"],
    ["collector.tracing.svc.cluster.local:14250"],
    ["collector.tracing.svc.cluster.local.:14250"],
    ["dns:///collector-0.collector.tracing.svc:14250"],
    ["dns:///{name}-collector.{namespace}:14250"],
    ["a.tracing:14250,b.tracing:14250"],
    // The input shows that it is in the cluster.
    ["collector.tracing.svc.corp.example.com:14250", [service]],
    ["collector.dev:14250", [object("Service", "collector", "dev")]],
    ["collector.dev:14250", [object("Namespace", "dev")]],
  ];
  for (const [endpoint, others = []] of warned) {
    test(`warns about ${endpoint}${others.length > 0 ? " with its object" : ""}`, () =>
      assert.equal(messagesOf({ pod: onNode, endpoint, others }).length, 1));
  }

  const silent: [string, Mapping?][] = [
    ["10.0.0.1:14250"],
    ["[fe80::1]:14250"],
    ["localhost:14250"],
    [":14250"],
    ["127.0.0.1:14250"],
    ["collector.example.com:443"],
    ["example.com:443"],
    ["collector.io:443"],
    ["collector.dev:443"],
    ["collector.internal:443"],
    ["ip-10-0-0-1.ec2.internal:14250"],
    ["collector.tracing.svc.corp.example.com:14250"],
    ["a.tracing:14250,collector.example.com:14250"],
    ["unix:///run/collector.sock"],
    ["collector:14250", { args: ["--reporter.grpc.host-port=collector.example.com:443"] }],
  ];
  for (const [endpoint, agent = {}] of silent) {
    test(`doesn't warn about ${endpoint}${agent["args"] === undefined ? "" : " if it isn't used"}`, () =>
      assert.deepEqual(messagesOf({ pod: onNode, endpoint, agent }), []));
  }

  test("is in the message, expanded", () =>
    assert.match(
      messagesOf({ pod: onNode, endpoint: "dns:///{name}-collector.{namespace}:14250" })[0] ?? "",
      /resolve the collector's name "web-collector\.shop"\./,
    ));

  test("is that of the Collector's exporter", () => {
    const agent = { type: "otelcol" };
    assert.equal(messagesOf({ pod: onNode, endpoint: "https://collector.tracing:4317", agent }).length, 1);
    const config = { exporters: { otlp_grpc: { endpoint: "collector.example.com:4317" } } };
    assert.deepEqual(
      messagesOf({ pod: onNode, endpoint: "https://collector.tracing:4317", agent: { ...agent, config } }),
      [],
    );
  });
});
