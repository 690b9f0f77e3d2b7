import { strToU8, Zip, ZipDeflate } from "fflate";
import { safePath, uniquePaths } from "./paths";
import type { SourceFile } from "./protocol";

/** Saves a file under its own name, or several files as a ZIP archive. */
export function download(files: readonly SourceFile[]): void {
  const [file] = files;
  if (file === undefined) return;
  if (files.length === 1) save(safePath(file.path).replace(/.*\//, ""), new Blob([file.text], { type: "text/yaml" }));
  else save("manifests.zip", new Blob(zipOf(files), { type: "application/zip" }));
}

/** Returns the parts of a ZIP archive. The same files give the same bytes. */
export function zipOf(files: readonly SourceFile[]): Uint8Array<ArrayBuffer>[] {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, part) => {
    if (error !== null) throw error;
    parts.push(part as Uint8Array<ArrayBuffer>);
  });
  const paths = uniquePaths(files.map(({ path }) => safePath(path)));
  files.forEach(({ text }, index) => {
    const entry = new ZipDeflate(paths[index] ?? "");
    entry.mtime = "2000-01-01";
    // As files of Unix that everybody can read. Otherwise, Info-ZIP doesn't read the paths as UTF-8.
    entry.os = 3;
    entry.attrs = 0o100644 << 16;
    zip.add(entry);
    entry.push(strToU8(text), true);
  });
  zip.end();
  return parts;
}

function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads the content after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
