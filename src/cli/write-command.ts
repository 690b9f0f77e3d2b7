import type { RenderOptions } from "./options";

/** With more paths than this, the command is too long for a message. */
const mostPaths = 5;

/**
 * Returns the command that writes what a run with `--check` found, for people to copy.
 *
 * @param paths as on the command line.
 * @returns undefined if the manifests are from stdin, or if there are too many paths.
 */
export function writeCommand(options: RenderOptions, paths: readonly string[]): string | undefined {
  if (paths.includes("-") || paths.length > mostPaths) return undefined;
  const { config, namespace, remove, strict, keepGoing, prune } = options;
  const words = [
    "tracing-sidecar",
    "-c",
    config,
    ...(namespace === undefined ? [] : ["--namespace", namespace]),
    ...(remove ? ["--remove"] : []),
    ...(strict ? ["--strict"] : []),
    ...(keepGoing ? ["--keep-going"] : []),
    ...(prune ? [] : ["--no-prune"]),
    "--write",
    ...paths,
  ];
  return words.map(quote).join(" ");
}

/** Quotes a word for a shell, if necessary. */
function quote(word: string): string {
  return /^[\w%+,./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
