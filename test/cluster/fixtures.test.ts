import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../../src/pipeline/run";
import { get, getList, getString, type Mapping } from "../../src/yaml/value";
import { codesOf, fixtureNames, inputOf } from "../support/fixture";
import { loadYaml } from "../support/load";
import { startControlPlane } from "./control-plane";
import { agentsOf, DryRun, podOf } from "./dry-run";
import { lacksPrograms, withDefinitions } from "./programs";

/*
 * A real API server accepts what the function writes: every item of every fixture, and a pod of every workload under Pod
 * Security "restricted". Fixtures whose input is refused or warned about must be refused for the same reasons.
 */

/** The kinds in the fixtures that the API server doesn't have. */
const otherKinds = [
  "argoproj.io/v1alpha1 Rollout",
  "batch.volcano.sh/v1alpha1 Job",
  "extensions/v1beta1 Deployment",
  "kpt.dev/v1 Kptfile",
  "kustomize.config.k8s.io/v1beta1 Kustomization",
  "other.example.com/v1 Deployment",
  "security.istio.io/v1 AuthorizationPolicy",
  "security.istio.io/v1 PeerAuthentication",
  "tracing-sidecar.dev/v1alpha1 PrivateCA",
  "undefined Nameless",
  "undefined undefined",
  "v1 List",
];

/** Complaints about an output that the function announces with a warning of this code. */
const announced: Readonly<Record<string, { readonly code: string; readonly complaints: readonly RegExp[] }>> = {
  "finding-pod-resources": {
    code: "warn-exceeds-pod-resources",
    complaints: [
      /spec\.resources\.requests\[(cpu|memory)\]: .* aggregate container/,
      /limits: .* less than .* pod limits/,
    ],
  },
  "finding-pod-security": {
    code: "warn-violates-pod-security",
    complaints: [/runAsNonRoot != true \(container "jaeger-agent"/, /runAsUser=0 \(container "jaeger-agent"/],
  },
};

/** In a pod that uses the node's network, every port is a host port. "restricted" refuses such a pod in any case. */
const ofHostNetwork = /^error 403: hostPort /;

/** What the API server says about an item of an output and about its pod, but not about those of the input. */
interface Checked {
  readonly item: Mapping;
  /** Undefined if the API server doesn't have the kind. */
  readonly applied: readonly string[] | undefined;
  /** Undefined if the item isn't a workload. */
  readonly admitted: readonly string[] | undefined;
}

test("an API server has no complaint about an output that it doesn't have about the input", async (t) => {
  if (lacksPrograms(t, "etcd", "kube-apiserver", ...withDefinitions)) return;
  const dryRun = await DryRun.on(await startControlPlane(t));
  const all: Checked[] = [];
  const outcomes = fixtureNames.map((name) => [name, run(inputOf(name))] as const);
  for (const [name, outcome] of outcomes.filter(([, { status }]) => status === 0)) {
    await t.test(name, async () => {
      const before = itemsOf(inputOf(name));
      const checked = await Promise.all(itemsOf(outcome.stdout).map((item) => check(dryRun, item, before)));
      all.push(...checked);
      requireOnlyAnnounced(name, codesOf(outcome), checked.flatMap(complaintsOf));
    });
  }
  await t.test("every item and every pod of the fixtures was checked", () => {
    const unknown = all.filter(({ applied }) => applied === undefined);
    const kinds = new Set(unknown.map(({ item }) => `${item["apiVersion"]} ${item["kind"]}`));
    assert.deepEqual([...kinds].sort(), otherKinds);
    const applied = all.filter((checked) => checked.applied !== undefined);
    const pods = all.filter(({ admitted }) => admitted !== undefined);
    const generated = applied.filter(({ item }) => ["Certificate", "PodMonitor"].includes(String(item["kind"])));
    const injected = pods.filter(({ item }) => agentsOf(item).length > 0);
    const counts = [applied, generated, pods, injected].map(({ length }) => length);
    t.diagnostic(`items, of which generated; pods, of which with an agent: ${counts.join(", ")}`);
    for (const [i, least] of [600, 180, 330, 260].entries()) assert.ok((counts[i] ?? 0) >= least, String(counts));
  });
});

async function check(dryRun: DryRun, item: Mapping, before: readonly Mapping[]): Promise<Checked> {
  const original = before.find((candidate) => identityOf(candidate) === identityOf(item));
  const [applied, admitted] = await Promise.all([
    newComplaints(item, original, (object) => (dryRun.knows(object) ? dryRun.apply(object) : undefined)),
    newComplaintsOfPod(dryRun, item, original),
  ]);
  return { item, applied, admitted };
}

function complaintsOf({ item, applied = [], admitted = [] }: Checked): readonly string[] {
  return [
    ...applied.map((complaint) => `applying ${identityOf(item)}: ${complaint}`),
    ...admitted.map((complaint) => `a pod of ${identityOf(item)} under "restricted": ${complaint}`),
  ];
}

/** Requires that there are no complaints except those that the function announces, and all of those. */
function requireOnlyAnnounced(
  fixture: string,
  codes: readonly (string | undefined)[],
  complaints: readonly string[],
): void {
  const { code, complaints: expected } = announced[fixture] ?? { code: undefined, complaints: [] };
  assert.ok(code === undefined || codes.includes(code), `${code} must be reported`);
  assert.deepEqual(
    complaints.filter((complaint) => !expected.some((pattern) => pattern.test(complaint))),
    [],
  );
  for (const pattern of expected)
    assert.ok(
      complaints.some((complaint) => pattern.test(complaint)),
      String(pattern),
    );
}

/** Returns the complaints about an item that aren't about the original; undefined if it can't be checked. */
async function newComplaints(
  item: Mapping,
  original: Mapping | undefined,
  ask: (object: Mapping) => Promise<readonly string[]> | undefined,
): Promise<readonly string[] | undefined> {
  const complaints = await ask(item);
  const known = original === undefined ? [] : ((await ask(original)) ?? []);
  return complaints?.filter((complaint) => !known.includes(complaint));
}

/** Like `newComplaints`, about the pod of a workload where Pod Security enforces "restricted". */
async function newComplaintsOfPod(
  dryRun: DryRun,
  item: Mapping,
  original: Mapping | undefined,
): Promise<readonly string[] | undefined> {
  const agents = new Set([...agentsOf(item), ...agentsOf(original ?? {})]);
  const complaints = await newComplaints(item, original, (object) => {
    const pod = podOf(object, agents);
    return pod && dryRun.admit(pod);
  });
  return complaints?.filter((complaint) => !(usesHostNetwork(item) && ofHostNetwork.test(complaint)));
}

function usesHostNetwork(item: Mapping): boolean {
  return get(podOf(item, new Set()), "spec", "hostNetwork") === true;
}

function itemsOf(list: string): readonly Mapping[] {
  return getList(loadYaml(list), "items") as readonly Mapping[];
}

function identityOf({ apiVersion, kind, metadata }: Mapping): string {
  const [namespace, name] = ["namespace", "name"].map((field) => getString(metadata, field) ?? "");
  return [apiVersion, kind, namespace, name].join("/");
}
