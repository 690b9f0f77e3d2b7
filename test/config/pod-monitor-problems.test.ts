import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { messagesOf, withSpec } from "../support/sidecar-config";

const problems = (podMonitor: string): string[] =>
  messagesOf(withSpec(`podMonitor: {${podMonitor}}`)).map((message) => message.replace("spec.podMonitor.", ""));

describe("a PodMonitor accepts", () => {
  for (const podMonitor of [
    "relabelings: [{targetLabel: team, replacement: 'shop-$1'}]",
    "relabelings: [{sourceLabels: [a, b], separator: ';', targetLabel: c, modulus: 8, action: hashmod}]",
    "relabelings: [{regex: '__meta_(.+)', action: LabelMap}]",
    "metricRelabelings: [{regex: 'id_{2,3}|{id}', action: labeldrop}]",
    "metricRelabelings: [{sourceLabels: [__name__], regex: 'go_.*', action: Drop}]",
    "relabelings: [{sourceLabels: [a], targetLabel: b, action: KeepEqual}]",
    "relabelings: [{sourceLabels: [a], targetLabel: b, action: lowercase}]",
    "relabelings: [{targetLabel: workload, replacement: '{kind}/{name}'}]",
    "patch: {sampleLimit: 0, scrapeProtocols: [PrometheusProto], attachMetadata: {node: true}, bodySizeLimit: 15MB}",
    "patch: {selectorMechanism: RoleSelector, extraScrapeMetrics: true, nativeHistogramMinBucketFactor: '1.1'}",
    "patch: {nativeHistogramMinBucketFactor: 2, scrapeProtocols: [PrometheusProto, PrometheusText1.0.0]}",
    "relabelings: [{regex: '__meta_(.+)', replacement: 'meta_$1', action: labelmap}]",
    "jobLabel: app.kubernetes.io/name",
    "interval: 1m30s, scrapeTimeout: 90s",
    "scrapeTimeout: 90s",
    "scope: workload, name: '{name}-{kind}'",
    "scope: namespace, name: '{namespace}-{agent}', labels: {release: '{namespace}'}, annotations: {a: '\\{name}'}",
    "scope: namespace, relabelings: [{targetLabel: a, replacement: '{agent}'}], patch: {podTargetLabels: ['{id}']}",
  ])
    it(podMonitor, () => assert.deepEqual(problems(podMonitor), []));
});

describe("a PodMonitor reports", () => {
  const forWorkload = (variable: string) =>
    `can't contain \`{${variable}}\` with \`scope: namespace\`: the PodMonitor is for all workloads of a namespace. Use \`{namespace}\` or \`{agent}\``;
  const cases: readonly (readonly [podMonitor: string, ...messages: string[]])[] = [
    [
      "relabelings: [{source_labels: [a], targetLabel: b}]",
      'relabelings[0].source_labels: unknown field; did you mean "sourceLabels"?',
    ],
    [
      "metricRelabelings: [{target_label: b}]",
      'metricRelabelings[0].target_label: unknown field; did you mean "targetLabel"?',
    ],
    ["interval: 30s, scrapeTimeout: 1m", 'scrapeTimeout: "1m" must not be longer than the interval, "30s"'],
    ["relabelings: {}", "relabelings: must be a list, not a mapping"],
    ["relabelings: [{sourceLabels: a}]", "relabelings[0].sourceLabels: must be a list, not a string"],
    ["relabelings: [{sourceLabels: [a]}]", "relabelings[0].targetLabel: is required with the action `replace`"],
    [
      "relabelings: [{targetLabel: a, action: Uppercase, replacement: b}]",
      "relabelings[0].replacement: must be omitted with the action `uppercase`",
    ],
    [
      "relabelings: [{targetLabel: a, regex: 'b(?=c)'}]",
      "relabelings[0].regex: must be a valid Go regular expression: it has a lookahead, a lookbehind, or an atomic group",
    ],
    [
      "relabelings: [{targetLabel: a, action: hashmod}]",
      "relabelings[0].modulus: is required with the action `hashmod`",
    ],
    [
      "relabelings: [{sourceLabels: [a], regex: b, action: labelkeep}]",
      "relabelings[0].sourceLabels: must be omitted with the action `labelkeep`",
    ],
    [
      "relabelings: [{sourceLabels: [a], targetLabel: b, regex: c, action: dropequal}]",
      "relabelings[0].regex: must be omitted with the action `dropequal`",
    ],
    [
      "relabelings: [{targetLabel: a, action: labelDelete}]",
      "relabelings[0].action: must be `replace`, `keep`, `drop`, `hashmod`, `labelmap`, `labeldrop`, `labelkeep`, `lowercase`, `uppercase`, `keepequal`, or `dropequal`",
    ],
    [
      "relabelings: [{targetLabel: a, replacement: '{nmae}'}]",
      "relabelings[0].replacement: unknown variable `{nmae}`; did you mean `{name}`? For the literal text, write `\\{nmae}`",
    ],
    ["patch: {sampleLimit: -1}", "patch.sampleLimit: must be at least 0"],
    ["patch: {sampleLimits: 1}", 'patch.sampleLimits: unknown field; did you mean "sampleLimit"?'],
    ["patch: {selector: {}}", "patch.selector: must be omitted: the PodMonitor always selects the pods with the agent"],
    [
      "patch: {namespaceSelector: {}}",
      "patch.namespaceSelector: must be omitted: set `spec.podMonitor.namespaceSelector` instead",
    ],
    [
      "patch: {podMetricsEndpoints: []}",
      "patch.podMetricsEndpoints: must be omitted: the only endpoint is the agent's. Set `spec.podMonitor.interval`, `scrapeTimeout`, `honorLabels`, `relabelings`, and `metricRelabelings`",
    ],
    [
      "patch: {scrapeProtocols: [Text]}",
      "patch.scrapeProtocols[0]: must be `PrometheusProto`, `OpenMetricsText0.0.1`, `OpenMetricsText1.0.0`, `PrometheusText0.0.4`, or `PrometheusText1.0.0`",
    ],
    [
      "patch: {scrapeProtocols: [PrometheusProto, PrometheusText0.0.4, PrometheusProto]}",
      "patch.scrapeProtocols[2]: must be unique, but spec.podMonitor.patch.scrapeProtocols[0] has the same value",
    ],
    [
      "patch: {nativeHistogramMinBucketFactor: 1.1}",
      "patch.nativeHistogramMinBucketFactor: must be a string, not a number: put it in quotes",
    ],
    [
      "patch: {nativeHistogramMinBucketFactor: small}",
      "patch.nativeHistogramMinBucketFactor: must be a number such as `1.1`, in quotes",
    ],
    [
      "relabelings: [{sourceLabels: [a, ''], targetLabel: b}]",
      "relabelings[0].sourceLabels[1]: must be a non-empty string",
    ],
    [
      "metricRelabelings: [{regex: a, replacement: '', action: LabelMap}]",
      "metricRelabelings[0].replacement: must not be empty with the action `labelmap`",
    ],
    ["patch: {bodySizeLimit: 15}", "patch.bodySizeLimit: must be a string, not a number: put it in quotes"],
    ["scope: namespace, name: '{name}-{agent}'", `name: ${forWorkload("name")}`],
    ["scope: namespace, labels: {a: '{kind}'}", `labels.a: ${forWorkload("kind")}`],
    ["scope: namespace, annotations: {a: 'b {name}'}", `annotations.a: ${forWorkload("name")}`],
    [
      "scope: namespace, relabelings: [{targetLabel: a, replacement: '{name}'}]",
      `relabelings[0].replacement: ${forWorkload("name")}`,
    ],
    ["scope: namespace, patch: {podTargetLabels: ['{kind}']}", `patch.podTargetLabels[0]: ${forWorkload("kind")}`],
    ["scope: cluster", 'scope: must be `workload` or `namespace`, not "cluster"'],
  ];
  for (const [podMonitor, ...messages] of cases) it(podMonitor, () => assert.deepEqual(problems(podMonitor), messages));
});
