import { extname, join, normalize } from "node:path";
import { ConflictMarkersError } from "../krm/conflict-markers";
import { InputError } from "../krm/item";
import { type Manifest, readManifest } from "../krm/manifest";
import { listSome } from "../kube/message-text";
import { ownerAnnotation, recordAnnotation } from "../kube/own-annotations";
import type { FileCode } from "../kube/result-codes";
import { decodeUtf8 } from "./decode-utf8";
import { filesThatAreNotResources, isKustomization } from "./kustomization";
import { UsageError } from "./parse-arguments";
import type { Place } from "./positions";
import type { Progress } from "./progress";
import { brokenLink, type Entry, type FileSystem, realPathOf, reasonOf, type System } from "./system";

/** The content of the files and folders on the command line. */
export interface ReadResult {
  readonly manifests: readonly Manifest[];
  /** Files and folders that were left out, or should have been read. */
  readonly skipped: readonly SkippedFile[];
  readonly notices: readonly FileNotice[];
}

/** What else to say about a file. */
export interface FileNotice {
  readonly code: FileCode;
  readonly path: string;
  /** Sentences without the last period. They name the file. */
  readonly message: string;
}

/** A file or folder that can't be read. */
export interface SkippedFile extends Place {
  /** What is wrong with it, without a period. The path is printed before it. */
  readonly reason: string;
  /** `info` if it isn't a manifest, `warning` if it can be skipped. */
  readonly severity: "error" | "warning" | "info";
  /** True if nothing can be changed without it, not even with `--keep-going`. */
  readonly isRequired?: true;
  /** The content, if it is text. */
  readonly text?: string;
}

/** The name of stdin in messages. */
export const stdinName = "<stdin>";

/**
 * Reads files, folders and stdin (`-`). A file that several paths lead to is read once.
 *
 * @param paths as on the command line.
 * @param configFile the configuration's file, which isn't a manifest. If undefined, nothing will be changed, so a file
 *   with earlier output can be skipped.
 * @throws UsageError if a path on the command line doesn't exist, or a folder contains no manifest.
 */
export function readManifests(
  paths: readonly string[],
  configFile: string | undefined,
  system: System,
  progress: Progress,
): ReadResult {
  const { files } = system;
  const configPath = configFile === undefined ? undefined : files.realPath(configFile);
  const { found, notices, ...left } = withoutPatches(findFiles(paths, configPath, files), files);
  const manifests: Manifest[] = [];
  const skipped = [...left.skipped];
  for (const [i, { path }] of found.entries()) {
    progress.show("reading", i, found.length);
    const result =
      path === "-"
        ? readStdin(system)
        : readFile(path, files, { isNamed: paths.includes(path), isReadOnly: configFile === undefined });
    if (result === undefined) continue;
    if ("reason" in result) skipped.push(result);
    else manifests.push(result);
  }
  return { manifests, skipped, notices };
}

const extensions = [".yaml", ".yml", ".json"];

function hasExtension(path: string): boolean {
  return extensions.includes(extname(path));
}

/** A file to read. */
interface FoundFile {
  readonly path: string;
  readonly realPath: string;
}

/** What paths lead to. */
interface FoundFiles {
  readonly found: readonly FoundFile[];
  readonly skipped: readonly SkippedFile[];
}

/**
 * Collects the files that paths lead to, in order, without the configuration and without duplicates.
 *
 * @param configPath the real path of the configuration.
 * @returns the files to read, with `-` for stdin, and what can't be read.
 */
function findFiles(paths: readonly string[], configPath: string | undefined, files: FileSystem): FoundFiles {
  const visited = new Set<string>();
  const found: FoundFile[] = [];
  const skipped: SkippedFile[] = [];
  for (const path of new Set(paths)) {
    if (path === "-") {
      found.push({ path, realPath: path });
      continue;
    }
    const isFolder = kindOf(files, path) === "folder";
    const entries = isFolder ? filesBelow(files, normalized(files, path)) : [{ path, realPath: files.realPath(path) }];
    const skippedHere = entries.filter(isSkipped);
    skipped.push(...skippedHere);
    const manifests = entries.filter(isFound).filter(({ realPath }) => realPath !== configPath);
    if (isFolder && manifests.length === 0 && skippedHere.length === 0)
      throw new UsageError(`the folder "${path}" contains no manifests (${extensions.join(", ")})`);
    for (const manifest of manifests) {
      if (!visited.has(manifest.realPath)) found.push(manifest);
      visited.add(manifest.realPath);
    }
  }
  return { found, skipped };
}

/** Leaves out the files that a kustomization of the run lists as something other than a resource. */
function withoutPatches({ found, skipped }: FoundFiles, files: FileSystem): FoundFiles & Pick<ReadResult, "notices"> {
  const kustomizations = found.map(({ path }) => path).filter(isKustomization);
  const others = filesThatAreNotResources(kustomizations, files);
  const patches = found.flatMap(({ path, realPath }): SkippedFile[] => {
    const listed = others.get(realPath);
    if (listed === undefined) return [];
    const reason = `${listed.kustomization} lists it in ${listed.field}, not in resources`;
    return [{ path, reason, severity: "info" }];
  });
  return {
    found: found.filter(
      ({ path, realPath }) => !others.has(realPath) && (!isKustomization(path) || hasExtension(path)),
    ),
    skipped: [...patches, ...skipped],
    notices: kustomizations.slice(0, 1).map((path) => kustomizationNotice(path, kustomizations)),
  };
}

/** Returns the notice about all kustomizations, at the first. */
function kustomizationNotice(path: string, kustomizations: readonly string[]): FileNotice {
  const names = listSome(kustomizations, 3, (name) => name);
  const message = `Found ${names}. To add the agent to everything that a kustomization builds, use tracing-sidecar as a transformer in it`;
  return { code: "notice-kustomization", path, message };
}

function isFound(file: FoundFile | SkippedFile): file is FoundFile {
  return "realPath" in file;
}

function isSkipped(file: FoundFile | SkippedFile): file is SkippedFile {
  return "reason" in file;
}

/** Returns the path of a folder to which names can be joined: without `..` after a symbolic link, which leads elsewhere. */
function normalized(files: FileSystem, folder: string): string {
  const path = normalize(folder);
  const real = realPathOf(folder, files) ?? path;
  return realPathOf(path, files) === real ? path : real;
}

/** Returns the manifest files of a folder and its subfolders, sorted by name within each folder. */
function filesBelow(files: FileSystem, folder: string): (FoundFile | SkippedFile)[] {
  try {
    return files.list(folder).flatMap((entry) => filesOfEntry(files, folder, entry));
  } catch (error) {
    return [{ path: folder, reason: `can't be read: ${reasonOf(error)}`, severity: "warning" }];
  }
}

function filesOfEntry(
  files: FileSystem,
  folder: string,
  { name, kind, isLink }: Entry,
): readonly (FoundFile | SkippedFile)[] {
  if (name.startsWith(".") || name === "node_modules") return [];
  const path = join(folder, name);
  // Links to folders are not followed: they can lead anywhere, and form loops.
  if (kind === "folder") return isLink ? [] : filesBelow(files, path);
  if (!hasExtension(name) && !isKustomization(name)) return [];
  if (kind === "file") return [{ path, realPath: files.realPath(path) }];
  if (!isLink && kind !== undefined) return [];
  // Node lists a name that isn't UTF-8 with other characters, so it leads to no file.
  if (!isLink) return [{ path, reason: "can't be read; rename it if its name isn't UTF-8", severity: "warning" }];
  return [{ path, reason: brokenLink, severity: "warning" }];
}

function kindOf(files: FileSystem, path: string): "file" | "pipe" | "folder" {
  let reason: string;
  try {
    const kind = files.kindOf(path);
    if (kind === "file" || kind === "pipe" || kind === "folder") return kind;
    reason =
      kind === undefined
        ? "no such file or folder"
        : kind === "link"
          ? brokenLink
          : "not a file or folder (use - for stdin)";
  } catch (error) {
    reason = reasonOf(error);
  }
  throw new UsageError(`can't read "${path}": ${reason}`, "");
}

/** Reads the manifests on stdin. It must be printed again, so it can't be skipped. */
function readStdin(system: System): Manifest | SkippedFile {
  const bytes = system.readInput();
  try {
    return readManifest(stdinName, textOf(stdinName, bytes));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...unreadable(stdinName, bytes, error), severity: "error", isRequired: true };
  }
}

/**
 * Reads a file of manifests. In a folder, a file that isn't YAML can be skipped, but not one that was named, one with
 * conflict markers, or one with output of an earlier run.
 *
 * @returns undefined for JSON that isn't for Kubernetes.
 */
function readFile(
  path: string,
  files: FileSystem,
  { isNamed, isReadOnly }: { readonly isNamed: boolean; readonly isReadOnly: boolean },
): Manifest | SkippedFile | undefined {
  let bytes: Uint8Array;
  try {
    bytes = files.read(path);
  } catch (error) {
    const reason = `can't be read: ${reasonOf(error)}`;
    return isNamed ? { path, reason, severity: "error", isRequired: true } : { path, reason, severity: "warning" };
  }
  try {
    const text = textOf(path, bytes);
    // Most JSON files in a folder are not for Kubernetes, and some are not valid JSON.
    const isForeign = extname(path) === ".json" && !isNamed && !text.includes('"apiVersion"');
    return isForeign ? undefined : readManifest(path, text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (!isReadOnly && isManaged(bytes)) {
      const reason = `${error.reason}. The file contains resources added by an earlier run, so nothing was changed. Fix it and run again`;
      return { ...unreadable(path, bytes, error), reason, severity: "error", isRequired: true };
    }
    const isError = isNamed || error instanceof ConflictMarkersError;
    return { ...unreadable(path, bytes, error), severity: isError ? "error" : "warning" };
  }
}

function unreadable(path: string, bytes: Uint8Array, { reason, position }: InputError): Omit<SkippedFile, "severity"> {
  const text = decodeUtf8(bytes);
  return { path, reason, ...position, ...(text === undefined ? {} : { text }) };
}

/** @throws InputError if the bytes aren't UTF-8. */
function textOf(path: string, bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new InputError("not UTF-8", { text: "", path });
  return text;
}

/**
 * Reports whether a file contains output of an earlier run. Without such a file, the run would delete the objects that
 * were generated for its workloads from the other files, and generate again the objects that it contains.
 */
function isManaged(bytes: Uint8Array): boolean {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return [recordAnnotation, ownerAnnotation].some((name) => content.includes(name));
}
