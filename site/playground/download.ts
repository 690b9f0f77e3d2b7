import { strToU8, zipSync } from "fflate";
import type { SourceFile } from "./protocol";

/** Saves a file under its own name, or several files as a ZIP archive. */
export function download(files: readonly SourceFile[]): void {
  const [file] = files;
  if (file === undefined) return;
  if (files.length === 1) save(file.path.split("/").pop() ?? file.path, new Blob([file.text], { type: "text/yaml" }));
  else save("manifests.zip", new Blob([zipOf(files)], { type: "application/zip" }));
}

/** Returns a ZIP archive. The same files give the same bytes. */
export function zipOf(files: readonly SourceFile[]): Uint8Array<ArrayBuffer> {
  const entries = files.map(({ path, text }) => [safePath(path), strToU8(text)] as const);
  return zipSync(Object.fromEntries(entries), { mtime: "2000-01-01" }) as Uint8Array<ArrayBuffer>;
}

/** Returns a path that stays in the folder that the archive is unpacked to. */
function safePath(path: string): string {
  return path
    .split(/[/\\]/)
    .filter((part) => part !== "" && part !== "." && part !== "..")
    .join("/");
}

function save(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads the content after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
