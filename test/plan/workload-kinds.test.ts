import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Configuration } from "../../src/config/configuration";
import { readConfiguration } from "../../src/config/read";
import { toObject } from "../../src/kube/object";
import { toWorkload, type Workload, workloadKinds } from "../../src/kube/workload";
import { run } from "../../src/pipeline/run";
import { isNative, nativeSidecar } from "../../src/plan/agents/native-sidecar";
import { ownershipOf } from "../../src/plan/objects/metadata";
import { podMonitor } from "../../src/plan/objects/pod-monitor";
import { select } from "../../src/plan/select";
import { get, getList, getString, type Mapping, type Value } from "../../src/yaml/value";
import { restrictedRules } from "../support/api-rules";
import { codesOf, resultsOf, splitResults } from "../support/fixture";

const labels = { app: "web" };
const podSpec = { containers: [{ name: "web", image: "shop/web:1.0" }] };

/** An object of a kind, with a pod template where that kind has it. */
function objectOf({ group, kind, template }: (typeof workloadKinds)[number], parts: Mapping = {}): Mapping {
  const pod = { metadata: { labels }, spec: podSpec };
  const version = group === "" ? "v1" : `${group}/v1`;
  const metadata = { name: "web", namespace: "shop" };
  if (template.length === 0) return { apiVersion: version, kind, ...pod, metadata: { ...metadata, labels }, ...parts };
  const spec = template.slice(1).reduceRight<Mapping>((inner, key) => ({ [key]: inner }), pod);
  return { apiVersion: version, kind, metadata, spec: { ...spec, ...required[kind] }, ...parts };
}

const selector = { matchLabels: labels };

/** What the API wants of a kind's spec beside the template. */
const required: { readonly [kind: string]: Mapping } = {
  Deployment: { selector },
  StatefulSet: { selector, serviceName: "web" },
  DaemonSet: { selector },
  ReplicaSet: { selector },
  CronJob: { schedule: "0 3 * * *" },
  Rollout: { selector },
};

function workload(kind: string, parts: Mapping = {}): Workload {
  const known = workloadKinds.find((one) => one.kind === kind);
  assert.ok(known !== undefined);
  const found = toWorkload(toObject(objectOf(known, parts)));
  assert.ok(found !== undefined);
  return found;
}

function configuration(spec: Mapping = {}): Configuration {
  const read = readConfiguration({
    apiVersion: "tracing-sidecar.dev/v1alpha1",
    kind: "TracingSidecar",
    metadata: { name: "tracing" },
    spec: { selector: { kinds: allKinds }, collector: { endpoint: "collector:14250" }, ...spec },
  });
  assert.ok("configuration" in read, JSON.stringify(read));
  return read.configuration;
}

const allKinds = workloadKinds.map(({ kind }) => kind);

/** A list in JSON, which every reader of YAML takes. */
function list(items: readonly Value[], spec: Mapping = {}): string {
  return JSON.stringify({
    apiVersion: "config.kubernetes.io/v1",
    kind: "ResourceList",
    items,
    functionConfig: {
      apiVersion: "tracing-sidecar.dev/v1alpha1",
      kind: "TracingSidecar",
      metadata: { name: "tracing" },
      spec: { selector: { kinds: allKinds }, collector: { endpoint: "collector:14250" }, ...spec },
    },
  });
}

function itemsOf(text: string): string {
  return splitResults(text).rest.split('"functionConfig"')[0] ?? "";
}

describe("a workload in a list is found however its kind is written", () => {
  const body = "  metadata: {name: web}\n  spec: {template: {spec: {containers: [{name: web}]}}}\n";
  const cases: [string, string, boolean][] = [
    ["plainly", `- apiVersion: apps/v1\n  kind: StatefulSet\n${body}`, true],
    ["with comments", `- apiVersion: apps/v1 # group\n  kind: StatefulSet   # kind\n${body}`, true],
    ["in quotes", `- apiVersion: "apps/v1"\n  kind: 'StatefulSet'\n${body}`, true],
    ["kind first", `- kind: StatefulSet\n  apiVersion: apps/v1\n${body}`, true],
    ["last", `-${body.slice(1)}  apiVersion: apps/v1\n  kind: StatefulSet\n`, true],
    [
      "with wide dashes",
      `-   apiVersion: apps/v1\n    kind: StatefulSet\n${body.replace(/^/gm, "  ").trimEnd()}\n`,
      true,
    ],
    ["of another group", `- apiVersion: acme.example.com/v1\n  kind: StatefulSet\n${body}`, false],
    [
      "within a text",
      `- apiVersion: v1\n  kind: ConfigMap\n  data:\n    a: |\n      kind: StatefulSet\n${body}`,
      false,
    ],
  ];
  for (const [name, item, found] of cases) {
    test(name, () => {
      const config = list([])
        .replace(/^.*"functionConfig":/, "functionConfig: ")
        .slice(0, -1);
      const { stdout } = run(`apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${item}${config}\n`);
      assert.equal(codesOf({ stdout }).includes("injected"), found, stdout);
    });
  }
});

describe("a native sidecar", () => {
  const cases: [kind: string, native: boolean | undefined, expected: boolean][] = [
    ["Deployment", undefined, false],
    ["Pod", undefined, false],
    ["Job", undefined, true],
    ["CronJob", undefined, true],
    ["Deployment", true, true],
    ["Job", false, false],
  ];
  for (const [kind, native, expected] of cases) {
    test(`of a ${kind}, native ${native}: ${expected}`, () => {
      const asked = configuration({ agent: native === undefined ? {} : { native } });
      assert.equal(isNative(asked, workload(kind)), expected);
    });
  }

  const httpGet = { path: "/", port: "admin-http" };

  test("stays, and holds the app back until the agent is ready", () => {
    const container = { name: "agent", image: "agent:1", args: ["a"], livenessProbe: { httpGet } };
    assert.deepEqual(Object.entries(nativeSidecar(container)), [
      ["name", "agent"],
      ["image", "agent:1"],
      ["restartPolicy", "Always"],
      ["args", ["a"]],
      ["livenessProbe", { httpGet }],
      ["startupProbe", { httpGet, periodSeconds: 1, failureThreshold: 60 }],
    ]);
  });

  test("has no startup probe where nothing tells that the agent is ready", () => {
    assert.deepEqual(nativeSidecar({ name: "agent", image: "agent:1" }), {
      name: "agent",
      image: "agent:1",
      restartPolicy: "Always",
    });
  });

  test("is the same object for the same container", () => {
    const container = { name: "agent", image: "agent:1" };
    assert.equal(nativeSidecar(container), nativeSidecar(container));
  });
});

describe("the PodMonitor's selector", () => {
  const own = { matchLabels: { own: "yes" } };
  for (const { kind, selector } of workloadKinds) {
    test(`of a ${kind} is ${selector === undefined ? "its pod labels" : "its own"}`, () => {
      const plain = workload(kind);
      const body = get(plain.object.value, "spec") as Mapping;
      const monitored = configuration({ podMonitor: {} });
      const selecting = workload(kind, { spec: { ...body, selector: own } });
      const made = podMonitor(monitored, selecting, ownershipOf(monitored, selecting), "m");
      assert.ok(made !== undefined && "object" in made);
      assert.deepEqual(get(made.object, "spec", "selector"), selector === undefined ? { matchLabels: labels } : own);
    });
  }
});

describe("a Rollout", () => {
  const workloadRef = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };

  test("with workloadRef is skipped", () => {
    assert.deepEqual(select(workload("Rollout", { spec: { workloadRef } }), configuration()), {
      outcome: "skipped",
      code: "skipped-workload-ref",
      reason: "its pods are those of Deployment web (spec.workloadRef): select that",
    });
  });

  test("without it is as any other", () => {
    assert.deepEqual(select(workload("Rollout"), configuration()), { outcome: "selected" });
  });

  test("a workloadRef of another kind is nothing", () => {
    const { spec } = workload("Deployment").object.value as { spec: Mapping };
    const deployment = workload("Deployment", { spec: { ...spec, workloadRef } });
    assert.deepEqual(select(deployment, configuration()), { outcome: "selected" });
  });
});

describe("what cannot change once it is applied", () => {
  const named = (kind: string, name: string, annotations: Mapping = {}) => {
    const { value } = workload(kind).object;
    return { ...(value as Mapping), metadata: { name, annotations, labels } };
  };

  test("is one notice a kind, with a count", () => {
    const optedOut = named("Job", "d", { "tracing-sidecar.dev/inject": "false" });
    const jobs = [named("Job", "a"), named("Job", "b"), named("Job", "c"), optedOut];
    const outcome = run(list([...jobs, named("Pod", "p"), named("CronJob", "cron"), named("Deployment", "web")]));
    const notices = resultsOf(outcome).filter(({ tags }) => tags?.code === "notice-immutable");
    assert.deepEqual(
      notices.map(({ message, severity }) => [severity, message.split(",")[0]]),
      [
        ["info", "Job a and 2 more: a Job cannot get or lose containers once it is applied"],
        ["info", "Pod p: a Pod cannot get or lose containers once it is applied"],
      ],
    );
  });
});

describe("every kind with every flavour", () => {
  /** By kind, the schema of Kubernetes; Argo's Rollout is not among them. */
  const models: { [kind: string]: new (data: Mapping) => { validate(): void } } = {};
  before(async () => {
    // The package is of ES modules, which CommonJS can import only so.
    for (const kinds of await Promise.all([
      import("kubernetes-models/apps/v1"),
      import("kubernetes-models/batch/v1"),
      import("kubernetes-models/v1"),
    ])) {
      Object.assign(models, kinds);
    }
  });

  /** What the API server takes, also in a namespace at the Pod Security level "restricted". */
  function mustBeAdmissible(object: Mapping, agent: string): void {
    const kind = String(object["kind"]);
    const Model = models[kind];
    if (kind !== "Rollout") assert.ok(Model !== undefined);
    if (Model !== undefined) new Model(object).validate();
    const template = workloadKinds.find((one) => one.kind === kind)?.template ?? [];
    const containers = ["containers", "initContainers"].flatMap((list) => getList(object, ...template, "spec", list));
    const ours = containers.find((container) => getString(container, "name") === agent);
    assert.deepEqual(restrictedRules(ours as Mapping), []);
  }

  for (const known of workloadKinds) {
    for (const type of ["jaeger", "otelcol"]) {
      test(`${known.kind}, ${type}`, () => {
        const input = (spec: Mapping) =>
          list([objectOf(known)], {
            podMonitor: {},
            pod: { labels: { traced: "yes" }, annotations: { a: "b" } },
            ...spec,
          });
        const asked = [{ type }, { type, native: true }, { type, native: false }];
        const [plain = "", native = "", ordinary = ""] = asked.map((agent) => {
          const { stdout, stderr, status } = run(input({ agent }));
          assert.equal(status, 0, stderr);
          return stdout;
        });
        const isDefault = known.runsToCompletion === true ? native : ordinary;
        assert.equal(itemsOf(plain), itemsOf(isDefault));
        assert.notEqual(itemsOf(native), itemsOf(ordinary));
        const listed = (text: string, containers: string) => {
          const spec = get(itemOf(text), ...known.template, "spec", containers) as readonly Value[] | undefined;
          return spec?.map((container) => getString(container, "name"));
        };
        const agent = type === "jaeger" ? "jaeger-agent" : "otel-collector";
        assert.deepEqual([listed(native, "initContainers"), listed(native, "containers")], [[agent], ["web"]]);
        assert.deepEqual(
          [listed(ordinary, "initContainers"), listed(ordinary, "containers")],
          [undefined, ["web", agent]],
        );

        for (const text of [native, ordinary]) mustBeAdmissible(itemOf(text) as Mapping, agent);

        const changed = run(withAgent(native, { type, native: false }));
        assert.equal(itemsOf(changed.stdout), itemsOf(ordinary), "native to ordinary");
        assert.equal(itemsOf(run(withAgent(ordinary, { type, native: true })).stdout), itemsOf(native), "and back");
        assert.equal(itemsOf(run(native).stdout), itemsOf(native), "a second run changes nothing");
        const absent = run(native.replace('"collector":', '"state":"absent","collector":'));
        assert.equal(itemsOf(absent.stdout), itemsOf(input({})), "what was added is taken back");
      });
    }
  }

  function itemOf(text: string): Value {
    return (JSON.parse(text) as { items: Value[] }).items[0] as Value;
  }

  function withAgent(text: string, agent: Mapping): string {
    return text.replace(/"agent":\{[^}]*\}/, `"agent":${JSON.stringify(agent)}`);
  }
});
