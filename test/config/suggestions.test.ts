import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { formatPath, type Path } from "../../src/config/json-path";
import { findingText } from "../../src/kube/finding";
import { readFunctionConfig } from "../../src/pipeline/run";
import { isList, isMapping, type Value } from "../../src/yaml/value";
import { yaml } from "../support/sidecar-config";

/*
 * Every field and every value of a closed list, misspelled in an example that has every field. The message must suggest the
 * right one.
 */

const folder = join(__dirname, "..", "..", "function-config");

/** Mappings with keys of the user's choice, or fields of another program. */
const free = /(?:\.(?:labels|annotations|matchLabels|tags|config|portNames|limits|requests))$/;

/** Fields whose values come from a closed list. */
const closed =
  /(?:^kind|\.(?:state|type|operator|imagePullPolicy|position|otherSignals|scope|algorithm|encoding|rotationPolicy|action)|\.(?:kinds|signals|presets|usages)\[\d+\]|issuerRef\.kind)$/;

function messagesOf(config: Value): string[] {
  const read = readFunctionConfig(config);
  return "findings" in read ? read.findings.map((finding) => findingText(finding, undefined)) : [];
}

/** Yields every value below a value, with its path. */
function* valuesIn(value: Value, path: Path = []): Generator<readonly [Path, Value]> {
  yield [path, value];
  if (isList(value)) for (const [index, one] of value.entries()) yield* valuesIn(one, [...path, index]);
  if (isMapping(value)) for (const [key, one] of Object.entries(value)) yield* valuesIn(one, [...path, key]);
}

/** Returns a copy of a value with the part at a path replaced by what `change` returns. */
function changed(value: Value, [step, ...rest]: Path, change: (part: Value) => Value): Value {
  if (step === undefined) return change(value);
  if (isList(value)) return value.map((one, index) => (index === step ? changed(one, rest, change) : one));
  assert.ok(isMapping(value));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, key === step ? changed(one, rest, change) : one]),
  );
}

for (const file of ["jaeger.yaml", "otelcol.yaml", "private-ca.yaml"]) {
  const example = yaml(readFileSync(join(folder, file), "utf8"));
  const values = [...valuesIn(example)];

  describe(`in ${file}`, () => {
    it("a misspelled field has a suggestion, wherever it is", () => {
      const unsuggested = values.flatMap(([path, value]) => {
        if (
          !isMapping(value) ||
          free.test(formatPath(path)) ||
          path.some((_, i) => free.test(formatPath(path.slice(0, i))))
        )
          return [];
        return Object.keys(value).flatMap((key) => {
          const wrong = changed(example, path, (part) =>
            Object.fromEntries(
              Object.entries(part as object).map(([name, one]) => [name === key ? `${key}x` : name, one]),
            ),
          );
          const at = formatPath([...path, `${key}x`]);
          // A key of an environment variable isn't shown, because it could be a secret.
          const places = [at, formatPath(path)];
          const expected = places.map((place) => `${place}: unknown field; did you mean "${key}"?`);
          return messagesOf(wrong).some((message) => expected.includes(message)) ? [] : [at];
        });
      });
      // Metadata can have other fields, and without a kind it isn't known which fields there are. `check` of the agent type
      // reports those of a probe's handler, which depend on the default.
      assert.deepEqual(
        unsuggested.filter((at) => !at.includes("Probe.httpGet.")),
        ["apiVersionx", "kindx", "metadata.namex"],
      );
    });

    it("a misspelled value of a closed list has a suggestion", () => {
      const enums = values.filter(
        (entry): entry is readonly [Path, string] =>
          closed.test(formatPath(entry[0])) && typeof entry[1] === "string" && entry[1] !== "leave",
      );
      assert.ok(enums.length > 2);
      for (const [path, value] of enums) {
        const messages = messagesOf(changed(example, path, () => `${value}x`));
        assert.ok(
          messages.some(
            (one) => one.startsWith(`${formatPath(path)}: unknown`) && one.endsWith(`did you mean "${value}"?`),
          ),
          `${formatPath(path)}: ${value}x: ${messages}`,
        );
      }
    });
  });
}
