import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { load } from "js-yaml";
import { toObject } from "../../src/kube/object";
import { objectGenerators } from "../../src/plan/objects/index";
import { get, getList, getString, getStrings, type Mapping } from "../../src/yaml/value";
import { certificateRules, podMonitorRules, podRules, type Rule, restrictedRules, selects } from "../support/api-rules";
import { runWithChanges } from "../support/changes";
import { codesOf, fixtureNames, inputOf } from "../support/fixture";

/*
 * The API server accepts everything that the function writes. The output of every fixture is validated with the schemas
 * of Kubernetes, cert-manager and prometheus-operator, and with additional rules (`support/api-rules.ts`).
 */

/** A class of the `kubernetes-models` packages. `validate` throws an error if the object doesn't match the schema. */
type Model = new (data: Mapping) => { validate(): void };

/** Filled before the tests: the packages are ES modules, which CommonJS can only import dynamically. */
const models: Record<string, Model> = {};
before(async () => {
  const modules: readonly Readonly<Record<string, unknown>>[] = await Promise.all([
    import("kubernetes-models/apps/v1/Deployment"),
    import("kubernetes-models/v1/Container"),
    import("@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate"),
    import("@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor"),
  ]);
  Object.assign(models, ...modules);
});

/** The rules for each kind of generated object beyond its schema, and a check that the object has an effect. */
const generatedKinds: Readonly<
  Record<string, { rules: Rule<Mapping>; requireEffect: (object: Mapping, workload: Mapping, agent: Mapping) => void }>
> = {
  Certificate: { rules: certificateRules, requireEffect: requireMounted },
  PodMonitor: { rules: podMonitorRules, requireEffect: requireScraped },
};

/** A workload with the agent, and the objects that were generated for it. */
interface Injected {
  readonly workload: Mapping;
  readonly agent: Mapping;
  readonly generated: readonly Mapping[];
}

/** Returns the items of a list's text, or undefined if js-yaml doesn't read it (because of duplicate keys). */
function itemsOf(text: string): readonly Mapping[] | undefined {
  try {
    return getList(load(text) as Mapping, "items") as readonly Mapping[];
  } catch {
    return undefined;
  }
}

function injectedIn(items: readonly Mapping[]): Injected[] {
  return items.flatMap((workload) => {
    const record = getString(workload, "metadata", "annotations", "tracing-sidecar.dev/injected");
    const containers = getList(workload, "spec", "template", "spec", "containers") as readonly Mapping[];
    const names = record === undefined ? [] : getList(JSON.parse(record), "added", "containers");
    const agent = containers.find(({ name }) => names.includes(name as string));
    if (agent === undefined) return [];
    const generated = items.filter(
      (item) =>
        getString(item, "metadata", "annotations", "tracing-sidecar.dev/for") ===
          `${workload.kind}/${get(workload, "metadata", "name")}` &&
        get(item, "metadata", "namespace") === get(workload, "metadata", "namespace"),
    );
    return [{ workload, agent, generated }];
  });
}

/** Returns a model's complaint about an object; empty if it has none. */
function complaintOf(kind: string, object: Mapping): string {
  const Model = models[kind];
  assert.ok(Model !== undefined, `a model for ${kind}`);
  try {
    new Model(object).validate();
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const outputs = fixtureNames.flatMap((name) => {
  const outcome = runWithChanges(inputOf(name));
  const isRemoval = outcome.changes.some(({ code }) => code === "removed");
  const items = outcome.status === 0 && !isRemoval ? itemsOf(outcome.stdout) : undefined;
  return items === undefined
    ? []
    : injectedIn(items).map((injected) => ({ name, codes: codesOf(outcome), ...injected }));
});

test("the fixtures have enough injected workloads and generated objects", () => {
  assert.ok(outputs.length > 50, String(outputs.length));
  const kinds = outputs.flatMap(({ generated }) => generated.map(({ kind }) => kind));
  for (const kind of ["Certificate", "PodMonitor"]) {
    const count = kinds.filter((candidate) => candidate === kind).length;
    assert.ok(count > 20, `${kind}: ${count}`);
  }
});

function identityOf(object: Mapping): string {
  return JSON.stringify([object.kind, get(object, "metadata", "namespace"), get(object, "metadata", "name")]);
}

describe("an injected workload is valid", () => {
  for (const { name, workload, agent, codes } of outputs) {
    test(`${name}: ${get(workload, "metadata", "name")}`, () => {
      const inputs = itemsOf(inputOf(name)) ?? [];
      const before = inputs.find((item) => identityOf(item) === identityOf(workload));
      assert.equal(complaintOf("Container", agent), "");
      assert.equal(complaintOf("Deployment", workload), before === undefined ? "" : complaintOf("Deployment", before));
      const podSpec = get(workload, "spec", "template", "spec") as Mapping;
      assert.deepEqual(podRules({ podSpec, agent }), []);
      // If the user sets a securityContext that isn't restricted, the function warns.
      if (!codes.includes("warn-violates-pod-security")) assert.deepEqual(restrictedRules(agent), []);
    });
  }
});

describe("a generated object is valid", () => {
  test("is of the kind that a generator declares, and each kind is in a fixture", () => {
    const kinds = outputs.flatMap(({ generated }) => generated.map(toObject));
    const found = new Set(kinds.map(({ group, kind }) => `${kind}.${group}`));
    assert.deepEqual([...found].sort(), objectGenerators.map(({ group, kind }) => `${kind}.${group}`).sort());
  });

  for (const { name, workload, agent, generated } of outputs) {
    for (const object of generated) {
      const kind = String(object.kind);
      test(`${name}: ${kind} ${get(object, "metadata", "name")}`, () => {
        assert.equal(complaintOf(kind, object), "");
        const checks = generatedKinds[kind] ?? assert.fail(`rules for ${kind}`);
        assert.deepEqual(checks.rules(object), []);
        checks.requireEffect(object, workload, agent);
      });
    }
  }
});

/** A PodMonitor whose port no container declares, or whose selector matches no pod, silently scrapes nothing. */
function requireScraped(podMonitor: Mapping, workload: Mapping, agent: Mapping): void {
  const port = get(getList(podMonitor, "spec", "podMetricsEndpoints")[0], "port");
  assert.ok(getList(agent, "ports").some((declared) => get(declared, "name") === port));
  const labels = getStrings(workload, "spec", "template", "metadata", "labels");
  assert.ok(selects(podMonitor, labels), "the PodMonitor must select its workload's pods");
}

/** The agent must mount the Secret that cert-manager writes for the Certificate. */
function requireMounted(certificate: Mapping, workload: Mapping, agent: Mapping): void {
  const secret = get(certificate, "spec", "secretName");
  const volumes = getList(workload, "spec", "template", "spec", "volumes");
  const volume = volumes.find((candidate) => get(candidate, "secret", "secretName") === secret);
  assert.ok(volume !== undefined, "the pod must have a volume with the certificate's Secret");
  assert.ok(getList(agent, "volumeMounts").some((mount) => get(mount, "name") === get(volume, "name")));
}

describe("the additional rules find what the schemas miss", () => {
  const certificate = (spec: Mapping) => ({
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { name: "web" },
    spec: { commonName: "web", secretName: "web-tls", issuerRef: { name: "ca" }, usages: ["client auth"], ...spec },
  });
  const cases: Readonly<Record<string, Mapping>> = {
    "commonName must have at most 64 bytes": { commonName: "ü".repeat(33) },
    "at least one name must be set": { commonName: undefined as unknown as string },
    "400d must be a Go duration": { duration: "400d" },
    "renewBefore must be at least 5m and less than duration": { duration: "1h", renewBefore: "2h" },
    "certificate.spec.isCa isn't a field of the API": { isCa: true },
  };
  for (const [complaint, spec] of Object.entries(cases)) {
    test(complaint, () =>
      assert.ok(certificateRules(JSON.parse(JSON.stringify(certificate(spec)))).includes(complaint)),
    );
  }
  test("and accept a valid Certificate", () => assert.deepEqual(certificateRules(certificate({})), []));
});
