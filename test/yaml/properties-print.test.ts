import assert from "node:assert/strict";
import * as fc from "fast-check";
import { dump, load, YAML11_SCHEMA } from "js-yaml";
import { printBlock, printEntry, printFlow, printScalar } from "../../src/yaml/print";
import type { Style } from "../../src/yaml/style";
import { coreValue, loadYaml, withoutPrototypes } from "../support/load";
import { property } from "../support/property";
import { anyValue } from "../support/value-arbitrary";
import { anyString } from "../support/yaml-arbitrary";

/*
 * Printed values read back as the same values: with the project's own parser, with js-yaml, and strings also by YAML
 * 1.1.
 */

const style: fc.Arbitrary<Style> = fc.record({
  indent: fc.integer({ min: 1, max: 8 }),
  sequenceIndent: fc.integer({ min: 0, max: 8 }),
  dashWidth: fc.integer({ min: 2, max: 5 }),
  lineBreak: fc.constantFrom("\n", "\r\n"),
  json: fc.boolean(),
});

property("a string reads back in every version of YAML, in every position", anyString, (text) => {
  const printed = printScalar(text);
  const inFlow = printFlow([text], false);
  const positions: [string, unknown][] = [
    [printed, text],
    [`- ${printed}`, [text]],
    [`${printed}: ${printed} # comment`, new Map([[text, text]])],
    [`a: {b: ${inFlow}, c: ${printFlow({ [text]: text }, false)}}`, { a: { b: [text], c: new Map([[text, text]]) } }],
  ];
  for (const [line, value] of positions) {
    assert.doesNotMatch(line, /[\r\n]/);
    assert.deepEqual(loadYaml(line), withoutPrototypes(value));
    assert.deepEqual(withoutPrototypes(load(line, { schema: YAML11_SCHEMA })), withoutPrototypes(value));
  }
});

const ascii = fc.string({
  unit: fc.constantFrom(..."aByYnotrueNul019 ./:-_#\"'`*&!|>%<?+~^[]{}(),$=@\\;"),
  maxLength: 8,
});

property("a string is printed plain if and only if js-yaml prints it plain", ascii, (text) => {
  assert.equal(printScalar(text) === text, dump(text, { lineWidth: -1 }).trimEnd() === text);
});

property(
  "a value reads back in block style, at any column",
  fc.tuple(anyValue, fc.nat(9), style),
  ([value, column, as]) => {
    const text = " ".repeat(column) + printBlock(value, column, as);
    assert.deepEqual(loadYaml(text), withoutPrototypes(value));
    assert.deepEqual(coreValue(text), withoutPrototypes(value));
  },
);

property(
  "an entry reads back in block style, at any column",
  fc.tuple(anyString, anyValue, fc.nat(9), style),
  ([key, value, column, as]) => {
    const text = " ".repeat(column) + printEntry(key, value, column, as);
    assert.deepEqual(loadYaml(text), withoutPrototypes(new Map([[key, value]])));
  },
);

property(
  "a value reads back in flow style and as JSON, on one line",
  fc.tuple(anyValue, fc.boolean()),
  ([value, json]) => {
    const text = printFlow(value, json);
    assert.doesNotMatch(text, /[\r\n]/);
    assert.deepEqual(loadYaml(text), withoutPrototypes(value));
    assert.deepEqual(
      coreValue(`[a, ${json ? text : printFlow([value], false)}]`),
      json ? ["a", withoutPrototypes(value)] : ["a", [withoutPrototypes(value)]],
    );
    if (json) assert.deepEqual(withoutPrototypes(JSON.parse(text)), withoutPrototypes(value));
  },
);
