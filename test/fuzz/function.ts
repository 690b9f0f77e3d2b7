import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { run } from "../../src/pipeline/run";
import { get, isMapping, type Mapping, type Value } from "../../src/yaml/value";
import { head, survives, takesAway } from "../support/hostile";
import { loadYaml } from "../support/load";
import { itemsOf, withConfiguration } from "../support/sections";
import { configurations } from "./configurations";

/*
 * The whole function. An input is a ResourceList, or a part of one, so that more of what the fuzzer makes is read:
 *
 *   #item N     the rest is one item, and the configuration the N-th of `configurations`
 *   #spec       the rest is the spec of the functionConfig, for a list with a Deployment
 */

/** What must hold of every input. */
export function fuzz(data: Buffer): void {
  if (!isUtf8(data)) return;
  const text = data.toString("utf8");
  const item = /^#item ([0-9])\r?\n/.exec(text);
  if (item !== null) {
    itemSurvives(text.slice(item[0].length), Number(item[1]));
    return;
  }
  if (text.startsWith("#spec\n")) {
    survives(withSpec(text.slice("#spec\n".length)));
    return;
  }
  const first = survives(text, { hasAgent: hasAgent(text) });
  const absent = absentOf(text);
  if (first.status === 0 && absent !== undefined && isNew(text) && !takesAway(first)) {
    const before = itemsAlone(text);
    if (before !== undefined) assert.equal(itemsOf(run(withConfiguration(first.stdout, absent)).stdout), before);
  }
}

function itemSurvives(item: string, number: number): void {
  const configuration = configurations[number % configurations.length] as Mapping;
  const list = head + asItem(item);
  const first = survives(list + lineOf(configuration), { hasAgent: hasAgent(item) });
  if (first.status === 1 || !first.stdout.startsWith(head)) return;
  const items = before(first.stdout, configuration);
  if (items === undefined) return;

  if (isNew(item) && !takesAway(first)) {
    const absent = asAbsent(configuration);
    const back = run(items + lineOf(absent));
    assert.equal(back.status, 0, back.stderr);
    assert.equal(before(back.stdout, absent), list, "state absent gives the bytes back");
  }
  const later = configurations[(number + 1) % configurations.length] as Mapping;
  const again = run(items + lineOf(later));
  const directly = run(list + lineOf(later));
  assert.equal(again.status, directly.status, again.stderr + directly.stderr);
  if (again.status === 0 && isNew(item)) {
    assert.equal(before(again.stdout, later), before(directly.stdout, later), "a changed configuration gives the same");
  }
}

/** Any text as a list's item, by its indentation. */
function asItem(text: string): string {
  const lines = text.replace(/\r?\n$/, "").replaceAll("\n", "\n  ");
  return `- ${lines}\n`;
}

function lineOf(configuration: Mapping): string {
  return `functionConfig: ${JSON.stringify(configuration)}\n`;
}

/** A list's text before its functionConfig. */
function before(text: string, configuration: Mapping): string | undefined {
  const at = text.indexOf(lineOf(configuration));
  return at < 0 ? undefined : text.slice(0, at);
}

function withSpec(spec: string): string {
  return `${head}- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: web
    namespace: shop
  spec:
    selector:
      matchLabels: {app: web}
    template:
      metadata:
        labels: {app: web}
      spec:
        containers:
        - name: web
          image: nginx:1.25
functionConfig:
  apiVersion: tracing-sidecar.dev/v1alpha1
  kind: TracingSidecar
  metadata:
    name: tracing
  spec:
    ${spec.replaceAll("\n", "\n    ").trimEnd()}
`;
}

function hasAgent(text: string): boolean {
  return /jaeger-agent(?![\w:-])/.test(text);
}

/** Nothing in it comes from an earlier run. */
function isNew(text: string): boolean {
  return !/tracing-sidecar\.dev\/(?!v1)|\\/.test(text);
}

/** The configuration that a list holds, as one that takes everything back. */
function absentOf(text: string): Mapping | undefined {
  try {
    const configuration = get(loadYaml(text), "functionConfig");
    return get(configuration, "kind") === "TracingSidecar" ? asAbsent(configuration as Mapping) : undefined;
  } catch {
    // The function passes on what nobody needs to read.
    return undefined;
  }
}

function asAbsent(configuration: Mapping): Mapping {
  const spec: Value = configuration["spec"] as Value;
  return { ...configuration, spec: { ...(isMapping(spec) ? spec : {}), state: "absent" } };
}

/** The items as `itemsOf` tells them apart; undefined where the top level is not written as it expects. */
function itemsAlone(text: string): string | undefined {
  try {
    const empty = withConfiguration(text, {});
    return get(loadYaml(empty), "functionConfig") === undefined ? undefined : itemsOf(text);
  } catch {
    return undefined;
  }
}
