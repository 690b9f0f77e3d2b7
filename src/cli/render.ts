import { isJsonPath } from "../krm/adjacent-items";
import type { Manifest } from "../krm/manifest";
import { firstObjects, manifestEdits } from "../krm/write-manifest";
import type { ItemChange } from "../krm/write-resource-list";
import { type Finding, isProblem } from "../kube/finding";
import { computeChanges, type FunctionConfig, type RunOptions } from "../pipeline/run";
import { applyEdits, type Edit } from "../yaml/edit";
import { findLeftovers, type Leftover } from "./leftovers";

/** A file with its new text. */
export interface RenderedFile {
  readonly manifest: Manifest;
  /** Edits of the manifest's text. Empty if nothing changes. */
  readonly edits: readonly Edit[];
  /** The manifest's text with the edits. */
  readonly text: string;
}

/** The result of a run over files. */
export interface RenderResult {
  readonly files: readonly RenderedFile[];
  /** New objects as YAML documents, if there is no file to add them to. */
  readonly newDocuments?: string;
  readonly findings: readonly Finding[];
  readonly leftovers: readonly Leftover[];
  /** True if an error prevented every change. */
  readonly isRefused?: true;
}

/** A file, and the changes of its items by their index in the file. */
interface ChangedFile {
  readonly manifest: Manifest;
  readonly changes: ReadonlyMap<number, ItemChange>;
}

/** Applies a configuration to the objects of all files as if they were one ResourceList. */
export function render(manifests: readonly Manifest[], task: FunctionConfig, options: RunOptions = {}): RenderResult {
  const items = manifests.flatMap((manifest) => manifest.items);
  const changes = computeChanges(task, items, options);
  const { items: itemChanges, appended = [], replaced = [], isRefused } = changes;
  const findings = [...changes.describe(), ...changes.findings];
  if (isRefused) return withoutChanges(manifests, findings);
  // If no file contains an object, new objects go into the first file that accepts YAML documents.
  const target = manifests.find(({ path }) => !isJsonPath(path));
  const [first] = manifests;
  if (appended.length > 0 && first !== undefined && target === undefined)
    return withoutChanges(manifests, [missingYamlFile(first), ...findings.filter(isProblem)]);
  const files = changesByFile(manifests, itemChanges).map(({ manifest, changes }): RenderedFile => {
    const edits = changes.size === 0 ? [] : manifestEdits(manifest, changes);
    if (manifest === target && appended.length > 0) edits.push(firstObjects(manifest.text, appended));
    return { manifest, edits, text: edits.length === 0 ? manifest.text : applyEdits(manifest.text, edits) };
  });
  const leftovers = findLeftovers(replaced, files, "sidecar" in task ? task.sidecar.namespace : undefined);
  if (manifests.length > 0 || appended.length === 0) return { files, findings, leftovers };
  return { files, findings, leftovers, newDocuments: firstObjects("", appended).text.replace(/^---\n/, "") };
}

/** Returns the result of a run that changes nothing because of an error. */
export function withoutChanges(manifests: readonly Manifest[], findings: readonly Finding[]): RenderResult {
  const files = manifests.map((manifest) => ({ manifest, edits: [], text: manifest.text }));
  return { files, findings, leftovers: [], isRefused: true };
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

/** Returns the error for new objects that belong to no workload, if all files are JSON. */
function missingYamlFile({ path }: Manifest): Finding {
  const message = "New objects can be added only to a YAML file. Pass a YAML file too; it can be empty.";
  return { code: "invalid-object", severity: "error", message, file: { path } };
}

/** Returns the task that removes everything that a configuration added. */
export function removal(task: FunctionConfig): FunctionConfig {
  const state = { state: "absent" } as const;
  return "sidecar" in task
    ? { sidecar: { ...task.sidecar, ...state } }
    : { privateCa: { ...task.privateCa, ...state } };
}
