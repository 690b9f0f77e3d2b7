import assert from "node:assert/strict";
import { test } from "node:test";
import { formatPath, parsePath } from "../../src/config/json-path";

test("a formatted path is parsed to the same path", () => {
  for (const path of [
    [],
    ["spec"],
    ["spec", "app", "env", 0, "value"],
    ["spec", "pod", "labels", "example.com/a"],
    ["spec", "agent", "tags", "0"],
    ["a]", 'b"c', "d\\", "", "[0]"],
    ["data", "selector"],
  ])
    assert.deepEqual(parsePath(formatPath(path)), path);
});
