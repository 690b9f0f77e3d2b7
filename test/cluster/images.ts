import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run, succeed } from "../hosts/support";

/** A container image: a program, the libraries that it needs, and other files. */
export interface Image {
  /** Its full name, with registry and tag. */
  readonly name: string;
  /** The program's path on this machine. */
  readonly program: string;
  /** The program's path in the image, followed by its arguments. */
  readonly entrypoint: readonly [string, ...string[]];
  /** Other files of this machine that it contains, by their paths in the image. */
  readonly files?: Readonly<Record<string, string>>;
  /** The ID of the user, with or without that of the group. Default: root. */
  readonly user?: string;
}

/** Writes an image as `docker save` does, into a new folder. Returns the archive's path. */
export function writeArchive(folder: string, { name, program, entrypoint, files = {}, user }: Image): string {
  const [content, layer, archive] = [join(folder, "content"), join(folder, "layer.tar"), join(folder, "image.tar")];
  const libraries = run("ldd", [program]).stdout.match(/(?<=\s)\/\S+/g) ?? [];
  const all = { [entrypoint[0]]: program, ...Object.fromEntries(libraries.map((file) => [file, file])), ...files };
  for (const [path, source] of Object.entries(all)) {
    mkdirSync(dirname(join(content, path)), { recursive: true });
    cpSync(source, join(content, path), { dereference: true });
  }
  succeed("tar", ["--create", "--owner=0", "--group=0", `--file=${layer}`, `--directory=${content}`, "."]);
  const digest = createHash("sha256").update(readFileSync(layer)).digest("hex");
  const config = {
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: { Entrypoint: entrypoint, User: user },
    rootfs: { type: "layers", diff_ids: [`sha256:${digest}`] },
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  writeFileSync(
    join(folder, "manifest.json"),
    JSON.stringify([{ Config: "config.json", RepoTags: [name], Layers: ["layer.tar"] }]),
  );
  succeed("tar", [
    "--create",
    `--file=${archive}`,
    `--directory=${folder}`,
    "manifest.json",
    "config.json",
    "layer.tar",
  ]);
  return archive;
}
