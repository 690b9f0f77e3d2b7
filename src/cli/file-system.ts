import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Entry, FileSystem } from "./system";

/**
 * The `FileSystem` on disk. Links are resolved by the system: Node's own resolution ignores them before `..`.
 *
 * @param mark a part of the names of temporary files. It must be unique to the process.
 */
export function nodeFileSystem(mark: string): FileSystem {
  return {
    kindOf,
    list: (folder) =>
      readdirSync(folder, { withFileTypes: true })
        .map((entry): Entry => {
          const isLink = entry.isSymbolicLink();
          return { name: entry.name, kind: kindThrough(join(folder, entry.name)), isLink };
        })
        .sort((one, other) => (one.name < other.name ? -1 : 1)),
    // The link of a process to its own pipe (/dev/fd/63) can't be resolved.
    realPath: (path) => (kindOf(path) === "pipe" ? path : realpathSync.native(path)),
    read: (path) => readFileSync(path),
    replace: (path, content) => replace(realpathSync.native(path), content, mark),
    create: (path, content) => writeFileSync(path, content, { flag: "wx" }),
  };
}

function kindOf(path: string): Entry["kind"] {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? "link" : undefined;
  if (status.isDirectory()) return "folder";
  return status.isFile() ? "file" : status.isFIFO() ? "pipe" : "other";
}

/** Also returns undefined for a link that can't be followed: a loop, or one into a folder without permission. */
function kindThrough(path: string): Entry["kind"] {
  try {
    return kindOf(path);
  } catch {
    return undefined;
  }
}

/** Replaces a file: writes a temporary file next to it, syncs it to disk, and renames it. */
function replace(path: string, content: string, mark: string): void {
  const { mode, uid, gid } = statSync(path);
  const temporary = join(dirname(path), `.${basename(path)}.${mark}.tmp`);
  const file = openSync(temporary, "wx", 0o600);
  try {
    try {
      writeFileSync(file, content);
      keepOwner(file, uid, gid);
      fchmodSync(file, mode & 0o7777);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Sets the owner if this is permitted. Only root can change the owner of a file, so a group-writable file of another
 * user becomes the writer's when it is replaced.
 */
function keepOwner(file: number, uid: number, gid: number): void {
  try {
    fchownSync(file, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}
