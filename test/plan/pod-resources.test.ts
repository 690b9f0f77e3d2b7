import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { run } from "../../src/pipeline/run";
import type { Mapping } from "../../src/yaml/value";
import { resultsOf } from "../support/fixture";

/*
 * Findings about the resources of the whole pod with the agent, which requests 50m of cpu and 64Mi of memory, and has
 * limits of 100m and 128Mi.
 */

interface Case {
  readonly pod?: Mapping;
  /** The resources of the pod's container. */
  readonly resources?: Mapping;
  /** The `limits` of a LimitRange in the pod's namespace. */
  readonly limits?: readonly Mapping[];
  readonly agent?: Mapping;
}

const native = { native: true };

/** Runs the function on a Deployment, and returns the messages with a code. */
function find(code: string, { pod, resources = {}, limits, agent = {} }: Case): string[] {
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "shop" },
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "web", image: "shop/web:1.0", resources }], ...pod },
      },
    },
  };
  const limitRange = {
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: { name: "limits", namespace: "shop" },
    spec: { limits: limits ?? [] },
  };
  const list = {
    apiVersion: "config.kubernetes.io/v1",
    kind: "ResourceList",
    items: [deployment, ...(limits === undefined ? [] : [limitRange])],
    functionConfig: {
      apiVersion: "tracing-sidecar.dev/v1alpha1",
      kind: "TracingSidecar",
      metadata: { name: "tracing" },
      spec: { selector: {}, collector: { endpoint: "otel-collector:4317" }, agent },
    },
  };
  return resultsOf(run(JSON.stringify(list)))
    .filter(({ tags }) => tags?.code === code)
    .map(({ message }) => message);
}

/** Declares a test for each case. `false` means that nothing is reported. */
function table(code: string, cases: readonly (readonly [name: string, expected: RegExp | false, testCase: Case])[]) {
  describe(code, () => {
    for (const [name, expected, testCase] of cases) {
      it(`${expected === false ? "ignores" : "reports"} ${name}`, () => {
        const messages = find(code, testCase);
        if (expected === false) assert.deepEqual(messages, []);
        else {
          assert.equal(messages.length, 1, messages.join("\n"));
          assert.match(messages[0] as string, expected);
        }
      });
    }
  });
}

const ofPod = (requests: Mapping, limits: Mapping = {}): Mapping => ({ resources: { requests, limits } });
const requests = (cpu: string): Mapping => ({ requests: { cpu } });
const init = (cpu: string, restartPolicy?: string): Mapping => ({
  name: "init",
  image: "init:1",
  resources: { requests: { cpu } },
  ...(restartPolicy === undefined ? {} : { restartPolicy }),
});

table("warn-exceeds-pod-resources", [
  [
    "a sum of requests above the pod's",
    /the containers' total requests\.cpu of 130m exceeds the pod's requests\.cpu of 100m, so Kubernetes rejects the pod\. Raise it to at least 130m, or lower spec\.agent\.resources\.$/,
    { pod: ofPod({ cpu: "100m" }), resources: requests("80m") },
  ],
  ["a sum with a native sidecar", /130m/, { pod: ofPod({ cpu: "100m" }), resources: requests("80m"), agent: native }],
  [
    "a sum with a request that defaults to the limit",
    /130m/,
    { pod: ofPod({ cpu: "100m" }), resources: { limits: { cpu: "80m" } } },
  ],
  [
    "an init container that starts after the agent",
    /requests\.cpu of 140m/,
    {
      pod: { ...ofPod({ cpu: "100m" }), initContainers: [init("90m")] },
      agent: { native: true, position: "first" },
    },
  ],
  [
    "an init container that starts before the agent",
    false,
    { pod: { ...ofPod({ cpu: "100m" }), initContainers: [init("90m")] }, agent: native },
  ],
  [
    "an init container next to an agent that starts after it",
    false,
    { pod: { ...ofPod({ cpu: "100m" }), initContainers: [init("90m")] } },
  ],
  [
    "another sidecar, which keeps running",
    /requests\.cpu of 140m/,
    { pod: { ...ofPod({ cpu: "100m" }), initContainers: [init("90m", "Always")] } },
  ],
  ["a sum that equals the pod's requests", false, { pod: ofPod({ cpu: "130m" }), resources: requests("80m") }],
  [
    "a sum above the pod's limit, which the missing request defaults to",
    /the containers' total requests\.memory of 164Mi exceeds the pod's limits\.memory of 150Mi.*Raise it to/,
    { pod: ofPod({}, { memory: "150Mi" }), resources: { requests: { memory: "100Mi" } } },
  ],
  [
    "a limit of the agent above the pod's",
    /The agent's limits\.cpu of 100m exceeds the pod's limits\.cpu of 60m.*to at least 100m/,
    { pod: ofPod({}, { cpu: "60m" }) },
  ],
  [
    "a limit of a native sidecar, which the API doesn't compare",
    false,
    { pod: ofPod({}, { cpu: "60m" }), agent: native },
  ],
  ["a limit that equals the pod's", false, { pod: ofPod({}, { cpu: "0.1" }) }],
  [
    "limits whose sum exceeds the pod's",
    false,
    { pod: ofPod({}, { cpu: "1" }), resources: { limits: { cpu: "950m" } } },
  ],
  [
    "huge pages whose sum exceeds the pod's",
    /the containers' total requests\.hugepages-2Mi of 6Mi exceeds the pod's requests\.hugepages-2Mi of 4Mi/,
    {
      pod: ofPod({}, { "hugepages-2Mi": "4Mi", cpu: "1" }),
      resources: { limits: { cpu: "10m", "hugepages-2Mi": "2Mi" } },
      agent: { resources: { limits: { cpu: "10m", "hugepages-2Mi": "4Mi" } } },
    },
  ],
  [
    "a request that a LimitRange adds after the pod's default",
    /requests\.cpu of 70m exceeds the pod's requests\.cpu of 50m/,
    { pod: ofPod({}, { cpu: "1" }), limits: [{ type: "Container", defaultRequest: { cpu: "20m" } }] },
  ],
  ["a pod that is rejected without the agent too", false, { pod: ofPod({ cpu: "70m" }), resources: requests("80m") }],
  ["a pod with a request that isn't a quantity", false, { pod: ofPod({ cpu: "lots" }), resources: requests("80m") }],
  [
    "a container with a request that isn't a quantity",
    false,
    { pod: ofPod({ cpu: "1m" }), resources: requests("lots") },
  ],
  ["another resource", false, { pod: ofPod({ memory: "64Mi" }), resources: requests("80m") }],
  ["a pod without resources of its own", false, { resources: requests("80m") }],
]);

const podLimits = (limit: Mapping, ...others: readonly Mapping[]) => [{ type: "Pod", ...limit }, ...others];

table("warn-violates-limit-range", [
  [
    "limits of the pod above the maximum",
    /LimitRange "limits" rejects the pod: limits\.memory of all containers must add up to at most 1Gi, but with the agent, the sum is 1152Mi\. Change spec\.agent\.resources\.$/,
    { resources: { limits: { memory: "1Gi" } }, limits: podLimits({ max: { memory: "1Gi" } }) },
  ],
  [
    "limits of the pod below the minimum, because only the agent has one",
    /limits\.cpu of all containers must add up to at least 200m, but with the agent, the sum is 100m/,
    { resources: requests("500m"), limits: podLimits({ min: { cpu: "200m" } }) },
  ],
  [
    "a ratio of limits to requests above the maximum",
    /limits\.cpu of all containers must add up to at most 1\.1 times requests\.cpu, but with the agent, the sums are 200m and 150m/,
    { resources: { limits: { cpu: "100m" } }, limits: podLimits({ maxLimitRequestRatio: { cpu: "1.1" } }) },
  ],
  [
    "limits of the pod that a LimitRange adds",
    /the sum is 600m/,
    { limits: podLimits({ max: { cpu: "550m" } }, { type: "Container", default: { cpu: "500m" } }) },
  ],
  [
    "limits that equal the maximum",
    false,
    { resources: { limits: { memory: "1Gi" } }, limits: podLimits({ max: { memory: "1152Mi" } }) },
  ],
  [
    "an init container that needs more than all others, before the agent",
    false,
    {
      pod: { initContainers: [{ name: "init", image: "init:1", resources: { limits: { cpu: "1" } } }] },
      resources: { limits: { cpu: "100m" } },
      limits: podLimits({ max: { cpu: "1" } }),
    },
  ],
  [
    "a pod that is rejected without the agent too",
    false,
    { resources: { limits: { memory: "2Gi" } }, limits: podLimits({ max: { memory: "1Gi" } }) },
  ],
  ["a pod without a limit, which is rejected anyway", false, { limits: podLimits({ max: { cpu: "1m" } }) }],
  [
    "resources of the pod itself, which don't change",
    false,
    {
      pod: ofPod({ cpu: "1" }, { cpu: "1" }),
      resources: { limits: { cpu: "1" } },
      limits: podLimits({ max: { cpu: "1" } }),
    },
  ],
  [
    "a bound that isn't a quantity",
    false,
    { resources: { limits: { cpu: "1" } }, limits: podLimits({ max: { cpu: "lots" } }) },
  ],
  [
    "an agent without the limit that a ratio needs",
    /LimitRange "limits" rejects the pod: requests\.cpu and limits\.cpu must be set\. Change/,
    {
      resources: { requests: { cpu: "1" }, limits: { cpu: "1" } },
      limits: [{ type: "Container", maxLimitRequestRatio: { cpu: "2" } }],
      agent: { resources: { requests: { cpu: "1" } } },
    },
  ],
]);

const guaranteed = { limits: { cpu: "2", memory: "1Gi" } };
const equal = { resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "50m", memory: "64Mi" } } };

table("notice-qos-class-changed", [
  [
    "a pod whose requests default to its limits",
    /Guaranteed.*Burstable.*Deployment shop\/web/,
    { resources: guaranteed },
  ],
  ["a native sidecar", /Burstable/, { resources: guaranteed, agent: native }],
  [
    "requests that equal the limits",
    /set equal requests and limits for cpu and memory\.$/,
    { resources: { ...guaranteed, requests: { cpu: "2000m", memory: "1024Mi" } } },
  ],
  ["an agent without resources", /Burstable/, { resources: guaranteed, agent: { resources: {} } }],
  [
    "limits that a LimitRange adds",
    /Burstable/,
    { limits: [{ type: "Container", default: { cpu: "2", memory: "1Gi" } }] },
  ],
  ["an agent with equal requests and limits", false, { resources: guaranteed, agent: equal }],
  ["a pod that is Burstable anyway", false, { resources: { ...guaranteed, requests: { cpu: "1" } } }],
  ["a pod without a limit for memory", false, { resources: { limits: { cpu: "1" } } }],
  ["a pod without resources, which is BestEffort", false, {}],
  [
    "a pod with resources of its own, which decide the class",
    false,
    { resources: guaranteed, pod: ofPod({ cpu: "3", memory: "2Gi" }, { cpu: "3", memory: "2Gi" }) },
  ],
  [
    "a pod with an init container that isn't Guaranteed",
    false,
    { resources: guaranteed, pod: { initContainers: [init("10m")] } },
  ],
]);
