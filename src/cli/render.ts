import { extname } from "node:path";
import { parseItem, parseObject } from "../krm/item";
import type { Manifest } from "../krm/manifest";
import { firstObjects, manifestEdits } from "../krm/write-manifest";
import type { ItemChange } from "../krm/write-resource-list";
import { type Finding, isProblem, objectAndFile } from "../kube/finding";
import { computeChanges, type FunctionConfig } from "../pipeline/run";
import { applyEdits, type Edit } from "../yaml/edit";

/** A file with its new text. */
export interface RenderedFile {
  readonly manifest: Manifest;
  /** Edits of the manifest's text. Empty if nothing changes. */
  readonly edits: readonly Edit[];
  /** The manifest's text with the edits. */
  readonly text: string;
}

/** The result of a run over files. If a finding is an error, no text is changed. */
export interface RenderResult {
  readonly files: readonly RenderedFile[];
  /** New objects as YAML documents, if there is no file to add them to. */
  readonly newDocuments?: string;
  readonly findings: readonly Finding[];
}

/** A file, and the changes of its items by their index in the file. */
interface ChangedFile {
  readonly manifest: Manifest;
  readonly changes: ReadonlyMap<number, ItemChange>;
}

/** Applies a configuration to the objects of all files as if they were one ResourceList. */
export function render(manifests: readonly Manifest[], task: FunctionConfig): RenderResult {
  const items = manifests.flatMap((manifest) => manifest.items);
  const { findings, items: itemChanges, appended = [] } = computeChanges(task, items);
  const changedFiles = changesByFile(manifests, itemChanges);
  const problems = [
    ...(appended.length > 0 ? missingYamlFile(manifests) : []),
    ...changedFiles.flatMap(documentsInJson),
  ];
  if (problems.length > 0) {
    const reported = findings.filter(isProblem);
    const unchanged = manifests.map((manifest) => ({ manifest, edits: [], text: manifest.text }));
    return { files: unchanged, findings: [...problems, ...reported] };
  }
  // If no file contains an object, new objects go into the first file that accepts YAML documents.
  const target = manifests.find((manifest) => !isJson(manifest));
  const files = changedFiles.map(({ manifest, changes }): RenderedFile => {
    const edits = changes.size === 0 ? [] : manifestEdits(manifest, changes);
    if (manifest === target && appended.length > 0) edits.push(firstObjects(manifest.text, appended));
    return { manifest, edits, text: edits.length === 0 ? manifest.text : applyEdits(manifest.text, edits) };
  });
  if (manifests.length > 0 || appended.length === 0) return { files, findings };
  return { files, findings, newDocuments: firstObjects("", appended).text.replace(/^---\n/, "") };
}

/** Splits the changes by file. The indexes of `changes` count the items of all files. */
function changesByFile(manifests: readonly Manifest[], changes: ReadonlyMap<number, ItemChange>): ChangedFile[] {
  let first = 0;
  return manifests.map((manifest) => {
    const fileChanges = new Map<number, ItemChange>();
    for (let i = 0; i < manifest.items.length; i++) {
      const change = changes.get(first + i);
      if (change !== undefined) fileChanges.set(i, change);
    }
    first += manifest.items.length;
    return { manifest, changes: fileChanges };
  });
}

function isJson({ path }: Manifest): boolean {
  return extname(path) === ".json";
}

/** Returns the error for new objects that belong to no workload, if all files are JSON. */
function missingYamlFile(manifests: readonly Manifest[]): Finding[] {
  const [first] = manifests;
  if (first === undefined || !manifests.every(isJson)) return [];
  const message = "New objects can be added only to a YAML file. Pass a YAML file too; it can be empty.";
  return [{ code: "invalid-object", severity: "error", message, file: { path: first.path } }];
}

/** Returns the errors for new documents in a JSON file, which can contain only one. */
function documentsInJson({ manifest, changes }: ChangedFile): Finding[] {
  if (!isJson(manifest)) return [];
  const message =
    "New objects can't be added to this file: a JSON file can contain only one object. Convert the file to YAML, or wrap the object in a List.";
  return manifest.items.flatMap((item, index): Finding[] => {
    const { insertAfter = [] } = changes.get(index) ?? {};
    if (insertAfter.length === 0 || item.source.form !== "document") return [];
    return [{ ...objectAndFile(parseObject(parseItem(item))), code: "invalid-object", severity: "error", message }];
  });
}
