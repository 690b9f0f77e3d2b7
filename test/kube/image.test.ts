import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseImage } from "../../src/kube/image";

describe("parses the image reference", () => {
  const cases: [string, ReturnType<typeof parseImage>][] = [
    ["app", { name: "app" }],
    ["app:1", { name: "app", tag: "1" }],
    ["localhost:5000/app", { name: "app" }],
    ["localhost:5000/a/app:1", { name: "app", tag: "1" }],
    ["a/app@sha256:01", { name: "app", digest: "sha256:01" }],
    ["h:1/a/app:1.2@sha256:01", { name: "app", tag: "1.2", digest: "sha256:01" }],
    ["", { name: "" }],
  ];
  for (const [image, expected] of cases) test(image || "empty", () => assert.deepEqual(parseImage(image), expected));
});
