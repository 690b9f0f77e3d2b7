import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Returns the paths of the project's files that Git doesn't ignore. */
export function projectFiles(root: string): string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard"];
  const paths = execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\n");
  return paths.filter((path) => path !== "" && existsSync(join(root, path)));
}

/** Returns the project's version from package.json. */
export function versionOf(root: string): string {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
}

/** The manifest of the plugin for Helm 4. */
const helmPlugin = "deploy/helm/tracing-sidecar/plugin.yaml";

/** Matches the version in the name of an image, a package, or a file of a release, and in a reference to a tag. */
const versions = /(?:\btracing-sidecar(?::v?|@v?|-helm-plugin-|\/releases\/download\/v)|\brev: v)(\d+\.\d+\.\d+)/g;

/**
 * Checks that every file of the project names its version.
 *
 * @param files the paths of the project's files, relative to `root`. Those that can name the image are searched.
 * @returns a message for each place with another version.
 */
export function versionProblems(root: string, files: readonly string[]): string[] {
  const version = versionOf(root);
  const read = (path: string) => readFileSync(join(root, path), "utf8");
  const lock = JSON.parse(read("package-lock.json"));
  const labels = [...read("Dockerfile").matchAll(/image\.version="([^"]*)"/g)].map(([, label]) => label);
  const plugin = /^version: *(\S*)/m.exec(read(helmPlugin))?.[1];
  const named = files
    .filter((path) => /\.(?:md|ya?ml|ts)$|(?:^|\/)(?:Kptfile|Dockerfile)$/.test(path) && !path.startsWith("fixtures/"))
    .flatMap((path) => [...read(path).matchAll(versions)].map(([, found]) => [path, found] as const));
  return [
    ...[lock.version, lock.packages[""].version].map((found) => ["package-lock.json", found] as const),
    ...labels.map((label) => ["Dockerfile, the label", label] as const),
    [helmPlugin, plugin] as const,
    ...named,
  ].flatMap(([place, found]) => (found === version ? [] : [`${place}: ${found} is not ${version}`]));
}

/**
 * Returns the section of CHANGELOG.md for a version: its date, or `unreleased`, and its body. The heading is that of Keep a
 * Changelog: `## [0.1.0] - 2026-01-02`.
 *
 * @throws Error if there is no such section.
 */
export function changelogSection(text: string, version: string): { readonly date: string; readonly body: string } {
  const heading = `^## \\[${version.replaceAll(".", "\\.")}\\] - (.*)\\n`;
  const [, date = "", body] = new RegExp(`${heading}([^]*?)(?=^## |(?![^]))`, "m").exec(text) ?? [];
  if (body === undefined) throw new Error(`CHANGELOG.md has no section "## [${version}] - DATE"`);
  return { date, body: body.trim() };
}
