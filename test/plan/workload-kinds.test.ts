import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Configuration } from "../../src/config/configuration";
import { readConfiguration } from "../../src/config/read-tracing-sidecar";
import { workloadKinds } from "../../src/kube/workload";
import { run } from "../../src/pipeline/run";
import { agentTypeNames } from "../../src/plan/agents/index";
import { isNative } from "../../src/plan/agents/native-sidecar";
import { ownershipOf } from "../../src/plan/objects/metadata";
import { podMonitor } from "../../src/plan/objects/pod-monitor";
import { get, getList, getString, type Mapping, type Value } from "../../src/yaml/value";
import { restrictedRules } from "../support/api-rules";
import { configured } from "../support/configured";
import { codesOf, resultsOf, splitResults } from "../support/fixture";
import { select } from "../support/selection";
import { labels, objectOf, workload } from "../support/workload-of-kind";

function configuration(spec: Mapping = {}): Configuration {
  const read = readConfiguration({
    apiVersion: "tracing-sidecar.dev/v1alpha1",
    kind: "TracingSidecar",
    metadata: { name: "tracing" },
    spec: { selector: { kinds: allKinds }, collector: { endpoint: "collector:4317" }, ...spec },
  });
  assert.ok("configuration" in read, JSON.stringify(read));
  return read.configuration;
}

const allKinds = workloadKinds.map(({ kind }) => kind);

/** Returns a ResourceList in JSON, which is also YAML. */
function list(items: readonly Value[], spec: Mapping = {}): string {
  return JSON.stringify({
    apiVersion: "config.kubernetes.io/v1",
    kind: "ResourceList",
    items,
    functionConfig: {
      apiVersion: "tracing-sidecar.dev/v1alpha1",
      kind: "TracingSidecar",
      metadata: { name: "tracing" },
      spec: { selector: { kinds: allKinds }, collector: { endpoint: "collector:4317" }, ...spec },
    },
  });
}

function itemsOf(text: string): string {
  return splitResults(text).rest.split('"functionConfig"')[0] ?? "";
}

describe("finds a workload in a list by its apiVersion and kind", () => {
  const body = "  metadata: {name: web}\n  spec: {template: {spec: {containers: [{name: web}]}}}\n";
  const cases: [string, string, boolean][] = [
    ["in plain style", `- apiVersion: apps/v1\n  kind: StatefulSet\n${body}`, true],
    ["with comments", `- apiVersion: apps/v1 # group\n  kind: StatefulSet   # kind\n${body}`, true],
    ["in quotes", `- apiVersion: "apps/v1"\n  kind: 'StatefulSet'\n${body}`, true],
    ["with the kind first", `- kind: StatefulSet\n  apiVersion: apps/v1\n${body}`, true],
    ["at the end of the workload", `-${body.slice(1)}  apiVersion: apps/v1\n  kind: StatefulSet\n`, true],
    [
      "with wide dashes",
      `-   apiVersion: apps/v1\n    kind: StatefulSet\n${body.replace(/^/gm, "  ").trimEnd()}\n`,
      true,
    ],
    ["but not of another group", `- apiVersion: acme.example.com/v1\n  kind: StatefulSet\n${body}`, false],
    [
      "but not within a block scalar",
      `- apiVersion: v1\n  kind: ConfigMap\n  data:\n    a: |\n      kind: StatefulSet\n${body}`,
      false,
    ],
  ];
  for (const [name, item, expected] of cases) {
    test(name, () => {
      const config = list([])
        .replace(/^.*"functionConfig":/, "functionConfig: ")
        .slice(0, -1);
      const { stdout } = run(`apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n${item}${config}\n`);
      assert.equal(codesOf({ stdout }).includes("managed"), expected, stdout);
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
    test(`is ${expected ? "used" : "not used"} for a ${kind} with native: ${native}`, () => {
      const configured = configuration({ agent: native === undefined ? {} : { native } });
      assert.equal(isNative(configured, workload(kind)), expected);
    });
  }

  for (const [restartPolicy, expected] of [
    ["Never", true],
    ["OnFailure", true],
    ["Always", false],
  ] as const) {
    test(`is ${expected ? "used" : "not used"} for a Pod with restartPolicy ${restartPolicy}`, () => {
      const pod = { ...workload("Pod"), podSpec: { restartPolicy } };
      assert.equal(isNative(configuration(), pod), expected);
      assert.equal(isNative(configuration({ agent: { native: false } }), pod), false);
    });
  }

  test("doesn't depend on the restartPolicy of a workload that restarts its pods", () => {
    assert.equal(isNative(configuration(), { ...workload("Deployment"), podSpec: { restartPolicy: "Never" } }), false);
  });
});

describe("the selector of the PodMonitor", () => {
  const own = { matchLabels: { own: "yes" } };
  for (const { kind, selector } of workloadKinds) {
    test(`for a ${kind} is ${selector === undefined ? "its pod labels" : "its own selector"}`, () => {
      const spec = get(workload(kind).object.value, "spec") as Mapping;
      const monitored = configuration({ podMonitor: {} });
      const selecting = workload(kind, { spec: { ...spec, selector: own } });
      const monitor = podMonitor(monitored, selecting, ownershipOf(monitored, selecting), "m");
      assert.ok(monitor !== undefined && "object" in monitor);
      assert.deepEqual(get(monitor.object, "spec", "selector"), selector === undefined ? { matchLabels: labels } : own);
    });
  }
});

describe("a Rollout", () => {
  const workloadRef = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };

  test("is skipped with workloadRef", () => {
    assert.deepEqual(select(workload("Rollout", { spec: { workloadRef } }), configuration()), {
      outcome: "skipped",
      code: "skipped-workload-ref",
      reason: "it uses the pod template of Deployment web (spec.workloadRef). Select that workload instead",
    });
  });

  test("is selected without workloadRef", () => {
    assert.deepEqual(select(workload("Rollout"), configuration()), { outcome: "selected" });
  });

  test("is the only kind that is skipped with workloadRef", () => {
    const { spec } = workload("Deployment").object.value as { spec: Mapping };
    const deployment = workload("Deployment", { spec: { ...spec, workloadRef } });
    assert.deepEqual(select(deployment, configuration()), { outcome: "selected" });
  });
});

describe("workloads with an immutable pod template", () => {
  const named = (kind: string, name: string, annotations: Mapping = {}) => {
    const { value } = workload(kind).object;
    return { ...(value as Mapping), metadata: { name, annotations, labels } };
  };

  test("get one notice per kind, with a count", () => {
    const optedOut = named("Job", "d", { "tracing-sidecar.dev/inject": "false" });
    const jobs = [named("Job", "a"), named("Job", "b"), named("Job", "c"), optedOut];
    const outcome = run(list([...jobs, named("Pod", "p"), named("CronJob", "cron"), named("Deployment", "web")]));
    const notices = resultsOf(outcome).filter(({ tags }) => tags?.code === "notice-immutable-pod-template");
    assert.deepEqual(
      notices.map(({ message, severity }) => [severity, message.split(".")[0]]),
      [
        ["info", "Containers can't be added to or removed from a Job after it is applied"],
        ["info", "Containers can't be added to or removed from a Pod after it is applied"],
      ],
    );
  });
});

describe("injects every kind with every agent type", () => {
  /** The Kubernetes models by kind. There is none for Argo's Rollout. */
  const models: { [kind: string]: new (data: Mapping) => { validate(): void } } = {};
  before(async () => {
    // The package has ES modules, which CommonJS can only import dynamically.
    for (const kinds of await Promise.all([
      import("kubernetes-models/apps/v1"),
      import("kubernetes-models/batch/v1"),
      import("kubernetes-models/v1"),
    ])) {
      Object.assign(models, kinds);
    }
  });

  /** Asserts that the API server accepts an object, even at the Pod Security level "restricted". */
  function assertAdmissible(object: Mapping, agent: string): void {
    const kind = String(object["kind"]);
    const Model = models[kind];
    if (kind !== "Rollout") assert.ok(Model !== undefined);
    if (Model !== undefined) new Model(object).validate();
    const template = workloadKinds.find((candidate) => candidate.kind === kind)?.template ?? [];
    const containers = ["containers", "initContainers"].flatMap((list) => getList(object, ...template, "spec", list));
    const agentContainer = containers.find((container) => getString(container, "name") === agent);
    assert.deepEqual(restrictedRules(agentContainer as Mapping), []);
  }

  for (const workloadKind of workloadKinds) {
    for (const type of agentTypeNames) {
      test(`${workloadKind.kind}, ${type}`, () => {
        const input = (spec: Mapping) =>
          list([objectOf(workloadKind)], {
            podMonitor: {},
            pod: { labels: { traced: "yes" }, annotations: { a: "b" } },
            ...spec,
          });
        const agents = [{ type }, { type, native: true }, { type, native: false }];
        const [byDefault = "", native = "", ordinary = ""] = agents.map((agent) => {
          const { stdout, stderr, status } = run(input({ agent }));
          assert.equal(status, 0, stderr);
          return stdout;
        });
        const expectedDefault = workloadKind.runsToCompletion === true ? native : ordinary;
        assert.equal(itemsOf(byDefault), itemsOf(expectedDefault));
        assert.notEqual(itemsOf(native), itemsOf(ordinary));
        const containerNames = (text: string, containers: string) => {
          const spec = get(itemOf(text), ...workloadKind.template, "spec", containers) as readonly Value[] | undefined;
          return spec?.map((container) => getString(container, "name"));
        };
        const agent = configured({ agent: { type } }).agent.name;
        assert.deepEqual(
          [containerNames(native, "initContainers"), containerNames(native, "containers")],
          [[agent], ["web"]],
        );
        assert.deepEqual(
          [containerNames(ordinary, "initContainers"), containerNames(ordinary, "containers")],
          [undefined, ["web", agent]],
        );

        for (const text of [native, ordinary]) assertAdmissible(itemOf(text) as Mapping, agent);

        const switched = run(withAgent(native, { type, native: false }));
        assert.equal(itemsOf(switched.stdout), itemsOf(ordinary), "native to ordinary");
        assert.equal(itemsOf(run(withAgent(ordinary, { type, native: true })).stdout), itemsOf(native), "and back");
        assert.equal(itemsOf(run(native).stdout), itemsOf(native), "a second run changes nothing");
        const removed = run(native.replace('"collector":', '"state":"absent","collector":'));
        assert.equal(itemsOf(removed.stdout), itemsOf(input({})), "state absent removes what was added");
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
