import assert from "node:assert/strict";
import { posix } from "node:path";
import * as fc from "fast-check";
import { normalizePath } from "../../src/kube/normalize-path";
import { property } from "../support/property";

property(
  "normalizes an absolute path as Node does, without the slash at its end",
  fc.array(fc.constantFrom("/", "/", ".", "..", "a", "b")),
  (parts) => {
    const path = `/${parts.join("")}`;
    assert.equal(normalizePath(path), posix.resolve(path));
  },
);
