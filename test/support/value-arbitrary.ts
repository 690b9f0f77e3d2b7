import * as fc from "fast-check";
import type { Mapping, Value } from "../../src/yaml/value";
import { anyString } from "./yaml-arbitrary";

const scalar: fc.Arbitrary<Value> = fc.oneof(
  { weight: 3, arbitrary: anyString },
  { weight: 1, arbitrary: fc.constantFrom<Value>(null, true, false, 0, 420, -1, 14271, 0.5) },
);

/** Any data that the function could have to write. */
export const anyValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value; mapping: Mapping; list: Value[] }>((tie) => ({
  value: fc.oneof({ depthSize: "small", withCrossShrink: true }, scalar, tie("mapping"), tie("list")),
  mapping: fc.dictionary(anyString, tie("value"), { maxKeys: 4, noNullPrototype: false }),
  list: fc.array(tie("value"), { maxLength: 4 }),
})).value;
