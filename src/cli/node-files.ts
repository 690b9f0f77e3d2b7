import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
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
 * The disk.
 *
 * @param mark makes the names of temporary files this process's own.
 */
export function disk(mark: string): FileSystem {
  return {
    kindOf,
    list: (folder) =>
      readdirSync(folder, { withFileTypes: true })
        .map((entry): Entry => {
          const isLink = entry.isSymbolicLink();
          return { name: entry.name, kind: kindThrough(join(folder, entry.name)), isLink };
        })
        .sort((one, other) => (one.name < other.name ? -1 : 1)),
    realPath: (path) => realpathSync(path),
    read: (path) => readFileSync(path),
    replace: (path, content) => replace(realpathSync(path), content, mark),
    create: (path, content) => writeFileSync(path, content, { flag: "wx" }),
  };
}

function kindOf(path: string): Entry["kind"] {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return undefined;
  return status.isDirectory() ? "folder" : status.isFile() ? "file" : "other";
}

/** A link that leads in circles, or to where nobody may look, leads to nothing. */
function kindThrough(path: string): Entry["kind"] {
  try {
    return kindOf(path);
  } catch {
    return undefined;
  }
}

/** Writes beside the file, to the disk's surface, and renames. */
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

/** Only root may give files away; a file of another owner that its group may write becomes the writer's. */
function keepOwner(file: number, uid: number, gid: number): void {
  try {
    fchownSync(file, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") throw error;
  }
}
