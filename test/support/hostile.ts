import assert from "node:assert/strict";
import { load } from "js-yaml";
import { type RunResult, run } from "../../src/pipeline/run";
import { get, getList, isList, type Mapping, type Value } from "../../src/yaml/value";
import { codesOf, splitResults } from "./fixture";

/** What stdout holds where there are no items to give back. */
export const unreadable = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n";

/** The beginning of a list, up to its items. */
export const head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n";

/** A Deployment that the configuration below selects; `container` are further lines of its only container. */
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

/** A functionConfig that selects every Deployment; `spec` are further lines of its spec. */
export function functionConfig(spec = ""): string {
  return `functionConfig:
  apiVersion: tracing-sidecar.dev/v1alpha1
  kind: TracingSidecar
  metadata:
    name: tracing
  spec:
    selector: {}
    collector:
      endpoint: jaeger-collector:14250
${spec}`;
}

/** What is known of an input besides its text. */
interface Known {
  /** A container of its own has the agent's name, which then says nothing of what the function did. */
  readonly hasAgent?: boolean;
}

/**
 * Runs the function and checks what must hold whatever the input is: it never throws; an error gives the input's own
 * items back, or none where they cannot be read; anything else is a whole answer, that is the input and what was added
 * to it, and the same when it is run again.
 */
export function survives(input: string, { hasAgent = false }: Known = {}): RunResult {
  const result = run(input);
  const { rest } = splitResults(result.stdout);
  for (const line of result.stderr.split("\n").slice(0, -1)) assert.match(line, /^(?:error|warning): .*\[[a-z-]+\]$/);
  if (result.status === 1) {
    assert.match(result.stderr, /^error: /m);
    if (rest !== unreadable) assert.equal(rest, splitResults(input).rest, "on an error the items are as they came");
    return result;
  }
  assert.equal(result.status, 0);
  if (!takesAway(result)) {
    const lost = firstLost(splitResults(input).rest.replace(saysNothing, ""), rest);
    assert.equal(lost, undefined, "the output must hold every visible character of the input, in its order");
  }
  if (!hasAgent && isReadable(input)) mustBeWhole(load(result.stdout) as Mapping);
  const second = run(result.stdout);
  // A blank line that stood behind an object that is deleted comes to stand behind what is taken out next.
  if (second.status === 1 && /would become text of the block scalar before it/.test(second.stderr)) return result;
  assert.equal(second.status, 0, `a second run says: ${second.stderr}`);
  assert.equal(splitResults(second.stdout).rest, rest, "a second run changes nothing");
  return result;
}

/** White space, and what may be filled because it says that nothing is there. */
const saysNothing = /\bnull\b|\bNull\b|\bNULL\b|~|\[\s*\]|\{\s*\}|\s/g;

/** Whether js-yaml's own reader takes a text; what nobody needs to read passes through the function all the same. */
function isReadable(text: string): boolean {
  try {
    load(text);
    return true;
  } catch {
    return false;
  }
}

/** Whatever carries the agent carries all of it. */
function mustBeWhole(list: Mapping): void {
  assert.ok(isList(list.items), "items must be a list");
  for (const item of list.items) {
    const podSpec = get(item, "spec", "template", "spec");
    const agent = getList(podSpec, "containers").find((container) => get(container, "name") === "jaeger-agent");
    if (get(item, "kind") !== "Deployment" || agent === undefined) continue;
    assert.ok(get(item, "metadata", "annotations", "tracing-sidecar.dev/injected"), "its record must be there");
    const volumes = getList(podSpec, "volumes").map(nameOf);
    const missing = getList(agent, "volumeMounts").filter((mount) => !volumes.includes(nameOf(mount)));
    assert.deepEqual(missing, [], "what the agent mounts must be there");
  }
}

function nameOf(value: Value): Value | undefined {
  return get(value, "name");
}

/** Whether a run takes away something that an earlier one, or a hand, put there. */
export function takesAway(result: Pick<RunResult, "stdout">): boolean {
  const takes = ["adopted", "updated", "removed", "pruned", "warn-record"];
  // A generated object that somebody changed is set back.
  return (
    codesOf(result).some((code) => takes.includes(code ?? "")) ||
    /[Ss]et (?:Certificate|PodMonitor) /.test(result.stdout)
  );
}

/** The rest of a text from the first character that another one does not hold in the same order. */
export function firstLost(text: string, within: string): string | undefined {
  let at = 0;
  for (const char of within) if (text.startsWith(char, at)) at += char.length;
  return at === text.length ? undefined : text.slice(at, at + 200);
}
