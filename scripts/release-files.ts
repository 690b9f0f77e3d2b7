import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/*
 * Files of a release that are made from other files.
 */

/** Returns the SHA-256 checksum of a file. */
export const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");

/** Returns the text of SHA256SUMS for the files in a folder. The notes of a release aren't a file of it. */
export function checksums(folder: string): string {
  const released = readdirSync(folder).filter((name) => name !== "SHA256SUMS" && name !== "notes.md");
  return released.map((name) => `${sha256(join(folder, name))}  ${name}\n`).join("");
}

/**
 * Packs the plugin for Helm 4. The same files give the same bytes.
 *
 * @param file the archive. Helm expects a folder in it with the name of the file, without the version. The name that `helm
 *   plugin package` gives the file is that of the npm package.
 * @throws Error if tar fails.
 */
export function packHelmPlugin(root: string, file: string): void {
  const args = [
    "--sort=name",
    "--mtime=@0",
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--mode=u=rwX,go=rX",
    "--use-compress-program=gzip --no-name",
    `--transform=s,^tracing-sidecar,${basename(file).replace(/-[\d.]+tgz$/, "")},`,
    `--directory=${join(root, "deploy/helm")}`,
    `--file=${file}`,
    "--create",
    "tracing-sidecar",
  ];
  const { status, stderr, error } = spawnSync("tar", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`tar failed: ${error?.message ?? stderr}`);
}
