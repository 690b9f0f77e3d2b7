import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The version that package.json gives the project. */
export function versionOf(root: string): string {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
}

/**
 * Where the project does not name its own version: a sentence for each place.
 *
 * @param files the project's files, by their path from `root`; those that name the image are looked through.
 */
export function versionProblems(root: string, files: readonly string[]): string[] {
  const version = versionOf(root);
  const read = (path: string) => readFileSync(join(root, path), "utf8");
  const lock = JSON.parse(read("package-lock.json"));
  const label = /image\.version="([^"]*)"/.exec(read("Dockerfile"))?.[1];
  const named = files
    .filter((path) => /\.(?:md|ya?ml|ts)$|(?:^|\/)(?:Kptfile|Dockerfile)$/.test(path) && !path.startsWith("fixtures/"))
    .flatMap((path) =>
      [...read(path).matchAll(/\btracing-sidecar:v?(\d+\.\d+\.\d+)/g)].map(([, found]) => [path, found] as const),
    );
  return [
    ...[lock.version, lock.packages[""].version].map((found) => ["package-lock.json", found] as const),
    ["Dockerfile, the label", label] as const,
    ...named,
  ].flatMap(([place, found]) => (found === version ? [] : [`${place}: ${found} is not ${version}`]));
}

/** The section of CHANGELOG.md for a version: the heading's rest, such as `(unreleased)`, and the text below it. */
export function changelogSection(text: string, version: string): { readonly rest: string; readonly body: string } {
  const [, rest, body] =
    new RegExp(`^## ${version.replaceAll(".", "\\.")}(?: (.*))?\\n([^]*?)(?=^## |(?![^]))`, "m").exec(text) ?? [];
  if (body === undefined) throw new Error(`CHANGELOG.md has no section "## ${version}"`);
  return { rest: rest ?? "", body: body.trim() };
}
