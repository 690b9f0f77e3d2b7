import { basename, dirname, join, relative, sep } from "node:path";
import { oneLine } from "../krm/escape-line";
import { printBlock } from "../yaml/print";
import { defaultStyle } from "../yaml/style";
import { get, getList, getString, isList, type Mapping, type Value } from "../yaml/value";
import { type Kustomization, kustomizationIn, kustomizationsBelow, readMapping, resourcesOf } from "./kustomization";
import { type FileSystem, kindOf } from "./system";
import { isOutside } from "./unified-diff";
import { version } from "./version";

/** The image of the function that docs/how-to/kustomize.md and docs/how-to/kpt.md build. */
export const image = `localhost/tracing-sidecar:${version}`;

/** What the folders show about how a configuration will be used. */
export interface Destination {
  /** The Kptfile, if it belongs to a kpt package. */
  readonly kptfile?: Kptfile;
  /** The kustomization that should run the function. */
  readonly kustomization?: Transformed;
  /** The path of a JSON Schema that exists, as the configuration's file refers to it. */
  readonly schema?: string;
}

/** A Kptfile that was read. */
export interface Kptfile {
  readonly path: string;
  /** Empty if the file can't be read. */
  readonly content: Mapping;
  /** Why the file can't be read, with its place and without a period. */
  readonly problem?: string;
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
    ...paths.filter((path) => path !== "-").map((path) => (kindOf(path, files) === "folder" ? path : dirname(path))),
  ];
  const schema = schemaPaths(ownFolder, files).find((path) => isFile(join(ownFolder, path), files));
  const [kustomization] = kustomizationsIn(folders, files);
  const kptfile = folders
    .flatMap((folder) => pathsUp(folder, files).map((up) => join(folder, up, "Kptfile")))
    .find((path) => isFile(path, files));
  return {
    ...(kptfile === undefined ? {} : { kptfile: { path: kptfile, ...readMapping(kptfile, files) } }),
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

/** Returns the paths from a folder to itself and to the folders that contain it: "", "../", and so on. None without a folder. */
function pathsUp(folder: string, files: FileSystem): readonly string[] {
  if (kindOf(folder, files) !== "folder") return [];
  const depth = files.realPath(folder).split(sep).length;
  return Array.from({ length: depth }, (_, i) => "../".repeat(i));
}

/** The name that `schema --help` gives the file, and the path of the file in this package. */
const schemaFile = "tracing.schema.json";
const packagedSchema = join("node_modules", "tracing-sidecar", "function-config", "schema.json");

/** Returns where a schema can be, relative to a folder: in it, or in a package that is installed there or above. */
function schemaPaths(folder: string, files: FileSystem): readonly string[] {
  return [schemaFile, ...pathsUp(folder, files).map((up) => join(up, packagedSchema))];
}

function isFile(path: string, files: FileSystem): boolean {
  return kindOf(path, files) === "file";
}

/** Returns how to run a configuration with kustomize or kpt, as lines; none if it is listed there already. */
export function hostAdvice(
  { kustomization, kptfile }: Destination,
  output: string | undefined,
  files: FileSystem,
): readonly string[] {
  if (kustomization !== undefined) return transformerAdvice(kustomization, output, files);
  return kptfile === undefined ? [] : mutatorAdvice(kptfile, output, files);
}

function transformerAdvice(
  { path, content }: Transformed,
  output: string | undefined,
  files: FileSystem,
): readonly string[] {
  const place = entryIn(path, output, files);
  const isListed = getList(content, "transformers").some((listed) => isSameEntry(listed, place.entry));
  return place.isInPlace && isListed ? [] : listAdvice({ path, content }, ["transformers"], place, place.entry);
}

function mutatorAdvice({ path, content }: Kptfile, output: string | undefined, files: FileSystem): readonly string[] {
  const place = entryIn(path, output, files);
  const mutators = getList(content, "pipeline", "mutators");
  const isListed = mutators.some((mutator) => isSameEntry(get(mutator, "configPath"), place.entry));
  const mutator = { image, configPath: place.entry };
  return place.isInPlace && isListed ? [] : listAdvice({ path, content }, ["pipeline", "mutators"], place, mutator);
}

/**
 * Returns how to add an element to a list of a file, as lines.
 *
 * @param keys the path of the list. The lines to add start with the first key that the file doesn't have.
 */
function listAdvice(
  { path, content }: Kustomization,
  keys: readonly string[],
  { instruction }: Place,
  element: Value,
): readonly string[] {
  const existing = keys.filter((_, i) => get(content, ...keys.slice(0, i + 1)) !== undefined);
  const added = keys.slice(existing.length).reduceRight<Value>((value, key) => ({ [key]: value }), [element]);
  const what = isList(added) ? "it" : "these lines";
  const where = existing.length === 0 ? path : `${existing.join(".")} in ${path}`;
  // In double quotes, the escape sequences of `oneLine` are YAML.
  const style = { ...defaultStyle, isQuoted: (text: string) => oneLine(text) !== text };
  const lines = printBlock(added, 0, style).split("\n");
  return [`${instruction} ${what} to ${where}:`, ...lines.map((line) => `  ${line}`)];
}

/** Where a configuration has to be so that a file can list it. */
interface Place {
  /** The path in the list. */
  readonly entry: string;
  /** True if the configuration is in the folder of the list, or below it. */
  readonly isInPlace: boolean;
  /** The start of a sentence that says to add the entry. */
  readonly instruction: string;
}

/**
 * Returns how a file that lists others by relative paths, such as a kustomization, has to list the configuration.
 *
 * @param output the path of the configuration's file; undefined if it isn't known.
 */
function entryIn(listPath: string, output: string | undefined, files: FileSystem): Place {
  const folder = dirname(listPath);
  const fromFolder =
    output === undefined
      ? undefined
      : relative(files.realPath(folder), join(files.realPath(dirname(output)), basename(output)));
  const isInPlace = fromFolder !== undefined && !isOutside(fromFolder);
  const place = output === undefined ? "Save the configuration in" : "Move the configuration to";
  return {
    entry: isInPlace ? fromFolder : basename(output ?? "tracing.yaml"),
    isInPlace,
    instruction: isInPlace ? "Add" : `${place} the folder ${folder}, and add`,
  };
}

function isSameEntry(listed: Value | undefined, entry: string): boolean {
  return listed === entry || listed === `./${entry}`;
}
