import { isUtf8 } from "node:buffer";
import { extname, join } from "node:path";
import { InputError } from "../krm/item";
import { type Manifest, readManifest } from "../krm/manifest";
import { ownerAnnotation, recordAnnotation } from "../kube/own-annotations";
import { UsageError } from "./options";
import type { Progress } from "./progress";
import { type FileSystem, reasonOf, type System } from "./system";

/** What the files and folders named hold. */
export interface ReadResult {
  readonly manifests: readonly Manifest[];
  /** Files that are left alone, and why. */
  readonly skipped: readonly Skipped[];
}

export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

/** How messages name what comes from stdin. */
export const stdinName = "<stdin>";

/**
 * Reads files, folders and stdin (`-`). A file that is reached twice is read once.
 *
 * @param except the configuration's file, which is no manifest.
 * @throws UsageError where a path leads to nothing that can be read, or a folder holds no manifest; InputError where
 *   stdin is not YAML, which unlike a file must come out again, or a file that holds what an earlier run added.
 */
export function readManifests(
  paths: readonly string[],
  except: string | undefined,
  host: System,
  progress: Progress,
): ReadResult {
  const { files } = host;
  const seen = new Set<string>();
  const configPath = except === undefined ? undefined : files.realPath(except);
  const skipped: Skipped[] = [];
  const found: string[] = [];
  for (const path of new Set(paths)) {
    if (path === "-") found.push(path);
    else found.push(...filesOf(files, path, configPath, seen, skipped));
  }
  const manifests: Manifest[] = [];
  for (const [i, path] of found.entries()) {
    progress.show("reading", i, found.length);
    if (path === "-") {
      manifests.push(readManifest(stdinName, decoded(stdinName, host.readInput())));
      continue;
    }
    let bytes: Uint8Array | undefined;
    try {
      bytes = files.read(path);
      const text = decoded(path, bytes);
      // Most of the JSON in a folder is none of Kubernetes', and not always JSON.
      const isForeign = extname(path) === ".json" && !paths.includes(path) && !text.includes('"apiVersion"');
      if (!isForeign) manifests.push(readManifest(path, text));
    } catch (error) {
      // Without a configuration nothing will be changed.
      if (bytes !== undefined && except !== undefined) requireUnmanaged(bytes, error);
      if (bytes === undefined && paths.includes(path)) throw cannotBeRead(path, reasonOf(error));
      const reason = error instanceof InputError ? error.message : `${path} cannot be read: ${reasonOf(error)}`;
      skipped.push({ path, reason });
    }
  }
  return { manifests, skipped };
}

function decoded(path: string, bytes: Uint8Array): string {
  // Decoding would replace what is not UTF-8, and lose it.
  if (!isUtf8(bytes)) throw new InputError(`${path} must be UTF-8`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

const extensions = [".yaml", ".yml", ".json"];

function filesOf(
  files: FileSystem,
  path: string,
  own: string | undefined,
  seen: Set<string>,
  skipped: Skipped[],
): string[] {
  let isEmpty = true;
  const add = (file: string) => {
    const real = files.realPath(file);
    if (real === own) return [];
    isEmpty = false;
    if (seen.has(real)) return [];
    seen.add(real);
    return [file];
  };
  const walk = (folder: string): string[] => {
    try {
      return files.list(folder).flatMap(({ name, kind, isLink }) => {
        if (name.startsWith(".") || name === "node_modules") return [];
        const inside = join(folder, name);
        // A linked folder is not gone into: it can lead anywhere, and back.
        if (kind === "folder") return isLink ? [] : walk(inside);
        if (!extensions.includes(extname(name))) return [];
        if (kind === "file") return add(inside);
        if (isLink) skipped.push({ path: inside, reason: `${inside} is a link that leads to no file` });
        return [];
      });
    } catch (error) {
      skipped.push({ path: folder, reason: `${folder} cannot be read: ${reasonOf(error)}` });
      return [];
    }
  };
  const kind = kindOf(files, path);
  if (kind === "file") return add(path);
  const inside = walk(path);
  if (isEmpty && skipped.length === 0)
    throw new UsageError(`the folder "${path}" must hold manifests (${extensions.join(", ")}), and holds none`);
  return inside;
}

function kindOf(files: FileSystem, path: string): "file" | "folder" {
  let reason: string;
  try {
    const kind = files.kindOf(path);
    if (kind === "file" || kind === "folder") return kind;
    reason = kind === undefined ? "no such file or folder" : "it is neither a file nor a folder (- is stdin)";
  } catch (error) {
    reason = reasonOf(error);
  }
  throw cannotBeRead(path, reason);
}

function cannotBeRead(path: string, reason: string): UsageError {
  return new UsageError(`"${path}" cannot be read: ${reason}`, "");
}

/**
 * Without a file that holds our records the others are a part of the whole: what was generated for its workloads would be
 * deleted from them, and what it holds would be generated anew.
 */
function requireUnmanaged(bytes: Uint8Array, error: unknown): void {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!(error instanceof InputError) || ![recordAnnotation, ownerAnnotation].some((name) => content.includes(name)))
    return;
  throw new InputError(
    `${error.message}; it holds what an earlier run added, so nothing is changed before it can be read`,
  );
}
