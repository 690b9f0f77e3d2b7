import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { RenderResult } from "../../src/cli/render";
import { parseItem, parseObject } from "../../src/krm/item";
import { readManifest } from "../../src/krm/manifest";
import { isError } from "../../src/kube/finding";
import { ownerAnnotation } from "../../src/kube/own-annotations";
import { Anchors } from "../../src/yaml/anchors";
import { absent, anyConfiguration, type Sidecar } from "../support/configuration-arbitrary";
import { type Folder, folder } from "../support/manifest-arbitrary";
import { property } from "../support/property";
import { renderFiles } from "../support/render-files";
import { asWritten, atItsWorst } from "../support/resource-list-arbitrary";

/*
 * What `--no-prune` guarantees for the bytes of files, for any content and any YAML style.
 */

const anyFolder = fc.oneof(
  { weight: 3, arbitrary: folder(asWritten) },
  { weight: 1, arbitrary: folder({ ...atItsWorst, shadows: false }) },
);

const originals = ({ files }: Folder) => files.map(({ text }) => text);
const textsOf = ({ files }: RenderResult) => files.map(({ text }) => text);
const isRefused = ({ findings }: RenderResult) => findings.some(isError);

function withoutPruning(texts: readonly string[], configuration: Sidecar): RenderResult {
  return renderFiles(texts, configuration, { prune: false });
}

/** Returns the generated objects of files as text, without the lines around them. */
function generatedIn(texts: readonly string[]): string[] {
  const items = texts.flatMap((text, i) => readManifest(`${i}.yaml`, text).items);
  // An alias in an element of a list can refer to an earlier element.
  const anchors = new Anchors();
  return items.flatMap((item) => {
    const { annotations, value } = parseObject(parseItem(item, anchors));
    return annotations[ownerAnnotation] === undefined ? [] : [JSON.stringify(value)];
  });
}

property(
  "every generated object stays as it is, although no workload needs it",
  anyFolder,
  (folder) => {
    const first = renderFiles(originals(folder), folder.configuration);
    fc.pre(!isRefused(first));
    const removed = withoutPruning(textsOf(first), absent(folder.configuration));
    const generated = generatedIn(textsOf(first));
    assert.deepEqual(generatedIn(textsOf(removed)), generated);
    assert.deepEqual(removed.leftovers, []);
    return generated.length > 0;
  },
  0.4,
);

property(
  "without anything to delete, it makes no difference",
  anyFolder,
  (folder) => {
    const result = withoutPruning(originals(folder), folder.configuration);
    assert.deepEqual(textsOf(result), textsOf(renderFiles(originals(folder), folder.configuration)));
    return result.files.some(({ edits }) => edits.length > 0);
  },
  0.4,
);

property(
  "a later run without it gives the same result as if it had never been used",
  fc.tuple(anyFolder, fc.oneof(fc.constant(undefined), anyConfiguration)),
  ([folder, other]) => {
    const next = other ?? absent(folder.configuration);
    const first = textsOf(renderFiles(originals(folder), folder.configuration));
    const directly = renderFiles(first, next);
    const unpruned = withoutPruning(first, next);
    fc.pre(!isRefused(directly) && !isRefused(unpruned));
    assert.deepEqual(textsOf(renderFiles(textsOf(unpruned), next)), textsOf(directly));
    return textsOf(unpruned).join() !== textsOf(directly).join();
  },
  0.2,
);
