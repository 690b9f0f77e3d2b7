import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { load, loadAll } from "js-yaml";
import { run } from "../../src/pipeline/run";
import { get, isList, isMapping, type Mapping, type Value } from "../../src/yaml/value";
import { inputOf, readFixture } from "../support/fixture";

/*
 * With the article's names configured, the output contains every field of the article's final listing. Fields that the
 * function adds beyond it (probes, securityContext, the record...) aren't compared here: see
 * `fixtures/article/expected.yaml`.
 *
 * The output contains a list of the listing if it contains each of its elements:
 *   - elements with a name (containers, env, ports, volumes, mounts, pull secrets) are compared by name,
 *   - a PodMonitor's endpoints by port,
 *   - scalars (args, usages, matchNames) as a set, because their order has no meaning.
 */

const listing = loadAll(readFixture("article", "final-listing.yaml") ?? "") as Mapping[];
const output = load(run(inputOf("article")).stdout) as Mapping;
const items = get(output, "items") as readonly Mapping[];

/** Returns the key that identifies an element of a list. */
function keyOf(element: Value): string {
  if (!isMapping(element)) return String(element);
  return String(element["name"] ?? element["port"]);
}

/** A scalar of the listing, and its path. */
interface Field {
  readonly path: readonly string[];
  readonly value: Value;
}

/** Returns a field for each scalar in a value. The step to an element of a list is `[key]`. */
function fieldsOf(value: Value, path: readonly string[] = []): Field[] {
  if (isMapping(value)) return Object.entries(value).flatMap(([key, entry]) => fieldsOf(entry, [...path, key]));
  if (isList(value)) return value.flatMap((element) => fieldsOf(element, [...path, `[${keyOf(element)}]`]));
  return [{ path, value }];
}

/** Returns the value at a field's path, or undefined if it doesn't exist. */
function valueAt(value: Value | undefined, [step, ...rest]: readonly string[]): Value | undefined {
  if (step === undefined) return value;
  if (isList(value)) {
    const matches = value.filter((element) => `[${keyOf(element)}]` === step);
    assert.ok(matches.length < 2, `${step} must be unique`);
    return valueAt(matches[0], rest);
  }
  return valueAt(get(value, step), rest);
}

test("the listing has a Deployment, a Certificate and a PodMonitor", () => {
  assert.deepEqual(
    listing.map(({ kind }) => kind),
    ["Deployment", "Certificate", "PodMonitor"],
  );
});

test("the output has the same three objects in the same order", () => {
  assert.deepEqual(
    items.map((item) => [item.kind, get(item, "metadata", "name")]),
    listing.map((object) => [object.kind, get(object, "metadata", "name")]),
  );
});

for (const object of listing) {
  describe(`the ${object.kind} has`, () => {
    const item = items.find(({ kind }) => kind === object.kind);
    for (const { path, value } of fieldsOf(object)) {
      test(`${path.join(".").replaceAll(".[", "[")}: ${value}`, () => assert.deepEqual(valueAt(item, path), value));
    }
  });
}

test("the app's container differs from the input only in the variable", () => {
  const containersOf = (object: Value | undefined) => get(object, "spec", "template", "spec", "containers");
  const [before] = get(load(inputOf("article")) as Value, "items") as readonly Value[];
  const app = valueAt(containersOf(items[0]), ["[example-hotrod]"]) as Mapping;
  const { env, ...rest } = app;
  assert.deepEqual(rest, valueAt(containersOf(before), ["[example-hotrod]"]));
  assert.deepEqual(env, [{ name: "JAEGER_REPORTER_LOG_SPANS", value: "true" }]);
});
