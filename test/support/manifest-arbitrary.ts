import * as fc from "fast-check";
import { Choices, layoutBytes } from "./choices";
import { anyConfiguration, type Sidecar } from "./configuration-arbitrary";
import { Layout, type LayoutOptions } from "./layout";
import { conflictingDeployment, conflictingObject, objects, otherObject, workload } from "./object-arbitrary";
import type { ListOptions } from "./resource-list-arbitrary";
import { plain, type Tree, type TreeMapping } from "./tree";
import { lineBreaks, visible } from "./yaml-arbitrary";

/** A manifest file as text, and the objects that it was generated from. */
export class ManifestText {
  constructor(
    readonly text: string,
    readonly trees: readonly TreeMapping[],
  ) {}

  toString(): string {
    return visible(this.text);
  }
}

/** The files of a run, and its configuration. */
export interface Folder {
  readonly files: readonly ManifestText[];
  readonly configuration: Sidecar;
}

/** One to three files with zero to six objects in total, in every style of a stream of documents. */
export function folder(options: ListOptions, configuration = anyConfiguration): fc.Arbitrary<Folder> {
  const object = (name: string) =>
    fc.oneof(
      { weight: 3, arbitrary: workload(name) },
      { weight: 2, arbitrary: otherObject(name) },
      { weight: options.conflicts ? 2 : 0, arbitrary: conflictingDeployment(name) },
      { weight: options.conflicts ? 1 : 0, arbitrary: conflictingObject },
    );
  // A `List` of the input is split into its objects only for files, not for a ResourceList.
  const trees = objects(workload, object).map((all) => all.filter(({ kind }) => kind !== "List"));
  return fc
    .tuple(trees, configuration, fc.array(layoutBytes, { minLength: 1, maxLength: 3 }))
    .map(([trees, config, bytes]) => ({
      configuration: config,
      files: bytes.map((fileBytes, i) => {
        const fileTrees = trees.filter((_, index) => index % bytes.length === i);
        return new ManifestText(writeManifest(fileTrees, new Choices(fileBytes), options), fileTrees);
      }),
    }));
}

function writeManifest(trees: readonly TreeMapping[], choices: Choices, options: LayoutOptions): string {
  if (trees.length === 0) return choices.of("", "\n", "# nothing\n", "---\n", "\ufeff");
  let text = choices.of("", "", "", "\ufeff", "# head\n", "\n", "%YAML 1.2\n# about it\n");
  // A document with a directive must start with a marker.
  let needsMarker = text.startsWith("%");
  const lineBreak = lineBreaks(choices);
  for (let i = 0; i < trees.length; ) {
    const inList = choices.chance(20) ? 1 + choices.upTo(2) : 0;
    const group = trees.slice(i, i + Math.max(inList, 1));
    const layout = new Layout(choices, options);
    text += marker(i === 0, needsMarker, choices);
    text += inList > 0 ? listOf(group, layout, choices) : document(group[0] as TreeMapping, layout, choices);
    i += group.length;
    const isLast = i >= trees.length;
    text += foot(layout, isLast, choices);
    needsMarker = !isLast && text.endsWith("...\n") && choices.chance(50);
    if (needsMarker) text += "%YAML 1.2\n";
  }
  return text.replace(/\n/g, lineBreak);
}

/** The marker before a document: required, except before the first document of a stream without directives. */
function marker(isFirst: boolean, isRequired: boolean, choices: Choices): string {
  if (isFirst && !isRequired && !choices.chance(30)) return "";
  const text = choices.of("---\n", "---\n", "---\n", "--- # marked\n", "---   \n", "---\n# head\n", "---\n\n");
  return !isFirst && choices.chance(10) ? `${text}---\n# nothing but this\n---\n` : text;
}

/** The end of a document that `layout` has just written. */
function foot(layout: Layout, isLast: boolean, choices: Choices): string {
  // Comments and blank lines after a block scalar could become part of it.
  if (layout.endsWithBlockScalar) return choices.of("\n", "\n", "\n...\n");
  const feet = [
    "\n",
    "\n",
    "\n",
    "\n\n",
    "\n# foot\n",
    "\n...\n",
    "\n...\n# between\n",
    "\n  # deep foot\n\n",
  ] as const;
  return isLast ? choices.of(...feet, "", "", " # foot", "\n---\n", "\n---") : choices.of(...feet);
}

function document(tree: TreeMapping, layout: Layout, choices: Choices): string {
  if (choices.chance(6)) return JSON.stringify(plain(tree));
  return choices.chance(8) ? layout.flow(tree, -1) : layout.gap(0) + layout.block(tree, 0);
}

/** Writes several objects as one document of kind `List`. */
function listOf(trees: readonly TreeMapping[], layout: Layout, choices: Choices): string {
  const list: TreeMapping = { apiVersion: "v1", kind: "List", items: trees as readonly Tree[] };
  const shape = choices.upTo(9);
  if (shape === 9) return JSON.stringify(plain(list));
  if (shape === 8) return layout.flow(list, -1);
  if (shape === 7) return layout.block(list, 0);
  const column = choices.of(0, 0, 2);
  const elements = trees.map((tree) => " ".repeat(column) + layout.element(tree, column));
  return `apiVersion: v1\nkind: List\n${choices.of("", "metadata: {}\n")}items:\n${elements.join("\n")}`;
}
