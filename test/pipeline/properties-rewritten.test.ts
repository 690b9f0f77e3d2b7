import assert from "node:assert/strict";
import * as fc from "fast-check";
import { dump } from "js-yaml";
import { run } from "../../src/pipeline/run";
import { get, isMapping, type Mapping, type Value } from "../../src/yaml/value";
import { absent, anyConfiguration } from "../support/configuration-arbitrary";
import { codesOf, isRefusedForKpt } from "../support/fixture";
import { loadYaml, withoutPrototypes } from "../support/load";
import { withoutRecords } from "../support/model";
import { property } from "../support/property";
import { asWritten, resourceList } from "../support/resource-list-arbitrary";
import { itemsOf, withConfiguration, withoutIndexes } from "../support/sections";

/*
 * Between two runs, hosts rewrite the list: in their own style, and kustomize in another order. Only its content matters.
 */

property(
  "a list that was rewritten in another style stays unchanged",
  resourceList(asWritten),
  ({ text }) => {
    const first = run(text);
    fc.pre(first.status === 0);
    const rewritten = rewrite(first.stdout);
    const second = run(rewritten);
    assert.equal(second.status, 0, second.stderr);
    assert.equal(itemsOf(second.stdout), itemsOf(rewritten));
    return codesOf(first).includes("managed");
  },
  0.35,
);

property(
  "changes and removals work in a rewritten list as in any other",
  fc.tuple(resourceList(asWritten), anyConfiguration),
  ([list, later]) => {
    const first = run(list.text);
    fc.pre(first.status === 0);
    const rewritten = rewrite(first.stdout);
    const changed = run(withConfiguration(rewritten, later));
    const directly = run(list.with(later));
    // The rewritten list has no comments.
    if (isRefusedForKpt(directly)) return false;
    assert.equal(changed.status, directly.status, changed.stderr);
    const back = run(withConfiguration(changed.stdout, absent(later)));
    assert.deepEqual(itemValues(back.stdout), itemValues(list.text));
    if (directly.status === 1) return false;
    assert.deepEqual(valuesWithoutIndexes(changed.stdout), valuesWithoutIndexes(directly.stdout));
    return true;
  },
  0.7,
);

property(
  "the order of items without file annotations doesn't matter",
  fc.tuple(resourceList(asWritten), fc.nat(20)),
  ([{ text }, by]) => {
    const first = run(text);
    fc.pre(first.status === 0 && !text.includes("config.kubernetes.io/path"));
    const list = loadYaml(first.stdout) as { items: Value[] };
    // Of two objects with the same name, the last one counts, so their order matters.
    fc.pre(new Set(list.items.map(nameOf)).size === list.items.length);
    const at = list.items.length === 0 ? 0 : by % list.items.length;
    const rotated = yaml({ ...list, items: [...list.items.slice(at), ...list.items.slice(0, at)] });
    const second = run(rotated);
    assert.equal(second.status, 0, second.stderr);
    assert.equal(itemsOf(second.stdout), itemsOf(rotated));
    return at > 0;
  },
  0.5,
);

property(
  "labels and annotations that others add to a generated object are kept",
  fc.tuple(resourceList(asWritten), anyConfiguration),
  ([{ text }, later]) => {
    const first = run(text);
    fc.pre(first.status === 0);
    const list = loadYaml(first.stdout) as { items: Value[] };
    const others = yaml({ ...list, items: list.items.map(withOthers) });
    assert.equal(itemsOf(run(others).stdout), itemsOf(others));
    const before = new Set((list.items as unknown[]).filter(isGenerated).map(identity));
    const second = run(withConfiguration(others, later));
    const { items } = loadYaml(second.stdout) as { items: Value[] };
    const generated = (items as unknown[]).filter(isGenerated);
    for (const object of generated) {
      const { labels, annotations } = object.metadata;
      const expected = before.has(identity(object)) ? ["by others", "by others"] : [undefined, undefined];
      assert.deepEqual([labels["example.com/other"], annotations["example.com/other"]], expected);
    }
    return generated.some((object) => before.has(identity(object)));
  },
  0.15,
);

property(
  "removal works without the annotations that a host strips from files",
  resourceList(asWritten),
  (list) => {
    const first = run(list.text);
    fc.pre(first.status === 0);
    const asFile = yaml(withoutHost(loadYaml(first.stdout)));
    const back = run(withConfiguration(asFile, absent(list.configuration)));
    assert.equal(back.status, 0, back.stderr);
    assert.deepEqual(itemValues(back.stdout), itemValues(yaml(withoutHost(loadYaml(list.text)))));
    return codesOf(first).includes("managed");
  },
  0.35,
);

/** Returns a list without the annotations that a host adds for the run, and without `annotations` that become empty. */
function withoutHost(list: Value): Value {
  const { items, ...rest } = list as { items: Value[] };
  return { ...rest, items: items.map(withoutHostAnnotations) };
}

function withoutHostAnnotations(item: Value): Value {
  const annotations = get(item, "metadata", "annotations");
  const entries = isMapping(annotations) ? Object.entries(annotations) : [];
  const kept = entries.filter(([name]) => !/^(?:internal\.)?config\.(?:kubernetes|k8s)\.io\//.test(name));
  if (kept.length === entries.length) return item;
  const { annotations: _, ...metadata } = (item as { metadata: Mapping }).metadata;
  const remaining = kept.length > 0 ? { annotations: Object.fromEntries(kept) } : {};
  return { ...(item as Mapping), metadata: { ...metadata, ...remaining } };
}

/** Returns the list as another YAML library writes it. */
function rewrite(text: string): string {
  return yaml(loadYaml(text));
}

function yaml(value: unknown): string {
  return dump(value, { lineWidth: -1, noRefs: true });
}

function valuesWithoutIndexes(text: string): Value {
  return itemValues(withoutIndexes(rewrite(text)));
}

function itemValues(text: string): Value {
  // A record has the spelling of an empty value, which the rewriting changes.
  return withoutPrototypes(withoutRecords((loadYaml(text) as { items: Value[] }).items, "tracing"));
}

interface Generated {
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly labels: Mapping; readonly annotations: Mapping };
}

function isGenerated(item: unknown): item is Generated {
  return get(item as Value, "metadata", "annotations", "tracing-sidecar.dev/owner") !== undefined;
}

/** Identifies a generated object by its kind and workload, regardless of its name. */
function identity({ kind, metadata }: Generated): string {
  return `${kind} ${metadata.namespace} ${metadata.annotations["tracing-sidecar.dev/for"]}`;
}

function nameOf(item: Value): string {
  return JSON.stringify([get(item, "kind"), get(item, "metadata", "namespace"), get(item, "metadata", "name")]);
}

function withOthers(item: unknown): unknown {
  if (!isGenerated(item)) return item;
  const other = { "example.com/other": "by others" };
  const { labels, annotations } = item.metadata;
  const metadata = { ...item.metadata, labels: { ...labels, ...other }, annotations: { ...annotations, ...other } };
  return { ...item, metadata };
}
