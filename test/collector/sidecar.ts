import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { get, type Mapping } from "../../src/yaml/value";
import { find } from "../hosts/support";
import { freePort } from "../support/free-port";
import { argsOf, environmentOf, type PodFields } from "../support/kubelet";
import {
  answers,
  type Collector,
  type CollectorProgram,
  collectorPrograms,
  containersOf,
  isCollector,
  rendered,
  startAgent,
} from "./support";

/** The fields of the pod of the app and its sidecar. */
export const fields: PodFields = {
  "metadata.name": "web-5d4f6c7b8-x2x2x",
  "metadata.namespace": "shop",
  "metadata.labels['version']": "1.10",
  "metadata.annotations['note']": "any text",
};

/** A running sidecar, with its app. */
export interface Sidecar extends Collector {
  /** The URL that Prometheus scrapes. */
  readonly metrics: string;
  /** Sends a span as the app does. */
  send(span: string): Promise<void>;
  /** Sends a request, as JSON, to a path of the OTLP endpoint. Returns the status of the response. */
  post(path: string, body: string): Promise<number>;
}

/** The configuration that a sidecar is rendered from. The files that it mounts must exist when it starts. */
export interface Rendering {
  /** `spec.collector` of the configuration. */
  readonly collector: Mapping;
  readonly mountPath: string;
  readonly tags?: Mapping;
  readonly signals?: readonly string[];
  /** More fields of `spec.agent`. */
  readonly agent?: Mapping;
  /** `spec.agent.config`. If omitted, the agent retries and reloads within seconds. */
  readonly config?: Mapping;
  /** The values of variables whose source is a Secret. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** More fields of the pod. */
  readonly podFields?: PodFields;
  /** The Collector to run; omitted for the default version. */
  readonly program?: CollectorProgram;
  /** Limits the process with this ID before it starts the Collector. */
  readonly confine?: (pid: number) => void;
}

/**
 * Starts the sidecar of a rendered Deployment, with the arguments and environment that the kubelet gives it. It listens on
 * free ports.
 */
export async function startSidecar(t: TestContext, rendering: Rendering): Promise<Sidecar> {
  const numbers = await Promise.all(Array.from({ length: 6 }, freePort));
  const [otlpGrpc = 0, otlpHttp = 0, jaegerCompact = 0, jaegerBinary = 0, health = 0, metrics = 0] = numbers;
  const ports = { otlpGrpc, otlpHttp, jaegerCompact, jaegerBinary, health, metrics };
  const { secrets = {}, podFields = {}, program = collectorPrograms()[0] as CollectorProgram, confine } = rendering;
  const agentFields = {
    config: rendering.config ?? quickRetries(rendering, program),
    image: `otel/opentelemetry-collector-contrib:${program.version}`,
    ports,
    ...rendering.agent,
  };
  const [workload] = rendered(deploymentWith({ ...rendering, agent: agentFields }));
  const containers = containersOf(get(workload, "spec", "template", "spec"));
  const [app, agent] = [containers.find((container) => !isCollector(container)), containers.find(isCollector)];
  assert.ok(app !== undefined && agent !== undefined);
  const variables = new Map([...Object.entries(secrets), ...environmentOf(agent, { ...fields, ...podFields })]);
  const running = await startAgent(t, find(program.program) as string, {
    args: argsOf(agent, variables),
    env: variables,
    ready: () => answers(`http://127.0.0.1:${health}/`),
    ...(confine === undefined ? {} : { confine }),
  });
  return {
    ...running,
    metrics: `http://127.0.0.1:${metrics}/metrics`,
    send: (span) => send(environmentOf(app, fields), span),
    post: async (path, body) => (await post(environmentOf(app, fields), path, body)).status,
  };
}

/** Returns settings with which the agent retries, and reads a renewed certificate, within seconds. */
function quickRetries({ collector, agent }: Rendering, program: CollectorProgram): Mapping {
  const reload = get(collector, "tls", "clientCertificate") ? { tls: { reload_interval: "1s" } } : {};
  const retries = { retry_on_failure: { initial_interval: "500ms", max_interval: "1s" } };
  return { exporters: { [exporterOf(program, agent?.["protocol"] === "http")]: { ...retries, ...reload } } };
}

/** Returns the name of the exporter in a version of the Collector. */
export function exporterOf({ version }: CollectorProgram, isHttp = false): string {
  const isOld = Number(version.split(".")[1]) < 144;
  return isHttp ? (isOld ? "otlphttp" : "otlp_http") : isOld ? "otlp" : "otlp_grpc";
}

/** Returns the Certificate that is rendered for the sidecar's client certificate. */
export function certificateFor(collector: Mapping): Mapping {
  const certificates = rendered(deploymentWith({ collector, mountPath: "/tls" })).filter(
    (item) => item.kind === "Certificate",
  );
  assert.equal(certificates.length, 1);
  return certificates[0] as Mapping;
}

/** Returns a ResourceList with a Deployment as JSON, which is also YAML. */
function deploymentWith({ collector, mountPath, tags, signals, agent }: Rendering): string {
  return JSON.stringify({
    apiVersion: "config.kubernetes.io/v1",
    kind: "ResourceList",
    items: [
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web", namespace: "shop" },
        spec: { template: { spec: { containers: [{ name: "web", image: "shop/web:1.0" }] } } },
      },
    ],
    functionConfig: {
      apiVersion: "tracing-sidecar.dev/v1alpha1",
      kind: "TracingSidecar",
      metadata: { name: "tracing" },
      spec: {
        selector: {},
        collector,
        agent: { type: "otelcol", mountPath, tags, signals, ...agent },
        app: { presets: ["opentelemetry"] },
      },
    },
  });
}

/** Sends a span as an SDK does, with the endpoint, protocol and resource attributes from its environment. */
async function send(env: ReadonlyMap<string, string>, span: string): Promise<void> {
  assert.equal(env.get("OTEL_EXPORTER_OTLP_PROTOCOL"), "http/protobuf");
  const attributes = (env.get("OTEL_RESOURCE_ATTRIBUTES") ?? "").split(",").map((pair) => pair.split("="));
  assert.equal(Object.fromEntries(attributes)["k8s.pod.name"], fields["metadata.name"]);
  const body = {
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: "web" } }] },
        scopeSpans: [
          {
            spans: [
              {
                traceId: "5b8efff798038103d269b633813fc60c",
                spanId: "eee19b7ec3c1b174",
                name: span,
                kind: 2,
                startTimeUnixNano: "1700000000000000000",
                endTimeUnixNano: "1700000001000000000",
              },
            ],
          },
        ],
      },
    ],
  };
  const response = await post(env, "/v1/traces", JSON.stringify(body));
  assert.equal(response.status, 200, await response.text());
}

function post(env: ReadonlyMap<string, string>, path: string, body: string): Promise<Response> {
  return fetch(`${env.get("OTEL_EXPORTER_OTLP_ENDPOINT")}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
}
