import { extname } from "node:path";
import { type ItemText, parseItem, parseObject } from "../krm/item";
import type { Manifest } from "../krm/manifest";
import { firstObjects, manifestEdits } from "../krm/write-manifest";
import type { ItemChange } from "../krm/write-resource-list";
import { type Finding, objectAndFile } from "../kube/finding";
import { computeChanges, type FunctionConfig, hasError } from "../pipeline/run";
import { applyEdits, type Edit } from "../yaml/edit";

/** A file and what becomes of it. */
export interface Rendered {
  readonly manifest: Manifest;
  /** None where nothing changes. */
  readonly edits: readonly Edit[];
  /** The manifest's text with the edits. */
  readonly text: string;
}

/** What a run makes of files. Where there is an error among the findings, every text is the manifest's own. */
export interface Rendering {
  readonly files: readonly Rendered[];
  /** What belongs to no file, because none is given. */
  readonly further?: string;
  readonly findings: readonly Finding[];
}

/** Takes all objects of all files together, as one ResourceList, and gives each file its new text. */
export function render(manifests: readonly Manifest[], task: FunctionConfig): Rendering {
  const items = manifests.flatMap((manifest) => manifest.items);
  const { findings, items: changes, appended = [] } = computeChanges(task, items);
  const unsafe: Finding[] = [];
  // Where no file holds an object, new ones go into the first that takes documents.
  const home = manifests.findIndex((manifest) => !isJson(manifest));
  const [only] = manifests;
  if (only !== undefined && home < 0 && appended.length > 0) unsafe.push(noPlace(only));
  let first = 0;
  const files = manifests.map((manifest, file): Rendered => {
    const own = new Map<number, ItemChange>();
    for (let i = 0; i < manifest.items.length; i++) {
      const change = changes.get(first + i);
      if (change !== undefined) own.set(i, change);
    }
    first += manifest.items.length;
    const edits = own.size === 0 ? [] : written(manifest, own, unsafe);
    if (file === home && appended.length > 0) edits.push(firstObjects(manifest.text, appended));
    return { manifest, edits, text: edits.length === 0 ? manifest.text : applyEdits(manifest.text, edits) };
  });
  if (!hasError(unsafe)) {
    const isHomeless = manifests.length === 0 && appended.length > 0;
    return {
      files,
      findings,
      ...(isHomeless ? { further: firstObjects("", appended).text.replace(/^---\n/, "") } : {}),
    };
  }
  const problems = findings.filter(({ severity }) => severity !== "info");
  const asTheyWere = manifests.map((manifest) => ({ manifest, edits: [], text: manifest.text }));
  return { files: asTheyWere, findings: [...unsafe, ...problems] };
}

function isJson({ path }: Manifest): boolean {
  return extname(path) === ".json";
}

function noPlace({ path }: Manifest): Finding {
  const message = "New objects belong into a YAML file: name one beside it, which may be empty.";
  return { code: "invalid-object", severity: "error", message, file: { path } };
}

function written(manifest: Manifest, changes: ReadonlyMap<number, ItemChange>, unsafe: Finding[]): Edit[] {
  for (const [index, { insertAfter = [] }] of changes) {
    const item = manifest.items[index] as ItemText;
    if (insertAfter.length === 0 || item.source.form !== "document" || !isJson(manifest)) continue;
    const message =
      "New objects belong behind it, and a JSON file holds one: make it a List of objects, or a YAML file.";
    unsafe.push({ ...objectAndFile(parseObject(parseItem(item))), code: "invalid-object", severity: "error", message });
  }
  return manifestEdits(manifest, changes);
}
