import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { load } from "js-yaml";
import { run } from "../../src/pipeline/run";
import { get, getList, getString, getStrings, type Mapping } from "../../src/yaml/value";
import { certificateRules, podMonitorRules, podRules, restrictedRules, selects } from "../support/api-rules";
import { codesOf, fixtureNames, inputOf } from "../support/fixture";

/*
 * What the function writes is what the API servers take: validated with the schemas of Kubernetes, cert-manager and
 * prometheus-operator, and by rules of our own for what these miss. On the output of every fixture.
 */

/** A class of the `kubernetes-models` family: throws where its object does not fit the schema. */
type Model = new (data: Mapping) => { validate(): void };

/** The packages are ES modules, which CommonJS can import only so. */
const models = {} as { Deployment: Model; Certificate: Model; PodMonitor: Model; Container: Model };
before(async () => {
  const [apps, core, certManager, prometheus] = await Promise.all([
    import("kubernetes-models/apps/v1/Deployment"),
    import("kubernetes-models/v1/Container"),
    import("@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate"),
    import("@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor"),
  ]);
  models.Deployment = apps.Deployment as unknown as Model;
  models.Container = core.Container as unknown as Model;
  models.Certificate = certManager.Certificate as unknown as Model;
  models.PodMonitor = prometheus.PodMonitor as unknown as Model;
});

/** A workload with the agent in it, and what was generated for it. */
interface Injected {
  readonly workload: Mapping;
  readonly agent: Mapping;
  readonly generated: readonly Mapping[];
}

/** What a list's text holds; undefined where js-yaml's own reader does not take it (keys that stand twice). */
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
    const names = record === undefined ? [] : getList(JSON.parse(record), "added", "spec.template.spec.containers");
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

/** What a model says against an object; empty where it fits. */
function complaintOf(kind: keyof typeof models, object: Mapping): string {
  try {
    new models[kind](object).validate();
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const outputs = fixtureNames.flatMap((name) => {
  const outcome = run(inputOf(name));
  const items = outcome.status === 0 && !codesOf(outcome).includes("removed") ? itemsOf(outcome.stdout) : undefined;
  return items === undefined
    ? []
    : injectedIn(items).map((injected) => ({ name, codes: codesOf(outcome), ...injected }));
});

test("there is something to look at", () => assert.ok(outputs.length > 50, String(outputs.length)));

function identityOf(object: Mapping): string {
  return JSON.stringify([object.kind, get(object, "metadata", "namespace"), get(object, "metadata", "name")]);
}

describe("a workload with the agent", () => {
  for (const { name, workload, agent, codes } of outputs) {
    test(`${name}: ${get(workload, "metadata", "name")}`, () => {
      const inputs = itemsOf(inputOf(name)) ?? [];
      const before = inputs.find((item) => identityOf(item) === identityOf(workload));
      assert.equal(complaintOf("Container", agent), "");
      assert.equal(complaintOf("Deployment", workload), before === undefined ? "" : complaintOf("Deployment", before));
      const podSpec = get(workload, "spec", "template", "spec") as Mapping;
      assert.deepEqual(podRules({ podSpec, agent }), []);
      // With a securityContext of the user's own the function says where that is not restricted.
      if (!codes.includes("warn-pod-security")) assert.deepEqual(restrictedRules(agent), []);
    });
  }
});

describe("what is generated", () => {
  const rules = { Certificate: certificateRules, PodMonitor: podMonitorRules };
  for (const { name, workload, agent, generated } of outputs) {
    for (const object of generated) {
      const kind = object.kind as keyof typeof rules;
      test(`${name}: ${kind} ${get(object, "metadata", "name")}`, () => {
        assert.equal(complaintOf(kind, object), "");
        assert.deepEqual(rules[kind](object), []);
        if (kind === "PodMonitor") isScraped(object, workload, agent);
        else isMounted(object, workload, agent);
      });
    }
  }
});

/** A port that no container declares, or a selector that picks no pod, scrapes nothing, silently. */
function isScraped(podMonitor: Mapping, workload: Mapping, agent: Mapping): void {
  const port = get(getList(podMonitor, "spec", "podMetricsEndpoints")[0], "port");
  assert.ok(getList(agent, "ports").some((declared) => get(declared, "name") === port));
  const labels = getStrings(workload, "spec", "template", "metadata", "labels");
  assert.ok(selects(podMonitor, labels), "the PodMonitor must select its workload's pods");
}

/** The Secret that cert-manager writes is the one that the agent reads. */
function isMounted(certificate: Mapping, workload: Mapping, agent: Mapping): void {
  const secret = get(certificate, "spec", "secretName");
  const volumes = getList(workload, "spec", "template", "spec", "volumes");
  const volume = volumes.find((candidate) => get(candidate, "secret", "secretName") === secret);
  assert.ok(volume !== undefined, "a volume must hold the certificate's Secret");
  assert.ok(getList(agent, "volumeMounts").some((mount) => get(mount, "name") === get(volume, "name")));
}

describe("the rules of our own see what the packages miss", () => {
  const certificate = (spec: Mapping) => ({
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { name: "web" },
    spec: { commonName: "web", secretName: "web-tls", issuerRef: { name: "ca" }, usages: ["client auth"], ...spec },
  });
  const cases: Readonly<Record<string, Mapping>> = {
    "commonName must have 64 bytes at most": { commonName: "ü".repeat(33) },
    "one name at least must be given": { commonName: undefined as unknown as string },
    "400d must be a Go duration": { duration: "400d" },
    "renewBefore must be 5m at least and less than duration": { duration: "1h", renewBefore: "2h" },
    "certificate.spec.isCa is no field of the API's": { isCa: true },
  };
  for (const [complaint, spec] of Object.entries(cases)) {
    test(complaint, () =>
      assert.ok(certificateRules(JSON.parse(JSON.stringify(certificate(spec)))).includes(complaint)),
    );
  }
  test("nothing in what is right", () => assert.deepEqual(certificateRules(certificate({})), []));
});
