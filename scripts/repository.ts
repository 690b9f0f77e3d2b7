import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectFiles } from "./versions";

/*
 * The repository's name on GitHub, such as OWNER/NAME. package.json defines it (`repository`), and every other place must be
 * the same. `npm run release:name -- OWNER/NAME` changes all of them. `npm run release:image` replaces the local image's name.
 */

/** Returns the repository's name, and the name of the npm package, which the repository may have or not. */
function namesOf(root: string): { readonly repository: string; readonly packageName: string } {
  const { name, repository } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const [, found] = /^git\+https:\/\/github\.com\/([^/]+\/[^/]+)\.git$/.exec(repository.url) ?? [];
  if (found === undefined) throw new Error(`package.json: unexpected repository.url ${repository.url}`);
  return { repository: found, packageName: name };
}

/** Returns the repository's name, such as OWNER/NAME, from package.json. */
export const repositoryOf = (root: string): string => namesOf(root).repository;

/** The image in the repository's container registry, which accepts only lower case. */
export const imageOf = (root: string): string => `ghcr.io/${repositoryOf(root).toLowerCase()}`;

/** Matches the texts before a name that show that it's a repository's. The name itself is the second group. */
function pattern(root: string): RegExp {
  const { repository, packageName } = namesOf(root);
  const names = new Set([packageName, repository.replace(/.*\//, "")]);
  const before = [
    "github\\.com[/:]",
    "githubusercontent\\.com/",
    "ghcr\\.io/",
    "--repo ",
    "--repository ",
    "uses: ",
    "^repository=",
  ];
  return new RegExp(`(${before.join("|")})([\\w.-]+/(?:${[...names].join("|")}))(?![\\w-])`, "gim");
}

const expectedAfter = (before: string, repository: string): string =>
  before.startsWith("ghcr") ? repository.toLowerCase() : repository;

/** Returns the files that can name the repository. */
const candidates = (files: readonly string[]): readonly string[] =>
  files.filter(
    (path) =>
      /\.(?:md|ya?ml|ts|json|sh|js)$|(?:^|\/)(?:Kptfile|Dockerfile)$/.test(path) && !path.startsWith("fixtures/"),
  );

/**
 * Checks that every file of the project names the same repository.
 *
 * @param files the paths of the project's files, relative to `root`.
 * @returns a message for each place with another name.
 */
export function repositoryProblems(root: string, files: readonly string[]): string[] {
  const repository = repositoryOf(root);
  return candidates(files).flatMap((path) =>
    [...readFileSync(join(root, path), "utf8").matchAll(pattern(root))].flatMap(([, before = "", found = ""]) => {
      const expected = expectedAfter(before, repository);
      return found === expected ? [] : [`${path}: ${before.trim()} ${found} is not ${expected}`];
    }),
  );
}

/** Writes another name of the repository to every file of the project, and returns the paths of the changed files. */
export function renameRepository(root: string, files: readonly string[], name: string): string[] {
  if (!/^[\w-]+\/[\w.-]+$/.test(name)) throw new Error(`the name must be OWNER/NAME, not "${name}"`);
  const places = pattern(root);
  return rewrite(root, candidates(files), (text) =>
    text.replace(places, (_, before: string) => `${before}${expectedAfter(before, name)}`),
  );
}

/** Changes the text of files, and returns the paths of those that have changed. */
function rewrite(root: string, files: readonly string[], change: (text: string) => string): string[] {
  return files.filter((path) => {
    const text = readFileSync(join(root, path), "utf8");
    const changed = change(text);
    if (changed !== text) writeFileSync(join(root, path), changed);
    return changed !== text;
  });
}

/** Names the published image instead of the one that is built from a clone, and returns the paths of the changed files. */
export function namePublishedImage(root: string, files: readonly string[]): string[] {
  return rewrite(root, [...candidates(files), ".ci/run"], (text) =>
    text.replaceAll(/\blocalhost\/tracing-sidecar\b/g, imageOf(root)),
  );
}

if (require.main === module) {
  const root = join(__dirname, "..");
  const { values, positionals } = parseArgs({ options: { image: { type: "boolean" } }, allowPositionals: true });
  try {
    const files = projectFiles(root);
    const changed = values.image
      ? namePublishedImage(root, files)
      : renameRepository(root, files, positionals[0] ?? "");
    for (const path of changed) console.log(path);
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
