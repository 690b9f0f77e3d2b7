import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { run } from "../../src/pipeline/run";
import { get, isMapping, type Mapping, type Value } from "../../src/yaml/value";
import { agentNames, head, removesContent, survives } from "../support/hostile";
import { loadYaml } from "../support/load";
import { itemsOf, withConfiguration } from "../support/sections";
import { configurations } from "./configurations";

/*
 * The fuzz target for the whole function. An input is a ResourceList or, so that more of the fuzzer's inputs are valid, a
 * part of one:
 *
 *   #item N     the rest is one item, for the configuration at index N (modulo their number) of `configurations`
 *   #spec       the rest is the spec of the functionConfig, for a list with one Deployment
 */

/**
 * Runs the function on an input and throws an error if a check fails. Ignores an input that isn't UTF-8.
 *
 * @returns true if the function accepted the input, so that every check was made.
 */
export function fuzz(data: Buffer): boolean {
  if (!isUtf8(data)) return false;
  const text = data.toString("utf8");
  const item = /^#item ([0-9])\r?\n/.exec(text);
  if (item !== null) {
    return checkItem(text.slice(item[0].length), Number(item[1]));
  }
  if (text.startsWith("#spec\n")) {
    return survives(withSpec(text.slice("#spec\n".length))).status === 0;
  }
  const first = survives(text, { hasAgent: hasAgent(text) });
  const absent = absentOf(text);
  if (first.status === 1 || absent === undefined || !isNew(text) || removesContent(first.changes)) return false;
  const before = itemsAlone(text);
  if (before === undefined) return false;
  assert.equal(itemsOf(run(withConfiguration(first.stdout, absent)).stdout), before);
  return true;
}

function checkItem(item: string, number: number): boolean {
  const configuration = configurations[number % configurations.length] as Mapping;
  const list = head + asItem(item);
  const first = survives(list + lineOf(configuration), { hasAgent: hasAgent(item) });
  if (first.status === 1 || !first.stdout.startsWith(head)) return false;
  const items = before(first.stdout, configuration);
  if (items === undefined) return false;

  if (isNew(item) && !removesContent(first.changes)) {
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
  return true;
}

/** Indents any text so that it is one item of a list. */
function asItem(text: string): string {
  const lines = text.replace(/\r?\n$/, "").replaceAll("\n", "\n  ");
  return `- ${lines}\n`;
}

/** Returns the functionConfig as the list's last line. */
function lineOf(configuration: Mapping): string {
  return `functionConfig: ${JSON.stringify(configuration)}\n`;
}

/** Returns a list's text before its functionConfig, or undefined if it doesn't have that line. */
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

/** Reports whether a text may already have a container with an agent's name. */
function hasAgent(text: string): boolean {
  return new RegExp(`(?:${agentNames.join("|")})(?![\\w.:-])`).test(text);
}

/** Reports whether nothing in a text comes from an earlier run. An escape could hide an annotation. */
function isNew(text: string): boolean {
  return !/tracing-sidecar\.dev\/(?!v1)|\\/.test(text);
}

/** Returns the list's configuration with `state: absent`; undefined if it has none, or isn't valid YAML. */
function absentOf(text: string): Mapping | undefined {
  try {
    const configuration = get(loadYaml(text), "functionConfig");
    return get(configuration, "kind") === "TracingSidecar" ? asAbsent(configuration as Mapping) : undefined;
  } catch {
    // The function passes on parts that it doesn't need to read, even if they aren't valid.
    return undefined;
  }
}

function asAbsent(configuration: Mapping): Mapping {
  const spec: Value = configuration["spec"] as Value;
  return { ...configuration, spec: { ...(isMapping(spec) ? spec : {}), state: "absent" } };
}

/** Returns the text that `itemsOf` finds; undefined if the top level isn't written in the way that it expects. */
function itemsAlone(text: string): string | undefined {
  try {
    const empty = withConfiguration(text, {});
    return get(loadYaml(empty), "functionConfig") === undefined ? undefined : itemsOf(text);
  } catch {
    return undefined;
  }
}
