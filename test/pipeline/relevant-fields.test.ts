import assert from "node:assert/strict";
import { test } from "node:test";
import { dump } from "js-yaml";
import { readResourceList } from "../../src/krm/resource-list";
import { run } from "../../src/pipeline/run";
import { readPlain } from "../../src/yaml/fast/read";
import { get, getString, isList, type Value } from "../../src/yaml/value";
import { fixtureNames, inputOf } from "../support/fixture";
import { loadYaml } from "../support/load";
import { property } from "../support/property";
import { asWritten, resourceList } from "../support/resource-list-arbitrary";

/*
 * Of an item that it doesn't change, the function reads only the fields that `relevantFields` names, with the fast reader. A
 * comment with a tab makes it use the parser, which reads the whole item. The run must have the same outcome.
 */

const tab = "#\t.";

/** Returns the list with such a comment at the end of each item, or undefined if it has no items in block style. */
function forParser(text: string): string | undefined {
  let items: ReturnType<typeof readResourceList>;
  try {
    items = readResourceList(text);
  } catch {
    return undefined;
  }
  if (items.layout.flow || items.items.some(({ text: item }) => !item.endsWith("\n"))) return undefined;
  const lineBreak = text.includes("\r\n") ? "\r\n" : "\n";
  let result = text;
  for (const { text: item, offset, source } of [...items.items].reverse()) {
    const end = offset + item.length;
    result = `${result.slice(0, end)}${" ".repeat(source.column + 2)}${tab}${lineBreak}${result.slice(end)}`;
  }
  return result;
}

const withoutTabs = (text: string) => text.replace(/^ *#\t\.\r?\n/gm, "");

/** Removes positions from messages, because the comments shift them. */
const withoutPositions = (text: string) => withoutTabs(text).replace(/line \d+, column \d+/g, "somewhere");

/**
 * Fails if a run with the parser has another outcome than one with the fast reader.
 *
 * @returns false if there is nothing to compare.
 */
function requireSameOutcome(text: string): boolean {
  const parsed = forParser(text);
  if (parsed === undefined) return false;
  const fast = run(text);
  const slow = run(parsed);
  assert.equal(withoutPositions(slow.stdout), withoutPositions(fast.stdout));
  assert.equal(withoutPositions(slow.stderr), withoutPositions(fast.stderr));
  assert.equal(slow.status, fast.status);
  return true;
}

test("the fast reader doesn't read an item that has a comment with a tab", () => {
  assert.notEqual(readPlain("a: b\n"), undefined);
  assert.equal(readPlain(`a: b\n${tab}\n`), undefined);
});

/** Returns a list in block style, as a host writes it, with more conditions in its selector. */
function inBlocks(text: string, conditions: (items: Value) => object): string | undefined {
  const list = loaded(text);
  const configuration = list?.functionConfig as { spec?: { selector?: object } } | undefined;
  if (list === undefined || typeof configuration?.spec?.selector !== "object") return undefined;
  const selector = { ...configuration.spec.selector, ...conditions(list.items) };
  const functionConfig = { ...configuration, spec: { ...configuration.spec, selector } };
  return dump({ ...list, functionConfig }, { lineWidth: -1, noRefs: true });
}

function loaded(text: string): { readonly items: Value; readonly functionConfig?: unknown } | undefined {
  try {
    return loadYaml(text) as unknown as { items: Value };
  } catch {
    // A text that isn't YAML has no block style.
    return undefined;
  }
}

/** Selects every workload, but in a way that makes the function read it with the fast reader first. */
const everyWorkload = () => ({ matchExpressions: [] });

/** Selects only the first workload. */
const firstWorkload = (items: Value) => ({ names: namesOf(isList(items) ? items.filter(isWorkload) : []).slice(0, 1) });

const namesOf = (objects: readonly Value[]) => objects.map((object) => getString(object, "metadata", "name") ?? "");
const isWorkload = (object: Value) => get(object, "spec", "template") !== undefined;

/** Every fixture that has items in block style, with each of the conditions. */
const cases = fixtureNames.flatMap((name) =>
  [everyWorkload, firstWorkload].flatMap((conditions) => {
    const text = inBlocks(inputOf(name), conditions);
    return text === undefined || forParser(text) === undefined ? [] : [[`${name}, ${conditions.name}`, text] as const];
  }),
);

test("most fixtures are compared", () => assert.ok(cases.length > 1.5 * fixtureNames.length, String(cases.length)));

for (const [name, text] of cases) test(`${name}: reads enough fields`, () => assert.ok(requireSameOutcome(text)));

const reading: Readonly<Record<string, object>> = {
  "a volume": { volumes: [{ name: "a", secret: { secretName: "web-otel-collector-tls" } }] },
  "a part of a volume": {
    volumes: [{ name: "a", projected: { sources: [{ secret: { name: "web-otel-collector-tls" } }] } }],
  },
  "a pull secret": { imagePullSecrets: [{ name: "web-otel-collector-tls" }] },
  "a variable": {
    containers: [
      { name: "a", env: [{ name: "B", valueFrom: { secretKeyRef: { name: "web-otel-collector-tls", key: "c" } } }] },
    ],
  },
  "all of a container's variables": {
    containers: [{ name: "a", envFrom: [{ secretRef: { name: "web-otel-collector-tls" } }] }],
  },
  "an init container's variables": {
    initContainers: [{ name: "a", envFrom: [{ secretRef: { name: "web-otel-collector-tls" } }] }],
  },
};

const onNode: Readonly<Record<string, object>> = {
  "a port of the node": { containers: [{ name: "a", ports: [{ containerPort: 80, hostPort: 13133 }] }] },
  "a port on the node's network": { hostNetwork: true, containers: [{ name: "a", ports: [{ containerPort: 13133 }] }] },
};

for (const [verb, code, table] of [
  ["reads the Secret through", "warn-shared-secret", reading],
  ["uses the agent's port through", "conflict-host-port", onNode],
] as const) {
  for (const [field, podSpec] of Object.entries(table)) {
    test(`notices an unselected pod that ${verb} ${field}`, () => {
      for (const [group, kind, within] of [
        ["apps/v1", "StatefulSet", (spec: object) => ({ template: { spec } })],
        ["batch/v1", "CronJob", (spec: object) => ({ jobTemplate: { spec: { template: { spec } } } })],
        ["v1", "Pod", (spec: object) => spec],
      ] as const) {
        const web = workload("apps/v1", "Deployment", "web", {
          template: { spec: { hostNetwork: true, containers: [{ name: "web" }] } },
        });
        const text = list([web, workload(group, kind, "other", within(podSpec))]);
        assert.match(run(text).stdout, new RegExp(code));
        assert.ok(requireSameOutcome(text));
      }
    });
  }
}

test("pods that can't run on the same node don't conflict", () => {
  const ports = { hostNetwork: true, containers: [{ name: "a", ports: [{ containerPort: 13133 }] }] };
  const on = (disk: string) => ({ ...ports, nodeSelector: { disk } });
  const web = workload("apps/v1", "Deployment", "web", {
    template: { spec: { ...on("ssd"), containers: [{ name: "web" }] } },
  });
  const text = list([web, workload("v1", "Pod", "other", on("hdd"))]);
  assert.doesNotMatch(run(text).stdout, /conflict-host-port/);
  assert.ok(requireSameOutcome(text));
});

test("a selected workload is skipped for its first reason, even if the fast reader doesn't read that field", () => {
  const rollout = workload("argoproj.io/v1alpha1", "Rollout", "web", {
    workloadRef: { apiVersion: "apps/v1", kind: "Deployment", name: "shop" },
    template: { spec: { nodeSelector: { "kubernetes.io/os": "windows" }, containers: [{ name: "web" }] } },
  });
  const text = list([rollout], ["Rollout"]);
  assert.match(run(text).stdout, /skipped-workload-ref/);
  assert.ok(requireSameOutcome(text));
});

const workload = (apiVersion: string, kind: string, name: string, spec: object) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "shop" },
  spec,
});

/** Returns a list whose configuration selects the workload named web (default: a Deployment) and adds a Certificate. */
function list(items: readonly object[], kinds: readonly string[] = ["Deployment"]): string {
  const issuerRef = { name: "ca", kind: "ClusterIssuer" };
  const functionConfig = {
    apiVersion: "tracing-sidecar.dev/v1alpha1",
    kind: "TracingSidecar",
    metadata: { name: "tracing" },
    spec: {
      selector: { kinds, names: ["web"] },
      collector: { endpoint: "collector:443", tls: { clientCertificate: { certManager: { issuerRef } } } },
    },
  };
  const all = { apiVersion: "config.kubernetes.io/v1", kind: "ResourceList", items, functionConfig };
  return dump(all, { lineWidth: -1, noRefs: true });
}

property(
  "lists without selected workloads have the same outcome with either reader",
  resourceList(asWritten),
  (list) => {
    const { spec, ...configuration } = list.configuration;
    const selector = { ...spec.selector, names: ["nobody"] };
    return requireSameOutcome(list.with({ ...configuration, spec: { ...spec, selector } }));
  },
  0.4,
);
