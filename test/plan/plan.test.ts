import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toObject } from "../../src/kube/object";
import type { Workload } from "../../src/kube/workload";
import { indexObjects } from "../../src/plan/object-index";
import { checkConfiguration, checkRun } from "../../src/plan/plan-run";
import { createPlanner } from "../../src/plan/plan-workload";
import type { Planned, WorkloadPlan } from "../../src/plan/workload-plan";
import type { Mapping } from "../../src/yaml/value";
import { configured, plain, web } from "../support/configured";

/*
 * What is decided for one workload, and what only all of them together show.
 */

const none = indexObjects([], undefined);
const nothing: WorkloadPlan = { selected: false, objects: [], findings: [] };

const decide = (workload: Workload, spec: Mapping = {}, others: readonly Mapping[] = []) =>
  createPlanner(configured(spec), indexObjects(others.map(toObject), undefined))({ workload });

const tls = { collector: { endpoint: "collector:4317", tls: { clientCertificate: { secretName: "a" } } } };

/** A workload of a run. */
function planned(kind: string, name: string, parts: Partial<Planned> = {}, namespace = "shop"): Planned {
  const apiVersion = kind === "Pod" ? "v1" : kind === "Job" ? "batch/v1" : "apps/v1";
  const object = toObject({ apiVersion, kind, metadata: { name, namespace } });
  return { object, injected: false, plan: { ...nothing, selected: true }, ...parts };
}

const messages = (workloads: readonly Planned[], others: readonly Planned[] = []) =>
  checkRun(
    configured({}),
    workloads,
    others.map(({ object }) => object),
  ).map(({ code, message }) => `${code}: ${message}`);

describe("a workload", () => {
  test("carries nothing, and nothing is said, with state absent", () => {
    assert.deepEqual(decide(web(), { state: "absent" }), nothing);
  });

  test("is not picked where the selector does not match, but what it is stays known", () => {
    const plan = decide(web(), { selector: { names: ["other"] } });
    assert.equal(plan.selected, false);
    assert.equal(plan.additions, undefined);
    assert.deepEqual([plan.objects, plan.findings], [[], []]);
  });

  test("is skipped with the reason", () => {
    const plan = decide(web({ os: { name: "windows" } }));
    assert.equal(plan.selected, true);
    assert.equal(plan.additions, undefined);
    assert.deepEqual(plan.objects, []);
    assert.equal(plan.findings.length, 1);
    const [finding] = plan.findings;
    assert.equal(finding?.severity, "info");
    assert.match(finding?.message ?? "", /^Skipped: the pod runs on Windows \(os\.name\)\.$/);
    assert.equal(finding?.object?.name, "web");
  });

  test("that another configuration injected is an error, by both names", () => {
    const plan = createPlanner(configured({}), none)({ workload: web(), injectedBy: "other" });
    assert.deepEqual([plan.selected, plan.objects, plan.additions], [true, [], undefined]);
    assert.deepEqual(
      plan.findings.map(({ code, severity, message, field }) => [code, severity, message, field?.path]),
      [
        [
          "clash-owner",
          "error",
          'The configuration "other" injected this workload already: it must be selected by one configuration only, or "tracing" must be renamed to that.',
          "metadata.annotations.tracing-sidecar.dev/injected",
        ],
      ],
    );
  });

  for (const containers of [undefined, [], "text", {}]) {
    test(`must have a list of containers, not ${JSON.stringify(containers)}`, () => {
      const plan = decide(web(containers === undefined ? { containers: null } : { containers }));
      assert.deepEqual(
        plan.findings.map(({ code, severity, message, field }) => [code, severity, message, field?.path]),
        [
          [
            "invalid-object",
            "error",
            "A selected workload must have a list of containers.",
            "spec.template.spec.containers",
          ],
        ],
      );
      assert.equal(plan.additions, undefined);
    });
  }

  test("must have a name", () => {
    const plan = decide(web({}, ""));
    assert.deepEqual(
      plan.findings.map(({ code, message, field }) => [code, message, field?.path]),
      [["invalid-object", "A selected workload must have a name.", "metadata.name"]],
    );
  });

  test("for which a template makes no name gets nothing, and all that is wrong is said", () => {
    const plan = decide(web({}, "a.b"), { agent: { type: "jaeger", volumeName: "{name}" }, ...tls });
    assert.deepEqual([plan.selected, plan.additions, plan.objects], [true, undefined, []]);
    assert.ok(plan.findings.some(({ severity }) => severity === "error"));
  });

  test("has a PodMonitor beside it where one is asked for, and nothing where not", () => {
    assert.deepEqual(decide(web()).objects, []);
    assert.deepEqual(
      decide(web(), { podMonitor: {} }).objects.map(({ kind }) => kind),
      ["PodMonitor"],
    );
  });
});

describe("what a workload gets", () => {
  const additionsOf = (workload: Workload, spec: Mapping = {}, others: readonly Mapping[] = []) =>
    (decide(workload, spec, others).additions ?? []).map((addition) => {
      const path = addition.path.map((step) => (typeof step === "string" ? step : `[${step.name}]`)).join(".");
      return [path, plain("entries" in addition ? addition.entries : addition.elements.map((one) => one["name"]))];
    });

  test("is the agent's container, and nothing that the configuration does not ask for", () => {
    assert.deepEqual(
      additionsOf(web()).map(([path]) => path),
      ["spec.template.spec.containers"],
    );
  });

  test("is a sidecar among the init containers where it is native", () => {
    assert.deepEqual(additionsOf(web(), { agent: { type: "jaeger", native: true } }), [
      ["spec.template.spec.initContainers", ["jaeger-agent"]],
    ]);
  });

  test("is the labels and annotations that the pod does not have", () => {
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

  test("is the pull secrets, with those of its ServiceAccount that it would lose", () => {
    const spec = { imagePullSecrets: [{ name: "ours" }] };
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: "shop" } };
    const secrets = (others: readonly Mapping[]) =>
      additionsOf(web(), spec, others).find(([path]) => path === "spec.template.spec.imagePullSecrets")?.[1];
    assert.deepEqual(secrets([{ ...account, imagePullSecrets: [{ name: "theirs" }] }]), ["theirs", "ours"]);
    assert.deepEqual(secrets([]), ["ours"]);
    assert.equal(decide(web(), spec, [account]).unknownServiceAccount, undefined);
    assert.equal("unknownServiceAccount" in decide(web(), spec, [account]), false);
    assert.equal(decide(web(), spec).unknownServiceAccount, "default");
  });

  test("is environment for the containers that have a name", () => {
    const workload = web({ containers: [{ name: "web", image: "a" }, { image: "b" }] });
    const paths = additionsOf(workload, { agent: { type: "otelcol" }, app: { env: [{ name: "A", value: "b" }] } });
    assert.deepEqual(
      paths.filter(([path]) => String(path).endsWith("env")).map(([path]) => path),
      ["spec.template.spec.containers.[web].env"],
    );
  });
});

describe("that nothing was selected is said with what was there", () => {
  const unpicked = (count: number) =>
    Array.from({ length: count }, (_, i) => planned("Deployment", `w${i}`, { plan: nothing }));
  const message = (workloads: readonly Planned[], others: readonly Planned[] = []) =>
    messages(workloads, others).join("\n");

  test("by name, for up to ten workloads", () => {
    assert.equal(
      message(unpicked(2)),
      "warn-nothing-selected: No workload was selected: the input has Deployment shop/w0, Deployment shop/w1, and none matches.",
    );
    assert.match(message(unpicked(10)), /Deployment shop\/w9, and none matches\.$/);
    assert.match(message(unpicked(11)), /Deployment shop\/w9 and 1 more, and none matches\.$/);
    assert.match(message(unpicked(12)), /Deployment shop\/w9 and 2 more, and none matches\.$/);
  });

  test("by number, where none is of a kind that runs pods", () => {
    const others = unpicked(2);
    const said = (count: string) =>
      `warn-nothing-selected: No workload was selected: the input has ${count}, and none of a kind that can match.`;
    assert.equal(message([], others), said("2 objects"));
    assert.equal(message([], others.slice(1)), said("1 object"));
    assert.equal(message([]), said("0 objects"));
  });

  test("as a warning at the selector", () => {
    const [finding] = checkRun(configured({}), [], []);
    assert.deepEqual([finding?.severity, finding?.field?.path], ["warning", "spec.selector"]);
  });

  test("but not where one was picked, if only to be skipped", () => {
    assert.deepEqual(messages([...unpicked(2), planned("Deployment", "web")]), []);
  });

  test("nor with state absent", () => {
    assert.deepEqual(checkRun(configured({ state: "absent" }), [], []), []);
  });
});

describe("a notice is given once", () => {
  test("for a kind that cannot change once it is applied, with how many there are", () => {
    const injected = { injected: true };
    const notices = messages([
      planned("Deployment", "web", injected),
      planned("Job", "a", injected),
      planned("Pod", "c", injected),
      planned("Job", "b", injected),
      planned("Job", "d"),
    ]);
    const text = (what: string, kind: string) =>
      `notice-immutable: ${what}: a ${kind} cannot get or lose containers once it is applied, so what the cluster has of it must be deleted before it is applied again (Argo CD: the sync option Replace=true,Force=true).`;
    assert.deepEqual(notices, [text("Job shop/a and 1 more", "Job"), text("Pod shop/c", "Pod")]);
  });

  test("for a ServiceAccount of a namespace whose pull secrets pods lose", () => {
    const loses = (name: string, account: string, namespace?: string) =>
      planned("Deployment", name, { plan: { ...nothing, selected: true, unknownServiceAccount: account } }, namespace);
    const notices = messages([
      loses("a", "default"),
      loses("b", "robot"),
      loses("c", "default"),
      loses("d", "default", "other"),
      planned("Deployment", "e"),
    ]);
    const text = (what: string, account: string) =>
      `notice-pull-secrets: ${what} listed no pull secrets, so admission added those of the ServiceAccount "${account}", which is not in the input; now that ours are listed it does not. Add that ServiceAccount to the input, or list its secrets in spec.imagePullSecrets.`;
    assert.deepEqual(notices, [
      text("Deployment shop/a and 1 more", "default"),
      text("Deployment shop/b", "robot"),
      text("Deployment other/d", "default"),
    ]);
  });

  test("as information, of the first of the objects", () => {
    const findings = checkRun(configured({}), [planned("Job", "a", { injected: true })], []);
    assert.deepEqual(
      findings.map(({ severity, object }) => [severity, object?.name]),
      [["info", "a"]],
    );
  });
});

test("a configuration of state absent is not asked what is wrong with its agent", () => {
  const agent = { type: "jaeger", image: "jaegertracing/jaeger-agent:1.11.0" };
  assert.deepEqual(checkConfiguration(configured({ agent, state: "absent" })), []);
  assert.equal(
    checkConfiguration(configured({ agent })).some(({ severity }) => severity === "error"),
    true,
  );
});
