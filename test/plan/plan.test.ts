import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Selector } from "../../src/config/configuration";
import { toObject } from "../../src/kube/object";
import type { Workload } from "../../src/kube/workload";
import { checkConfiguration, checkRun } from "../../src/plan/check-run";
import { indexObjects } from "../../src/plan/object-index";
import {
  findingsOf,
  type Injection,
  type Planned,
  type PlannedInjection,
  type WorkloadPlan,
} from "../../src/plan/plan-types";
import { createPlanner } from "../../src/plan/plan-workload";
import type { Mapping } from "../../src/yaml/value";
import { configured, plain, web } from "../support/configured";

/*
 * The plan of one workload, and the checks that need all workloads.
 */

const none = indexObjects([], undefined);
const notSelected: WorkloadPlan = { outcome: "not-selected", usage: {} };
const refused: WorkloadPlan = { outcome: "refused", findings: [] };
const injected: PlannedInjection = {
  outcome: "injected",
  objects: [],
  metricsPort: "metrics",
  findings: [],
  usage: {},
};

const decide = (workload: Workload, spec: Mapping = {}, others: readonly Mapping[] = []) =>
  createPlanner(configured(spec), indexObjects(others.map(toObject), undefined))({ workload });

/** Returns the plan of a workload that gets the agent. */
function injectionOf(workload: Workload, spec: Mapping = {}, others: readonly Mapping[] = []): Injection {
  const plan = decide(workload, spec, others);
  assert.equal(plan.outcome, "injected");
  return plan as Injection;
}

const tls = { collector: { endpoint: "collector:4317", tls: { clientCertificate: { secretName: "a" } } } };

/** Returns a workload of a run. Unless a plan is given, it is selected but not injected. */
function planned(kind: string, name: string, plan: Planned["plan"] = refused, namespace = "shop"): Planned {
  const apiVersion = kind === "Pod" ? "v1" : kind === "Job" ? "batch/v1" : "apps/v1";
  const object = toObject({ apiVersion, kind, metadata: { name, namespace } });
  return { object, plan };
}

const messages = (workloads: readonly Planned[], others: readonly Planned[] = []) =>
  checkRun(
    configured({}),
    workloads,
    others.map(({ object }) => object),
  ).map(({ code, message }) => `${code}: ${message}`);

describe("the plan has the signals that SDKs may export by default and that the agent rejects", () => {
  const cases: [string, Mapping, Injection["rejectedSignals"], environment?: Readonly<Record<string, string>>][] = [
    ["metrics and logs", {}, "metrics and logs"],
    ["only logs", { agent: { signals: ["traces", "metrics"] } }, "logs"],
    ["only metrics", { agent: { signals: ["traces", "logs"] } }, "metrics"],
    ["none if the agent forwards all", { agent: { signals: ["traces", "metrics", "logs"] } }, undefined],
    ["none without the preset", { app: {} }, undefined],
    ["not those that a variable selects", {}, "logs", { OTEL_METRICS_EXPORTER: "otlp" }],
  ];
  for (const [name, spec, expected, environment = {}] of cases) {
    test(name, () => {
      const env = Object.entries(environment).map(([variable, value]) => ({ name: variable, value }));
      const workload = web({ containers: [{ name: "web", env }] });
      assert.equal(injectionOf(workload, { app: { presets: ["opentelemetry"] }, ...spec }).rejectedSignals, expected);
    });
  }
});

test("a container without a name gets no variables", () => {
  const workload = web({ containers: [{ image: "web" }] });
  const { additions } = injectionOf(workload, { app: { presets: ["opentelemetry"] } });
  assert.deepEqual(
    additions.filter(({ path }) => path.at(-1) === "env"),
    [],
  );
});

describe("the plan of a workload", () => {
  test("is empty with state absent", () => {
    assert.deepEqual(decide(web(), { state: "absent" }), notSelected);
  });

  test("is empty if the selector does not match", () => {
    assert.deepEqual(decide(web(), { selector: { names: ["other"] } }), { ...notSelected, mismatch: "names" });
  });

  test("has the reason if the workload is skipped", () => {
    const plan = decide(web({ os: { name: "windows" } }));
    assert.equal(plan.outcome, "skipped");
    const [finding, ...more] = findingsOf(plan);
    assert.deepEqual(more, []);
    assert.equal(finding?.severity, "info");
    assert.match(finding?.message ?? "", /^Skipped: the pod runs on Windows \(os\.name\)\.$/);
    assert.equal(finding?.object?.name, "web");
  });

  test("has an error with both names if another configuration injected the workload", () => {
    const plan = createPlanner(configured({}), none)({ workload: web(), injectedBy: "other" });
    assert.equal(plan.outcome, "refused");
    assert.deepEqual(
      findingsOf(plan).map(({ code, severity, message, field }) => [code, severity, message, field?.path]),
      [
        [
          "conflict-owner",
          "error",
          'This workload is already managed by the configuration "other". Select it with only one configuration. If you renamed "other" to "tracing", change metadata.name back.',
          "metadata.annotations",
        ],
      ],
    );
  });

  for (const containers of [undefined, [], "text", {}]) {
    test(`is skipped if the containers are ${JSON.stringify(containers)}`, () => {
      const plan = decide(web(containers === undefined ? { containers: null } : { containers }));
      assert.equal(plan.outcome, "skipped");
      const [finding] = findingsOf(plan);
      assert.deepEqual([finding?.code, finding?.severity], ["skipped-incomplete", "info"]);
      assert.match(finding?.message ?? "", /^Skipped: it has no containers, so it isn't a complete workload\. If /);
    });
  }

  describe("without a name, but with generateName", () => {
    const migrate = () => {
      const { object, ...rest } = web();
      return { ...rest, object: { ...object, name: "", generateName: "web-" } };
    };

    test("is skipped if it needs a Certificate", () => {
      const clientCertificate = { certManager: { issuerRef: { name: "ca" } } };
      const collector = { endpoint: "collector:4317", tls: { clientCertificate } };
      const [finding] = findingsOf(decide(migrate(), { collector }));
      assert.deepEqual([finding?.code, finding?.severity], ["skipped-generated-name", "info"]);
    });

    test("has no reason if another configuration injected it, but has it if it opts out of every configuration", () => {
      const clientCertificate = { certManager: { issuerRef: { name: "ca" } } };
      const plan = createPlanner(
        configured({ collector: { endpoint: "collector:4317", tls: { clientCertificate } } }),
        none,
      );
      const codes = (workload: Workload) => {
        const result = plan({ workload, injectedBy: "other" });
        return [result.outcome, ...findingsOf(result).map(({ code }) => code)];
      };
      assert.deepEqual(codes(migrate()), ["skipped"]);
      assert.deepEqual(codes(web({ os: { name: "windows" } })), ["skipped", "skipped-windows"]);
    });

    test("uses the rest of generateName as its name in templates", () => {
      const plan = decide(migrate(), { app: { env: [{ name: "SERVICE", value: "{name}" }] } });
      assert.ok(plan.outcome === "injected");
      assert.match(JSON.stringify(plan.additions), /"name":"SERVICE","value":"web"/);
    });

    test("gets no PodMonitor", () => {
      const plan = decide(migrate(), { podMonitor: {} });
      assert.ok(plan.outcome === "injected");
      assert.deepEqual(plan.objects, []);
      assert.deepEqual(
        plan.findings.map(({ code }) => code),
        ["warn-no-pod-monitor"],
      );
    });
  });

  test("is skipped if the workload has no name", () => {
    const [finding] = findingsOf(decide(web({}, "")));
    assert.equal(finding?.code, "skipped-incomplete");
    assert.match(finding?.message ?? "", /^Skipped: it has no name, so/);
  });

  test("has only errors if a template expands to an invalid name", () => {
    const plan = decide(web({}, "a.b"), { agent: { type: "jaeger", volumeName: "{name}" }, ...tls });
    assert.equal(plan.outcome, "refused");
    assert.ok(findingsOf(plan).some(({ severity }) => severity === "error"));
  });

  test("has a PodMonitor only if it is configured", () => {
    assert.deepEqual(injectionOf(web()).objects, []);
    assert.deepEqual(
      injectionOf(web(), { podMonitor: {} }).objects.map(({ kind }) => kind),
      ["PodMonitor"],
    );
  });
});

describe("a workload gets", () => {
  const additionsOf = (workload: Workload, spec: Mapping = {}, others: readonly Mapping[] = []) =>
    injectionOf(workload, spec, others).additions.map((addition) => {
      const path = addition.path.map((step) => (typeof step === "string" ? step : `[${step.name}]`)).join(".");
      return [path, plain("entries" in addition ? addition.entries : addition.elements.map(({ name }) => name))];
    });

  test("only the agent's container by default", () => {
    assert.deepEqual(
      additionsOf(web()).map(([path]) => path),
      ["spec.template.spec.containers"],
    );
  });

  test("a native sidecar among the init containers", () => {
    assert.deepEqual(additionsOf(web(), { agent: { type: "jaeger", native: true } }), [
      ["spec.template.spec.initContainers", ["jaeger-agent"]],
    ]);
  });

  test("a native sidecar before the other init containers, if it must be the first", () => {
    const positions = (agent: Mapping) =>
      injectionOf(web(), { agent: { type: "jaeger", ...agent } }).additions.map((addition) =>
        "elements" in addition ? addition.position : undefined,
      );
    assert.deepEqual(positions({ native: true, position: "first" }), ["first"]);
    for (const agent of [{}, { native: true }, { native: true, position: "last" }, { position: "last" }])
      assert.deepEqual(positions(agent), [undefined]);
  });

  test("the labels and annotations that the pod does not have", () => {
    const pod = { labels: { app: "other", traced: "yes" }, annotations: { a: "b" } };
    assert.deepEqual(additionsOf(web(), { pod }).slice(0, 2), [
      ["spec.template.metadata.labels", { traced: "yes" }],
      ["spec.template.metadata.annotations", { a: "b" }],
    ]);
    assert.deepEqual(
      additionsOf(web(), { pod: { labels: { app: "other" } } }).map(([path]) => path),
      ["spec.template.spec.containers"],
    );
  });

  test("the pull secrets, with those of its ServiceAccount that it would lose", () => {
    const spec = { imagePullSecrets: [{ name: "ours" }] };
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: "shop" } };
    const secrets = (others: readonly Mapping[]) =>
      additionsOf(web(), spec, others).find(([path]) => path === "spec.template.spec.imagePullSecrets")?.[1];
    assert.deepEqual(secrets([{ ...account, imagePullSecrets: [{ name: "theirs" }] }]), ["theirs", "ours"]);
    assert.deepEqual(secrets([]), ["ours"]);
    assert.equal(injectionOf(web(), spec, [account]).unknownServiceAccount, undefined);
    assert.equal("unknownServiceAccount" in injectionOf(web(), spec, [account]), false);
    assert.equal(injectionOf(web(), spec).unknownServiceAccount, "default");
  });

  test("variables in the containers that have a name", () => {
    const workload = web({ containers: [{ name: "web", image: "a" }, { image: "b" }] });
    const paths = additionsOf(workload, { agent: { type: "otelcol" }, app: { env: [{ name: "A", value: "b" }] } });
    assert.deepEqual(
      paths.filter(([path]) => String(path).endsWith("env")).map(([path]) => path),
      ["spec.template.spec.containers.[web].env"],
    );
  });
});

describe("warns that nothing was selected", () => {
  const unselected = (count: number, mismatch: keyof Selector = "names") =>
    Array.from({ length: count }, (_, i) => planned("Deployment", `w${i}`, { ...notSelected, mismatch }));
  const message = (workloads: readonly Planned[], others: readonly Planned[] = []) =>
    messages(workloads, others).join("\n");

  test("with the names of up to ten workloads", () => {
    assert.equal(
      message(unselected(2)),
      "warn-nothing-selected: No workload was selected. The input contains Deployment shop/w0 and Deployment shop/w1, but spec.selector.names excludes all of them.",
    );
    assert.match(message(unselected(10)), /Deployment shop\/w9, but spec\.selector\.names excludes all of them\.$/);
    assert.match(
      message(unselected(11)),
      /Deployment shop\/w9, and 1 more, but spec\.selector\.names excludes all of them\.$/,
    );
    assert.match(
      message(unselected(12)),
      /Deployment shop\/w9, and 2 more, but spec\.selector\.names excludes all of them\.$/,
    );
  });

  test("with the number of objects if none of them is a workload", () => {
    const others = unselected(2);
    const expected = (count: string) =>
      `warn-nothing-selected: No workload was selected. The input contains ${count}, but no workload of a kind that can be selected.`;
    assert.equal(message([], others), expected("2 objects"));
    assert.equal(message([], others.slice(1)), expected("1 object"));
    assert.equal(message([]), expected("0 objects"));
  });

  test("at the field that excludes all workloads", () => {
    const pathOf = (workloads: readonly Planned[]) => checkRun(configured({}), workloads, [])[0]?.configField?.path;
    assert.equal(pathOf([]), "spec.selector");
    assert.equal(pathOf(unselected(2)), "spec.selector.names");
    assert.equal(pathOf([...unselected(1), ...unselected(1, "kinds")]), "spec.selector");
  });

  test("with the fields that exclude them", () => {
    assert.match(message(unselected(1)), /, but spec\.selector\.names excludes it\.$/);
    assert.match(message(unselected(2, "kinds")), /, but spec\.selector\.kinds \(Deployment\) excludes all of them\.$/);
    assert.match(
      message([...unselected(1, "matchLabels"), ...unselected(3, "kinds"), ...unselected(1, "excludeNames")]),
      /, but the selector excludes all of them: matchLabels excludes Deployment shop\/w0, kinds excludes Deployment shop\/w0 and 2 more, and excludeNames excludes Deployment shop\/w0\.$/,
    );
  });

  test("but not if a workload was selected and skipped", () => {
    assert.deepEqual(messages([...unselected(2), planned("Deployment", "web")]), []);
  });

  test("but not with state absent", () => {
    assert.deepEqual(checkRun(configured({ state: "absent" }), [], []), []);
  });
});

describe("gives a notice once", () => {
  test("per kind with an immutable pod template, with the number of workloads", () => {
    const notices = messages([
      planned("Deployment", "web", injected),
      planned("Job", "a", injected),
      planned("Pod", "c", injected),
      planned("Job", "b", injected),
      planned("Job", "d"),
    ]);
    const text = (kind: string, more = "") =>
      `notice-immutable-pod-template: Containers can't be added to or removed from a ${kind} after it is applied. Delete the existing ${kind} before you apply it again (Argo CD: sync option Replace=true,Force=true).${more}`;
    assert.deepEqual(notices, [text("Job", " The same applies to 1 other Job."), text("Pod")]);
  });

  test("per namespace and ServiceAccount whose pull secrets pods lose", () => {
    const losesSecretsOf = (name: string, account: string, namespace?: string) =>
      planned("Deployment", name, { ...injected, unknownServiceAccount: account }, namespace);
    const notices = messages([
      losesSecretsOf("a", "default"),
      losesSecretsOf("b", "robot"),
      losesSecretsOf("c", "default"),
      losesSecretsOf("d", "default", "other"),
      planned("Deployment", "e"),
    ]);
    const text = (workloads: string, account: string) =>
      `notice-pull-secrets-replaced: ${workloads} of the ServiceAccount "${account}", if it has any. Kubernetes no longer adds these once spec.imagePullSecrets is added to the pods. Add the ServiceAccount to the input, or list its pull secrets in spec.imagePullSecrets too.`;
    assert.deepEqual(notices, [
      text(
        "The pods of this workload and of 1 other workload have no pull secrets of their own, so they use those",
        "default",
      ),
      text("The pods have no pull secrets of their own, so they use those", "robot"),
      text("The pods have no pull secrets of their own, so they use those", "default"),
    ]);
  });

  test("about the signals that the agent rejects, with the names of up to ten workloads", () => {
    const rejects = (name: string, rejectedSignals: NonNullable<PlannedInjection["rejectedSignals"]>) =>
      planned("Deployment", name, { ...injected, rejectedSignals });
    const notices = messages([
      ...Array.from({ length: 12 }, (_, i) => rejects(`w${i}`, "metrics and logs")),
      planned("Deployment", "other", injected),
      rejects("a", "logs"),
    ]);
    const names = Array.from({ length: 10 }, (_, i) => `Deployment shop/w${i}`).join(", ");
    const text = (signals: string, workloads: string, added: string) =>
      `notice-signals-rejected: The agent doesn't forward ${signals}. An OpenTelemetry SDK that exports them, as the Java agent does by default, logs errors. Affected workloads may include ${workloads}. To forward ${added}, add them to the signals. To turn them off, set spec.app.otherSignals to "disable".`;
    assert.deepEqual(notices, [
      text("metrics or logs", `${names}, and 2 more`, "metrics and logs"),
      text("logs", "Deployment shop/a", "logs"),
    ]);
  });

  test("with severity info, for the first of the objects", () => {
    const findings = checkRun(configured({}), [planned("Job", "a", injected)], []);
    assert.deepEqual(
      findings.map(({ severity, object }) => [severity, object?.name]),
      [["info", "a"]],
    );
  });
});

describe("spec.app.containers", () => {
  const has = (name: string, namedContainers: readonly string[]) =>
    planned("Deployment", name, { ...injected, namedContainers });
  const found = (containers: readonly string[], ...workloads: readonly Planned[]) =>
    checkRun(configured({ app: { containers: [...containers] } }), workloads, []).map(
      ({ code, message }) => `${code}: ${message}`,
    );

  test("without a container of a workload gives one notice for all such workloads", () => {
    const text = (start: string, whose: string) =>
      `notice-no-app-container: ${start} none of the containers in spec.app.containers, so spec.app doesn't apply to any of ${whose} containers. If one of them sends spans, add it to the list.`;
    const named = has("web", ["web"]);
    assert.deepEqual(found(["web"], named, has("a", [])), [text("Deployment shop/a has", "its")]);
    assert.deepEqual(found(["web"], has("a", []), named, has("b", [])), [
      text("Deployment shop/a and Deployment shop/b have", "their"),
    ]);
  });

  test("may be empty", () => {
    assert.deepEqual(found([], has("a", [])), []);
  });

  test("with a name that no selected workload has gives a warning, unless a refused workload may have it", () => {
    const warning =
      'warn-unknown-container: No selected workload has a container "wbe". Change the name, or remove it.';
    assert.deepEqual(found(["web", "wbe"], has("a", ["web"])), [warning]);
    assert.deepEqual(found(["web", "wbe"], has("a", ["web"]), planned("Deployment", "b", refused)), []);
  });
});

test("does not check the agent of a configuration with state absent", () => {
  const agent = { type: "jaeger", image: "jaegertracing/jaeger-agent:1.11.0" };
  assert.deepEqual(checkConfiguration(configured({ agent, state: "absent" })), []);
  assert.equal(
    checkConfiguration(configured({ agent })).some(({ severity }) => severity === "error"),
    true,
  );
});
