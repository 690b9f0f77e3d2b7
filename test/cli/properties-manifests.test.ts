import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type ObjectReference, toObject } from "../../src/kube/object";
import { ownerAnnotation } from "../../src/kube/own-annotations";
import { documentsOf } from "../../src/yaml/documents";
import { isMapping, type Mapping, type Value } from "../../src/yaml/value";
import { runWithChanges } from "../support/changes";
import { absent, anyConfiguration, asValue, type Sidecar } from "../support/configuration-arbitrary";
import { codesOf } from "../support/fixture";
import { loadAllYaml, loadYaml, withoutPrototypes } from "../support/load";
import { folder } from "../support/manifest-arbitrary";
import { property } from "../support/property";
import { renderFiles } from "../support/render-files";
import { asWritten, atItsWorst } from "../support/resource-list-arbitrary";
import { plain } from "../support/tree";

/*
 * What the command line guarantees for the bytes of files, for any content and any YAML style.
 */

const anyFolder = fc.oneof(
  { weight: 3, arbitrary: folder(asWritten) },
  { weight: 1, arbitrary: folder({ ...atItsWorst, shadows: false }) },
);

/** Renders files. Returns their new texts and the findings. */
function renderTexts(texts: readonly string[], configuration: Sidecar) {
  const { files, findings, leftovers } = renderFiles(texts, configuration);
  return {
    texts: files.map(({ text }) => text),
    leftovers,
    codes: findings.map(({ code }) => code).sort(),
    isRefused: findings.some(({ severity }) => severity === "error"),
    message: findings.map(({ message }) => message).join("\n"),
  };
}

/** The objects of files as js-yaml reads them, without the record, which contains how empty values are written. */
function objectsOf(texts: readonly string[]): Value[] {
  const documents = texts.flatMap((text) => {
    const parts = documentsOf(text).map(({ from, to }) => text.slice(from, to));
    return parts.flatMap(loadAllYaml);
  });
  return documents.flatMap((document) => {
    if (!isMapping(document)) return [];
    const items = document["kind"] === "List" ? (document["items"] as readonly Value[]) : [document];
    return items.map(withoutRecord);
  });
}

function withoutRecord(object: Value): Value {
  const text = JSON.stringify(object, (key, value) => (key === "tracing-sidecar.dev/injected" ? "recorded" : value));
  return withoutPrototypes(JSON.parse(text));
}

property("documents are split as js-yaml splits them", anyFolder, ({ files }) => {
  for (const { text } of files) {
    const ranges = documentsOf(text);
    assert.equal(ranges.map(({ from, to }) => text.slice(from, to)).join(""), text);
    const nonEmpty = ranges.filter(({ from, to }) => loadAllYaml(text.slice(from, to)).length > 0);
    assert.equal(nonEmpty.length, loadAllYaml(text).length);
  }
});

property(
  "files get the same objects as a ResourceList of the same items",
  anyFolder,
  ({ files, configuration }) => {
    const trees = files.flatMap((file) => file.trees);
    const list = { apiVersion: "config.kubernetes.io/v1", kind: "ResourceList", items: trees.map(plain) };
    const input = JSON.stringify({ ...list, functionConfig: asValue(configuration) });
    const asFunction = runWithChanges(input);
    const asFiles = renderTexts(
      files.map(({ text }) => text),
      configuration,
    );
    const isUnsafe = asFiles.codes.includes("invalid-object") && !codesOf(asFunction).includes("invalid-object");
    fc.pre(!isUnsafe);
    assert.deepEqual(asFiles.codes, [...asFunction.changes.map(({ code }) => code), ...codesOf(asFunction)].sort());
    assert.equal(asFiles.isRefused, asFunction.status === 1);
    const { items } = loadYaml(asFunction.stdout) as { readonly items: readonly Mapping[] };
    assert.deepEqual(objectsOf(asFiles.texts), items.map(withoutRecord));
    return asFiles.codes.includes("injected");
  },
  0.5,
);

property(
  "a second run changes no byte",
  anyFolder,
  ({ files, configuration }) => {
    const first = renderTexts(
      files.map(({ text }) => text),
      configuration,
    );
    const second = renderTexts(first.texts, configuration);
    assert.deepEqual(second.texts, first.texts);
    return first.codes.includes("injected");
  },
  0.45,
);

property(
  "removal restores every byte, in every file",
  anyFolder,
  ({ files, configuration }) => {
    const texts = files.map(({ text }) => text);
    const first = renderTexts(texts, configuration);
    fc.pre(!first.isRefused);
    const removed = renderTexts(first.texts, absent(configuration));
    assert.equal(removed.isRefused, false, removed.message);
    assert.deepEqual(removed.texts, texts);
    return first.codes.includes("injected");
  },
  0.5,
);

property(
  "runs with different configurations give the same result as the last configuration alone",
  fc.tuple(anyFolder, fc.array(anyConfiguration, { minLength: 1, maxLength: 3 })),
  ([{ files, configuration }, later]) => {
    const texts = files.map(({ text }) => text);
    let current = renderTexts(texts, configuration);
    fc.pre(!current.isRefused);
    let changes = 0;
    for (const next of later) {
      const again = renderTexts(current.texts, next);
      const directly = renderTexts(texts, next);
      assert.equal(again.isRefused, directly.isRefused, again.message + directly.message);
      if (again.isRefused) {
        assert.deepEqual(again.texts, current.texts);
      } else {
        assert.deepEqual(again.texts, directly.texts);
        current = again;
        changes++;
      }
    }
    return changes > 0;
  },
  0.7,
);

property(
  "leftovers are the generated objects that the files no longer contain, and no file names one of their Secrets",
  fc.tuple(anyFolder, fc.oneof(fc.constant(undefined), anyConfiguration)),
  ([{ files, configuration }, next]) => {
    const first = renderTexts(
      files.map(({ text }) => text),
      configuration,
    );
    const second = renderTexts(first.texts, next ?? absent(configuration));
    fc.pre(!first.isRefused && !second.isRefused);
    const [before, after] = [first, second].map(({ texts }) => objectsOf(texts).map(toObject));
    const defaultNamespace = (next ?? configuration).spec.namespace ?? "";
    const keyOf = ({ kind, namespace = defaultNamespace, name }: ObjectReference) => `${kind} ${namespace} ${name}`;
    const existing = new Set(after?.map(keyOf));
    const gone = before?.filter((object) => object.annotations[ownerAnnotation] && !existing.has(keyOf(object))) ?? [];
    const reported = second.leftovers.filter(({ kind }) => kind !== "Secret");
    assert.deepEqual(reported.map(keyOf).sort(), gone.map(keyOf).sort());
    for (const { kind, name } of second.leftovers) {
      if (kind === "Secret")
        for (const text of second.texts) assert.doesNotMatch(text, new RegExp(`secretName: "?${name}"?$`, "m"));
    }
    return gone.length > 0;
  },
  0.2,
);

property(
  "no character of a file is removed, except whitespace and empty values",
  anyFolder,
  ({ files, configuration }) => {
    const { texts, codes } = renderTexts(
      files.map(({ text }) => text),
      configuration,
    );
    for (const [i, { text }] of files.entries()) {
      const original = text.replace(/\bnull\b|\bNull\b|\bNULL\b|~|\[\s*\]|\{\s*\}|\s/g, "");
      let at = -1;
      for (const char of original) {
        at = (texts[i] as string).indexOf(char, at + 1);
        assert.ok(at >= 0);
      }
    }
    return codes.includes("injected");
  },
  0.45,
);
