import assert from "node:assert/strict";
import { load } from "js-yaml";
import type { Finding } from "../../src/kube/finding";
import { run } from "../../src/pipeline/run";
import { get, getList, isList, type Mapping, type Value } from "../../src/yaml/value";
import { type RunWithChanges, runWithChanges } from "./changes";
import { splitResults } from "./fixture";

/** The stdout of a run whose input can't be read, so that there are no items to return. */
export const unreadable = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n";

/** The start of a ResourceList, up to its items. */
export const head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n";

/** Returns a Deployment that `functionConfig` selects. `container` is appended as more lines of its only container. */
export function deployment(container = ""): string {
  return `- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: web
  spec:
    template:
      spec:
        containers:
        - name: web
${container}`;
}

/** Returns a functionConfig that selects every Deployment. `spec` is appended as more lines of its spec. */
export function functionConfig(spec = ""): string {
  return `functionConfig:
  apiVersion: tracing-sidecar.dev/v1alpha1
  kind: TracingSidecar
  metadata:
    name: tracing
  spec:
    selector: {}
    collector:
      endpoint: otel-collector:4317
${spec}`;
}

/** The default names of the agent's container. */
export const agentNames = ["otel-collector", "jaeger-agent"];

/** Facts about an input that its text doesn't show. */
interface InputFacts {
  /** True if the input may already have a container with the agent's name, which then proves nothing about the run. */
  readonly hasAgent?: boolean;
}

/**
 * Runs the function and checks what applies to every input: it never throws. On an error, it returns the input's items
 * unchanged, or no items if they can't be read. On success, the output is complete: it has everything of the input plus
 * the additions, and a second run changes nothing.
 */
export function survives(input: string, { hasAgent = false }: InputFacts = {}): RunWithChanges {
  const result = runWithChanges(input);
  const { rest, results } = splitResults(result.stdout);
  for (const line of result.stderr.split("\n").slice(0, -1)) assert.match(line, /^(?:error|warning): .*\[[a-z-]+\]$/);
  if (result.status === 1) {
    assert.match(result.stderr, /^error: /m);
    if (rest !== unreadable) assert.equal(rest, splitResults(input).rest, "on an error, the items must stay unchanged");
    return result;
  }
  assert.equal(result.status, 0);
  if (!removesContent(result.changes)) {
    const lost = firstLost(splitResults(input).rest.replace(insignificant, ""), rest);
    assert.equal(lost, undefined, "the output must contain every visible character of the input, in the same order");
  }
  if (!hasAgent && isReadable(input)) requireCompleteInjection(load(result.stdout) as Mapping);
  const second = run(result.stdout);
  const again = splitResults(second.stdout);
  // A blank line after a deleted object ends up after the element that the second run would remove.
  if (second.status === 1 && /would become part of the block scalar before it/.test(second.stderr)) return result;
  assert.equal(second.status, 0, `the second run failed: ${second.stderr}`);
  assert.equal(again.rest, rest, "the second run must change nothing");
  assert.equal(second.stderr, result.stderr, "the second run must report the same");
  assert.equal(again.results, results, "and return the same results");
  return result;
}

/** White space, and nulls and empty collections, which the function may replace with content. */
const insignificant = /\bnull\b|\bNull\b|\bNULL\b|~|\[\s*\]|\{\s*\}|\s/g;

/** Reports whether js-yaml reads a text. The function also passes on parts that it doesn't need to read. */
function isReadable(text: string): boolean {
  try {
    load(text);
    return true;
  } catch {
    return false;
  }
}

/** Fails if a Deployment with the agent lacks its record, or a volume that the agent mounts. */
function requireCompleteInjection(list: Mapping): void {
  assert.ok(isList(list.items), "items must be a list");
  for (const item of list.items) {
    const podSpec = get(item, "spec", "template", "spec");
    const agent = getList(podSpec, "containers").find((container) =>
      agentNames.includes(get(container, "name") as string),
    );
    if (get(item, "kind") !== "Deployment" || agent === undefined) continue;
    assert.ok(get(item, "metadata", "annotations", "tracing-sidecar.dev/injected"), "it must have its record");
    const volumes = getList(podSpec, "volumes").map(nameOf);
    const missing = getList(agent, "volumeMounts").filter((mount) => !volumes.includes(nameOf(mount)));
    assert.deepEqual(missing, [], "the volumes that the agent mounts must exist");
  }
}

function nameOf(value: Value): Value | undefined {
  return get(value, "name");
}

/** Returns true if a change removes or replaces something that an earlier run or a user added. */
export function removesContent(changes: readonly Finding[]): boolean {
  const removing = ["adopted", "updated", "removed", "pruned"];
  // A generated object that a user changed is reset.
  return changes.some(
    ({ code, message }) => removing.includes(code) || /[Uu]pdated (?:Certificate|PodMonitor) /.test(message),
  );
}

/**
 * Returns the rest of a text (up to 200 characters) from its first character that isn't in `within`, or not in the same
 * order; undefined if `within` contains all of them.
 */
export function firstLost(text: string, within: string): string | undefined {
  let at = 0;
  for (const char of within) if (text.startsWith(char, at)) at += char.length;
  return at === text.length ? undefined : text.slice(at, at + 200);
}
