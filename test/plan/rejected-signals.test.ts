import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toObject } from "../../src/kube/object";
import { containerEnv, type EnvSources } from "../../src/plan/app/container-env";
import { rejectedSignals } from "../../src/plan/app/other-signals";
import type { Mapping } from "../../src/yaml/value";
import { configured, partsOf, web } from "../support/configured";

/** Returns the rejected signals of a container: `metrics` if a variable selects OTLP, `metrics?` if that is the default. */
function rejected(
  variables: Readonly<Record<string, string | Mapping>>,
  { agent = {}, secret = [], hasUnknown = false }: Sources = {},
): string[] {
  const env = Object.entries(variables).map(([name, value]) =>
    typeof value === "string" ? { name, value } : { name, valueFrom: value },
  );
  const envFrom = [{ secretRef: { name: "known" } }, ...(hasUnknown ? [{ secretRef: { name: "unknown" } }] : [])];
  // The values of a Secret aren't read.
  const known = toObject({ kind: "Secret", data: Object.fromEntries(secret.map((name) => [name, null])) });
  const find: EnvSources["find"] = (_group, _kind, _namespace, name) => (name === "known" ? known : undefined);
  const pod = { parts: partsOf(configured({ agent: { type: "otelcol", ...agent } })), workload: web() };
  const signals = rejectedSignals(containerEnv({ env, envFrom }, [], { namespace: "shop", find }), pod);
  return signals.map(({ signal, selectedBy }) => (selectedBy === undefined ? `${signal}?` : signal));
}

interface Sources {
  readonly agent?: Mapping;
  /** Names that a Secret in the input sets. */
  readonly secret?: readonly string[];
  readonly hasUnknown?: boolean;
}

const endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
const toAgent = { [endpoint]: "http://localhost:4318" };
const secret = { secretKeyRef: { name: "settings", key: "exporter" } };

describe("the agent rejects", () => {
  const cases: [string, Parameters<typeof rejected>, string[]][] = [
    ["both signals by default", [toAgent], ["metrics?", "logs?"]],
    ["both signals of an SDK without settings", [{}], ["metrics?", "logs?"]],
    [
      "a signal by gRPC",
      [{ [endpoint]: "http://127.0.0.1:4317", OTEL_METRICS_EXPORTER: "otlp" }],
      ["metrics", "logs?"],
    ],
    ["a signal among several exporters", [{ ...toAgent, OTEL_LOGS_EXPORTER: "console, otlp" }], ["metrics?", "logs"]],
    ["a signal of Python's exporter", [{ ...toAgent, OTEL_LOGS_EXPORTER: "otlp_proto_http" }], ["metrics?", "logs"]],
    [
      "a signal whose exporter is empty, which means the default",
      [{ ...toAgent, OTEL_LOGS_EXPORTER: "" }],
      ["metrics?", "logs?"],
    ],
    [
      "a signal with its own endpoint",
      [{ [endpoint]: "http://gateway:4318", OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://localhost:4318/v1/logs" }],
      ["logs?"],
    ],
    [
      "no signal with another exporter",
      [{ ...toAgent, OTEL_METRICS_EXPORTER: "prometheus", OTEL_LOGS_EXPORTER: "none" }],
      [],
    ],
    ["no signal whose exporter isn't known", [{ ...toAgent, OTEL_METRICS_EXPORTER: secret }], ["logs?"]],
    ["no signal whose exporter a source sets", [toAgent, { secret: ["OTEL_METRICS_EXPORTER"] }], ["logs?"]],
    ["no signal that goes elsewhere", [{ [endpoint]: "http://gateway:4318" }], []],
    ["no signal that goes to another loopback address", [{ [endpoint]: "http://[::1]:4318" }], []],
    [
      "a signal that goes to a name of the agent's address",
      [{ [endpoint]: "http://a.localhost:4318" }],
      ["metrics?", "logs?"],
    ],
    ["nothing of an SDK that a file configures", [{ ...toAgent, OTEL_CONFIG_FILE: "/etc/otel.yaml" }], []],
    ["no signal that goes to another port of the pod", [{ [endpoint]: "http://localhost:4319" }], []],
    ["no signal whose endpoint isn't known", [{ [endpoint]: secret, OTEL_LOGS_EXPORTER: "otlp" }], []],
    ["no signal whose endpoint a source sets", [{}, { secret: [endpoint] }], []],
    ["no signal whose endpoint a source may set", [{}, { hasUnknown: true }], []],
    ["a signal whose exporter a source may set", [toAgent, { hasUnknown: true }], ["metrics?", "logs?"]],
    ["no signal that is selected if the image may have an endpoint", [{ OTEL_METRICS_EXPORTER: "otlp" }], ["logs?"]],
    ["nothing of a disabled SDK", [{ ...toAgent, OTEL_SDK_DISABLED: "TRUE" }], []],
    ["nothing of an SDK that may be disabled", [{ ...toAgent, OTEL_SDK_DISABLED: secret }], []],
    ["both signals of an enabled SDK", [{ ...toAgent, OTEL_SDK_DISABLED: "false" }], ["metrics?", "logs?"]],
    ["no signal that it forwards", [toAgent, { agent: { signals: ["traces", "metrics"] } }], ["logs?"]],
    [
      "nothing that spec.agent.config forwards",
      [
        toAgent,
        {
          agent: {
            config: {
              service: { pipelines: { "logs/all": { receivers: ["otlp"] }, metrics: { receivers: ["otlp"] } } },
            },
          },
        },
      ],
      [],
    ],
    [
      "a signal that only another receiver accepts",
      [toAgent, { agent: { config: { service: { pipelines: { metrics: { receivers: ["prometheus"] } } } } } }],
      ["metrics?", "logs?"],
    ],
    ["nothing if it has no port for OTLP", [toAgent, { agent: { config: { receivers: { otlp: null } } } }], []],
  ];
  for (const [name, args, expected] of cases) test(name, () => assert.deepEqual(rejected(...args), expected));

  test("nothing if it is a Jaeger agent, which doesn't accept OTLP", () => {
    const env = { variables: new Map(), unknownSources: [] };
    assert.deepEqual(
      rejectedSignals(env, { parts: partsOf(configured({ agent: { type: "jaeger" } })), workload: web() }),
      [],
    );
  });
});
