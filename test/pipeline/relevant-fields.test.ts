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
 * Of an item that is only looked at, no more is read than `relevantFields` names, and without the parser. A comment with a
 * tab leaves every item to the parser, which reads all of it: a run must do and say the same.
 */

const tab = "#\t.";

/** The list with such a comment at the end of each item; undefined where it has no items in block style. */
function leftToTheParser(text: string): string | undefined {
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

/** Messages name places, which the comments move. */
const withoutPlaces = (text: string) => withoutTabs(text).replace(/line \d+, column \d+/g, "somewhere");

function mustBeTheSame(text: string): void {
  const parsed = leftToTheParser(text);
  if (parsed === undefined) return;
  const one = run(text);
  const other = run(parsed);
  assert.equal(withoutPlaces(other.stdout), withoutPlaces(one.stdout));
  assert.equal(withoutPlaces(other.stderr), withoutPlaces(one.stderr));
  assert.equal(other.status, one.status);
}

test("a comment with a tab leaves an item to the parser", () => {
  assert.notEqual(readPlain("a: b\n"), undefined);
  assert.equal(readPlain(`a: b\n${tab}\n`), undefined);
});

/** A fixture's list in plain block style, as a host writes it, with more asked for by its selector. */
function inBlocks(text: string, asked: (items: Value) => object): string | undefined {
  const list = loaded(text);
  const configuration = list?.functionConfig as { spec?: { selector?: object } } | undefined;
  if (list === undefined || typeof configuration?.spec?.selector !== "object") return undefined;
  const selector = { ...configuration.spec.selector, ...asked(list.items) };
  const functionConfig = { ...configuration, spec: { ...configuration.spec, selector } };
  return dump({ ...list, functionConfig }, { lineWidth: -1, noRefs: true });
}

function loaded(text: string): { readonly items: Value; readonly functionConfig?: unknown } | undefined {
  try {
    return loadYaml(text) as unknown as { items: Value };
  } catch {
    // What is no YAML has no block style.
    return undefined;
  }
}

/** Asks for nothing, but so that each workload is looked at before it is parsed. */
const nothing = () => ({ matchExpressions: [] });

/** Leaves all but the first workload alone. */
const theFirst = (items: Value) => ({ names: namesOf(isList(items) ? items.filter(isWorkload) : []).slice(0, 1) });

const namesOf = (objects: readonly Value[]) => objects.map((object) => getString(object, "metadata", "name") ?? "");
const isWorkload = (object: Value) => get(object, "spec", "template") !== undefined;

for (const name of fixtureNames) {
  for (const asked of [nothing, theFirst]) {
    const text = inBlocks(inputOf(name), asked);
    if (text !== undefined)
      test(`${name}, ${asked.name}: as much is looked at as is needed`, () => mustBeTheSame(text));
  }
}

const reading: Readonly<Record<string, object>> = {
  "a volume": { volumes: [{ name: "a", secret: { secretName: "web-jaeger-agent-tls" } }] },
  "a part of a volume": {
    volumes: [{ name: "a", projected: { sources: [{ secret: { name: "web-jaeger-agent-tls" } }] } }],
  },
  "a pull secret": { imagePullSecrets: [{ name: "web-jaeger-agent-tls" }] },
  "a variable": {
    containers: [
      { name: "a", env: [{ name: "B", valueFrom: { secretKeyRef: { name: "web-jaeger-agent-tls", key: "c" } } }] },
    ],
  },
  "all of a container's variables": {
    containers: [{ name: "a", envFrom: [{ secretRef: { name: "web-jaeger-agent-tls" } }] }],
  },
  "an init container's variables": {
    initContainers: [{ name: "a", envFrom: [{ secretRef: { name: "web-jaeger-agent-tls" } }] }],
  },
};

const onNode: Readonly<Record<string, object>> = {
  "a port of the node": { containers: [{ name: "a", ports: [{ containerPort: 80, hostPort: 14271 }] }] },
  "a port on the node's network": { hostNetwork: true, containers: [{ name: "a", ports: [{ containerPort: 14271 }] }] },
};

for (const [what, code, table] of [
  ["reads the Secret by", "warn-secret-reader", reading],
  ["has the agent's port by", "clash-host-port", onNode],
] as const) {
  for (const [by, podSpec] of Object.entries(table)) {
    test(`a pod that is left alone, and ${what} ${by}, is seen`, () => {
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
        mustBeTheSame(text);
      }
    });
  }
}

test("a node that no pod of the other can have is no clash", () => {
  const ports = { hostNetwork: true, containers: [{ name: "a", ports: [{ containerPort: 14271 }] }] };
  const on = (disk: string) => ({ ...ports, nodeSelector: { disk } });
  const web = workload("apps/v1", "Deployment", "web", {
    template: { spec: { ...on("ssd"), containers: [{ name: "web" }] } },
  });
  const text = list([web, workload("v1", "Pod", "other", on("hdd"))]);
  assert.doesNotMatch(run(text).stdout, /clash-host-port/);
  mustBeTheSame(text);
});

test("a workload that is picked is skipped for the first of its reasons, also for what is not looked at", () => {
  const rollout = workload("argoproj.io/v1alpha1", "Rollout", "web", {
    workloadRef: { apiVersion: "apps/v1", kind: "Deployment", name: "shop" },
    template: { spec: { nodeSelector: { "kubernetes.io/os": "windows" }, containers: [{ name: "web" }] } },
  });
  const text = list([rollout], ["Rollout"]);
  assert.match(run(text).stdout, /skipped-workload-ref/);
  mustBeTheSame(text);
});

const workload = (apiVersion: string, kind: string, name: string, spec: object) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "shop" },
  spec,
});

/** A list for a configuration that picks what is named web, by default a Deployment, and makes a Certificate for it. */
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

property("lists that are only looked at are treated the same", resourceList(asWritten), (list) => {
  const { spec, ...configuration } = list.configuration;
  const selector = { ...spec.selector, names: ["nobody"] };
  mustBeTheSame(list.with({ ...configuration, spec: { ...spec, selector } }));
});
