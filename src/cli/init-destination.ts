import { basename, dirname, join, relative, sep } from "node:path";
import { getList, getString } from "../yaml/value";
import { type Kustomization, kindOf, kustomizationIn, kustomizationsBelow, resourcesOf } from "./kustomization";
import type { FileSystem } from "./system";

/** What the folders show about how a configuration will be used. */
export interface Destination {
  /** True if it belongs to a kpt package. */
  readonly isInKptPackage: boolean;
  /** The kustomization that should run the function. */
  readonly kustomization?: Transformed;
  /** The path of a JSON Schema that exists, as the configuration's file refers to it. */
  readonly schema?: string;
}

/** A kustomization that should run the function as a transformer. */
export interface Transformed extends Kustomization {
  /** The files and folders that it builds, and those of the kustomizations that it includes. */
  readonly resources: readonly string[];
  /** True if the kustomization, or one that it includes, sets the namespace of what it builds. */
  readonly setsNamespace: boolean;
}

/**
 * Finds out how a configuration will be used: by its own folder, and by the folders on the command line.
 *
 * @param output the path of the configuration's file; undefined if it isn't known.
 * @param paths the files and folders on the command line.
 */
export function findDestination(output: string | undefined, paths: readonly string[], files: FileSystem): Destination {
  const ownFolder = dirname(output ?? "tracing.yaml");
  const folders = [
    ...(output === undefined ? [] : [ownFolder]),
    ...paths.filter((path) => path !== "-").map((path) => (files.kindOf(path) === "folder" ? path : dirname(path))),
  ];
  const schema = schemaPaths(ownFolder, files).find((path) => isFile(join(ownFolder, path), files));
  const [kustomization] = kustomizationsIn(folders, files);
  return {
    isInKptPackage: folders.some((folder) =>
      withParents(folder).some((parent) => isFile(join(parent, "Kptfile"), files)),
    ),
    ...(kustomization === undefined ? {} : { kustomization }),
    ...(schema === undefined ? {} : { schema }),
  };
}

/** Returns the kustomizations in folders, without those that another one of them includes. */
function kustomizationsIn(folders: readonly string[], files: FileSystem): Transformed[] {
  const found = folders.map((folder) => kustomizationIn(folder, files)).filter((one) => one !== undefined);
  const trees = found.map((kustomization) => kustomizationsBelow(kustomization, files));
  const included = new Set(trees.flatMap(([, ...below]) => below.map(({ path }) => path)));
  return trees.flatMap((tree) => {
    const [kustomization] = tree;
    if (kustomization === undefined || included.has(kustomization.path)) return [];
    const resources = tree.flatMap((one) => resourcesOf(one, files));
    const setsNamespace = tree.some(({ content }) => getString(content, "namespace") !== undefined);
    return [{ ...kustomization, resources, setsNamespace }];
  });
}

/** Returns a relative folder and the folders that contain it, up to the working directory; an absolute one alone. */
function withParents(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder || folder.startsWith(sep) || folder.startsWith("..")
    ? [folder]
    : [folder, ...withParents(parent)];
}

/** The name that `schema --help` gives the file, and the path of the file in this package. */
const schemaFile = "tracing.schema.json";
const packagedSchema = join("node_modules", "tracing-sidecar", "function-config", "schema.json");

/** Returns where a schema can be, relative to a folder: in it, or in a package that is installed there or above. */
function schemaPaths(folder: string, files: FileSystem): readonly string[] {
  if (files.kindOf(folder) !== "folder") return [];
  const depth = files.realPath(folder).split(sep).length;
  return [schemaFile, ...Array.from({ length: depth }, (_, i) => join("../".repeat(i), packagedSchema))];
}

function isFile(path: string, files: FileSystem): boolean {
  return kindOf(path, files) === "file";
}

/** Returns how to add a configuration to a kustomization, as lines; none if it lists the configuration already. */
export function transformerAdvice(
  { path, content }: Transformed,
  output: string | undefined,
  files: FileSystem,
): readonly string[] {
  const folder = dirname(path);
  const fromFolder =
    output === undefined
      ? undefined
      : relative(files.realPath(folder), join(files.realPath(dirname(output)), basename(output)));
  const isBelow = fromFolder !== undefined && !fromFolder.startsWith("..");
  const entry = isBelow ? fromFolder : basename(output ?? "tracing.yaml");
  const transformers = getList(content, "transformers");
  if (isBelow && transformers.some((listed) => listed === entry || listed === `./${entry}`)) return [];
  const place = output === undefined ? "Save the configuration in" : "Move the configuration to";
  const move = isBelow ? "Add" : `${place} the folder ${folder}, and add`;
  return transformers.length > 0
    ? [`${move} it to transformers in ${path}:`, `  - ${entry}`]
    : [`${move} these lines to ${path}:`, "  transformers:", `  - ${entry}`];
}
