import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { RenderResult } from "../../src/cli/render";
import { type Finding, isError } from "../../src/kube/finding";
import type { FilePosition } from "../../src/kube/object";
import { absent, type Sidecar } from "../support/configuration-arbitrary";
import { type Folder, folder } from "../support/manifest-arbitrary";
import { property } from "../support/property";
import { renderFiles } from "../support/render-files";
import { asWritten, atItsWorst } from "../support/resource-list-arbitrary";

/*
 * What `--keep-going` guarantees for the bytes of files, for any content and any YAML style.
 */

const anyFolder = fc.oneof(
  { weight: 4, arbitrary: folder({ ...asWritten, conflicts: true }) },
  { weight: 1, arbitrary: folder({ ...atItsWorst, shadows: false, conflicts: true }) },
);

const originals = ({ files }: Folder) => files.map(({ text }) => text);
const textsOf = ({ files }: RenderResult) => files.map(({ text }) => text);
const codesOf = ({ findings }: RenderResult) => findings.map(({ code }) => code);
const errorsOf = ({ findings }: RenderResult) => findings.filter(isError);
const isRefused = (result: RenderResult) => errorsOf(result).length > 0;
const isChanged = ({ files }: RenderResult) => files.some(({ edits }) => edits.length > 0);

function keepGoing(texts: readonly string[], configuration: Sidecar): RenderResult {
  return renderFiles(texts, configuration, { keepGoing: true });
}

property(
  "without errors, it makes no difference",
  anyFolder,
  (folder) => {
    const plain = renderFiles(originals(folder), folder.configuration);
    if (isRefused(plain)) return false;
    const result = keepGoing(originals(folder), folder.configuration);
    assert.deepEqual(textsOf(result), textsOf(plain));
    assert.deepEqual(codesOf(result), codesOf(plain));
    return true;
  },
  0.4,
);

property(
  "objects with errors stay as they are, byte for byte",
  anyFolder,
  (folder) => {
    const result = keepGoing(originals(folder), folder.configuration);
    for (const { file, alsoAbout = [] } of errorsOf(result)) {
      for (const position of file === undefined ? [] : [file, ...alsoAbout]) {
        const { before, after } = itemAt(result, position);
        assert.ok(after.includes(before), before);
      }
    }
    return isRefused(result) && isChanged(result);
  },
  0.2,
);

/** Returns the text of an item, and the text of its file after the run. */
function itemAt({ files }: RenderResult, { path, index }: FilePosition): { before: string; after: string } {
  const file = files.find(({ manifest }) => manifest.path === path);
  const item = file?.manifest.items.find((one) => one.index === index);
  assert.ok(file !== undefined && item !== undefined, `${path} ${index}`);
  // New objects can come between a document and its markers and comments.
  return { before: item.text.replace(/^---.*\s*|(?:\s+(?:\.\.\.|#.*))*\s*$/g, ""), after: file.text };
}

/** An error without what moves when something is added: the line in the message, and the index in the file. */
function withoutLine({ code, object, message }: Finding) {
  return { code, object, message: message.replace(/line \d+/, "line N") };
}

property(
  "a second run changes no byte and reports the same errors",
  anyFolder,
  (folder) => {
    const first = keepGoing(originals(folder), folder.configuration);
    const second = keepGoing(textsOf(first), folder.configuration);
    assert.deepEqual(textsOf(second), textsOf(first));
    assert.deepEqual(errorsOf(second).map(withoutLine), errorsOf(first).map(withoutLine));
    return isRefused(first) && isChanged(first);
  },
  0.2,
);

property(
  "removal restores every byte of what it changed",
  anyFolder,
  (folder) => {
    const first = keepGoing(originals(folder), folder.configuration);
    const removed = keepGoing(textsOf(first), absent(folder.configuration));
    assert.deepEqual(
      textsOf(removed),
      originals(folder),
      errorsOf(removed)
        .map(({ message }) => message)
        .join("\n"),
    );
    return isRefused(first) && isChanged(first);
  },
  0.2,
);
