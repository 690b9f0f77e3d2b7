import { basename, dirname, join } from "node:path";
import { InputError, withLocation } from "../krm/item";
import { parse } from "../yaml/parse";
import { toValue } from "../yaml/to-value";
import { getList, getString, isMapping, type Mapping, type Value } from "../yaml/value";
import { decodeUtf8 } from "./decode-utf8";
import { type FileSystem, kindOf, reasonOf } from "./system";

/** The names that kustomize recognizes (kustomize api/konfig, RecognizedKustomizationFileNames). */
const names: ReadonlySet<string> = new Set(["kustomization.yaml", "kustomization.yml", "Kustomization"]);

/** Reports whether a path is that of a kustomization. */
export function isKustomization(path: string): boolean {
  return names.has(basename(path));
}

/** A kustomization that was read. */
export interface Kustomization {
  readonly path: string;
  /** Empty if the file can't be read, which is reported when it is read as a manifest. */
  readonly content: Mapping;
}

/** Returns the kustomization in a folder; undefined if there is none. */
export function kustomizationIn(folder: string, files: FileSystem): Kustomization | undefined {
  const path = [...names].map((name) => join(folder, name)).find((file) => kindOf(file, files) === "file");
  return path === undefined ? undefined : { path, content: readMapping(path, files).content };
}

/** Returns the files and folders that a kustomization builds, without those that don't exist, such as URLs. */
export function resourcesOf({ path, content }: Kustomization, files: FileSystem): string[] {
  return ["resources", "bases", "components"]
    .flatMap((field) => strings(content, field))
    .map((resource) => join(dirname(path), resource))
    .filter((resource) => ["file", "folder"].includes(kindOf(resource, files) ?? ""));
}

/** Returns a kustomization, and those that it includes. */
export function kustomizationsBelow(kustomization: Kustomization, files: FileSystem): readonly Kustomization[] {
  const found = new Map<string, Kustomization>();
  const visit = (one: Kustomization) => {
    if (found.has(one.path)) return;
    found.set(one.path, one);
    for (const resource of resourcesOf(one, files)) {
      const included = kustomizationIn(resource, files);
      if (included !== undefined) visit(included);
    }
  };
  visit(kustomization);
  return [...found.values()];
}

/** How a kustomization uses a file. */
export interface ListedFile {
  /** The path of the kustomization. */
  readonly kustomization: string;
  /** The field that lists the file, such as `patches`. */
  readonly field: string;
}

/**
 * Returns the files that kustomizations list as something other than a resource, such as a patch, by their real paths. A
 * file that a kustomization also lists as a resource isn't included.
 */
export function filesThatAreNotResources(
  kustomizations: readonly string[],
  files: FileSystem,
): ReadonlyMap<string, ListedFile> {
  const others = new Map<string, ListedFile>();
  const resources: string[] = [];
  for (const kustomization of kustomizations) {
    const { content } = readMapping(kustomization, files);
    const folder = dirname(kustomization);
    for (const [field, listed] of otherFiles(content))
      for (const file of listed.flatMap((path) => realPathOf(join(folder, path), files)))
        others.set(file, { kustomization, field });
    resources.push(...strings(content, "resources").flatMap((path) => realPathOf(join(folder, path), files)));
  }
  for (const file of resources) others.delete(file);
  return others;
}

/** The mapping in a YAML file. */
interface ReadMapping {
  /** Empty if the file can't be read. */
  readonly content: Mapping;
  /** Why the file can't be read, with its place and without a period. */
  readonly problem?: string;
}

/** Reads the mapping in a YAML file. */
export function readMapping(path: string, files: FileSystem): ReadMapping {
  try {
    const text = decodeUtf8(files.read(path));
    if (text === undefined) return { content: {}, problem: `${path}: not UTF-8` };
    const node = withLocation({ text, path }, 0, () => parse(text));
    const value = node === undefined ? null : toValue(node);
    return { content: isMapping(value) ? value : {} };
  } catch (error) {
    const problem = error instanceof InputError ? error.message : `${path}: can't be read: ${reasonOf(error)}`;
    return { content: {}, problem };
  }
}

function realPathOf(path: string, files: FileSystem): string[] {
  return kindOf(path, files) === "file" ? [files.realPath(path)] : [];
}

/**
 * Returns the files of a kustomization that aren't resources, by field (kustomize api/types, Kustomization). Inline
 * patches and URLs are included: they don't lead to a file.
 */
function otherFiles(kustomization: Mapping): (readonly [field: string, files: readonly string[]])[] {
  const files = (field: string, read: (entry: Value) => readonly string[]) =>
    [field, getList(kustomization, field).flatMap(read)] as const;
  const path = (entry: Value) => text(entry, "path");
  const itself = (entry: Value) => (typeof entry === "string" ? [entry] : []);
  const data = (generator: Value) => [
    // KEY=PATH or PATH
    ...strings(generator, "files").map((file) => file.slice(file.indexOf("=") + 1)),
    ...strings(generator, "envs"),
    ...text(generator, "env"),
  ];
  const values = (chart: Value) => [...text(chart, "valuesFile"), ...strings(chart, "additionalValuesFiles")];
  return [
    files("patches", path),
    files("patchesStrategicMerge", itself),
    files("patchesJson6902", path),
    files("replacements", path),
    files("configurations", itself),
    files("crds", itself),
    files("generators", itself),
    files("transformers", itself),
    files("validators", itself),
    files("configMapGenerator", data),
    files("secretGenerator", data),
    files("helmCharts", values),
    ["openapi", text(kustomization, "openapi", "path")],
  ];
}

function strings(value: Value, field: string): string[] {
  return getList(value, field).filter((element) => typeof element === "string");
}

function text(value: Value, ...path: readonly string[]): string[] {
  const found = getString(value, ...path);
  return found === undefined ? [] : [found];
}
