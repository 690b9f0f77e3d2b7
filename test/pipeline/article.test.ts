import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { load, loadAll } from "js-yaml";
import { run } from "../../src/pipeline/run";
import { get, isList, isMapping, type Mapping, type Value } from "../../src/yaml/value";
import { inputOf, readFixture } from "../support/fixture";

/*
 * With the article's names configured, the output holds every field of the article's final listing. What the function
 * adds beyond it (probes, securityContext, the record...) is not compared here: see `fixtures/article/expected.yaml`.
 *
 * A list of the listing is held where each of its elements is:
 *   - elements with a name (containers, env, ports, volumes, mounts, pull secrets) are compared by that name,
 *   - a PodMonitor's endpoints by their port,
 *   - scalars (args, usages, matchNames) as a set: their order means nothing to who reads them.
 */

const listing = loadAll(readFixture("article", "final-listing.yaml") ?? "") as Mapping[];
const output = load(run(inputOf("article")).stdout) as Mapping;
const items = get(output, "items") as readonly Mapping[];

/** What tells an element of a list from the others. */
function keyOf(element: Value): string {
  if (!isMapping(element)) return String(element);
  return String(element["name"] ?? element["port"]);
}

/** A scalar of the listing, and the steps to it. */
interface Field {
  readonly path: readonly string[];
  readonly value: Value;
}

/** A field for each scalar below a value. An element of a list is a step `[key]`. */
function fieldsOf(value: Value, path: readonly string[] = []): Field[] {
  if (isMapping(value)) return Object.entries(value).flatMap(([key, entry]) => fieldsOf(entry, [...path, key]));
  if (isList(value)) return value.flatMap((element) => fieldsOf(element, [...path, `[${keyOf(element)}]`]));
  return [{ path, value }];
}

/** The value at a field's path; undefined where a step is not there. */
function valueAt(value: Value | undefined, [step, ...rest]: readonly string[]): Value | undefined {
  if (step === undefined) return value;
  if (isList(value)) {
    const found = value.filter((element) => `[${keyOf(element)}]` === step);
    assert.ok(found.length < 2, `${step} stands twice`);
    return valueAt(found[0], rest);
  }
  return valueAt(get(value, step), rest);
}

test("the listing is the article's: a Deployment, a Certificate and a PodMonitor", () => {
  assert.deepEqual(
    listing.map(({ kind }) => kind),
    ["Deployment", "Certificate", "PodMonitor"],
  );
});

test("the output is these three, in this order", () => {
  assert.deepEqual(
    items.map((item) => [item.kind, get(item, "metadata", "name")]),
    listing.map((object) => [object.kind, get(object, "metadata", "name")]),
  );
});

for (const object of listing) {
  describe(`${object.kind} holds`, () => {
    const item = items.find(({ kind }) => kind === object.kind);
    for (const { path, value } of fieldsOf(object)) {
      test(`${path.join(".").replaceAll(".[", "[")}: ${value}`, () => assert.deepEqual(valueAt(item, path), value));
    }
  });
}

test("the app's own container differs from the input's in the variable alone", () => {
  const containersOf = (object: Value | undefined) => get(object, "spec", "template", "spec", "containers");
  const [before] = get(load(inputOf("article")) as Value, "items") as readonly Value[];
  const app = valueAt(containersOf(items[0]), ["[example-hotrod]"]) as Mapping;
  const { env, ...rest } = app;
  assert.deepEqual(rest, valueAt(containersOf(before), ["[example-hotrod]"]));
  assert.deepEqual(env, [{ name: "JAEGER_REPORTER_LOG_SPANS", value: "true" }]);
});
