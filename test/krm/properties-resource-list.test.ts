import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parseItem } from "../../src/krm/item";
import { readResourceList } from "../../src/krm/resource-list";
import { writeResourceList } from "../../src/krm/write-resource-list";
import { Anchors } from "../../src/yaml/anchors";
import { toValue } from "../../src/yaml/to-value";
import type { Value } from "../../src/yaml/value";
import { loadYaml, withoutPrototypes } from "../support/load";
import { property } from "../support/property";
import { asWritten, atItsWorst, resourceList } from "../support/resource-list-arbitrary";
import { itemsOf } from "../support/sections";
import { anyValue } from "../support/value-arbitrary";

const anyList = fc.oneof(resourceList(asWritten), resourceList(atItsWorst));

property("splits items by indentation into those that js-yaml reads", anyList, ({ text }) => {
  const list = readResourceList(text);
  const anchors = new Anchors();
  const items = list.items.map((item) => toValue(parseItem(item, anchors).node));
  const whole = loadYaml(text) as { items: Value; functionConfig: Value };
  assert.deepEqual(withoutPrototypes(items), whole.items);
  assert.deepEqual(withoutPrototypes(list.functionConfig), whole.functionConfig);
  for (const item of list.items) assert.equal(text.slice(item.offset, item.offset + item.text.length), item.text);
});

property(
  "replaces earlier results and changes nothing else",
  fc.tuple(anyList, fc.array(anyValue, { minLength: 1, maxLength: 3 })),
  ([{ text }, results]) => {
    const written = [...writeResourceList(readResourceList(text), new Map(), results)].join("");
    const { results: _, ...before } = loadYaml(text) as { [key: string]: Value };
    assert.deepEqual(loadYaml(written), withoutPrototypes({ ...before, results }));
    assert.equal(itemsOf(written), itemsOf(text));
  },
);
