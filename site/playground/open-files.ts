import type { SourceFile } from "./protocol";

/*
 * Reads the files and folders that the user drops or chooses. Like the command line, it reads the manifests in a folder, and
 * leaves out hidden files and `node_modules`.
 */

/** The most bytes of all files. An editor for more would be slow. */
const maxBytes = 20_000_000;

/** The files that were read, and why others weren't. */
export interface OpenedFiles {
  readonly files: readonly SourceFile[];
  readonly skipped: readonly string[];
}

/** A file that can be read, with its path in the folder. */
export interface FoundFile {
  readonly path: string;
  readonly file: File;
}

/** Returns the files of a file input. */
export function chosenFiles(list: FileList): FoundFile[] {
  return [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** Returns the files that were dropped, and those in dropped folders. Call it before the event ends. */
export async function droppedFiles({ items }: DataTransfer): Promise<FoundFile[]> {
  // The items are gone after the event.
  const dropped = [...items].map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found = dropped.map(async ({ entry, file }) => {
    if (entry !== null) return filesOfEntry(entry);
    return file === null ? [] : [{ path: file.name, file }];
  });
  return (await Promise.all(found)).flat();
}

async function filesOfEntry(entry: FileSystemEntry): Promise<FoundFile[]> {
  if (isHidden(entry.name)) return [];
  const path = entry.fullPath.replace(/^\//, "");
  if (isFile(entry)) return [{ path, file: await new Promise<File>((done, fail) => entry.file(done, fail)) }];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FoundFile[] = [];
  // Each call returns some of the entries.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (entries.length === 0) return found;
    for (const child of entries) found.push(...(await filesOfEntry(child)));
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "node_modules";
}

/**
 * Reads manifests, in the order of their paths.
 *
 * @param existing the files that stay open. They count toward the limit.
 */
export async function readFiles(
  found: readonly FoundFile[],
  existing: readonly SourceFile[] = [],
): Promise<OpenedFiles> {
  const visible = found.filter(({ path }) => !path.split("/").some(isHidden));
  const manifests = visible.filter(({ path }) => /\.(?:ya?ml|json)$/i.test(path));
  const others = visible.filter((file) => !manifests.includes(file));
  const skipped = others.map(({ path }) => `${path}: not a .yaml, .yml, or .json file`);
  const files: SourceFile[] = [];
  let bytes = new Blob(existing.map(({ text }) => text)).size;
  for (const { path, file } of manifests.sort((one, other) => (one.path < other.path ? -1 : 1))) {
    const isTooMuch = bytes + file.size > maxBytes;
    const read = isTooMuch ? { reason: "all files together are larger than 20 MB" } : await readText(file);
    if ("text" in read) {
      files.push({ path, text: read.text });
      bytes += file.size;
    } else skipped.push(`${path}: ${read.reason}`);
  }
  return { files, skipped };
}

/** Returns the text of a file, with its byte order mark, or why there is none. */
async function readText(file: File): Promise<{ readonly text: string } | { readonly reason: string }> {
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return { reason: "can't be read" };
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? { reason: "not a text file" } : { text };
  } catch {
    return { reason: "not UTF-8" };
  }
}

/** Reports whether a file is a configuration of tracing-sidecar. */
export function isConfiguration({ text }: SourceFile): boolean {
  return (
    /^apiVersion:[ \t]*["']?tracing-sidecar\.dev\//m.test(text) &&
    /^kind:[ \t]*["']?(?:TracingSidecar|PrivateCA)\b/m.test(text) &&
    !/^---\s*$[\s\S]*\S/m.test(text.replace(/^(?:\s*(?:#.*)?\r?\n)*---[ \t]*\r?\n/, ""))
  );
}
