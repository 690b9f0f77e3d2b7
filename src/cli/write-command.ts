import { oneLine } from "../krm/escape-line";
import type { RenderOptions } from "./options";

/** With more paths than this, the command is too long for a message. */
const mostPaths = 5;

/**
 * Returns the command that writes what a run with `--check` found, for people to copy.
 *
 * @param paths as on the command line.
 * @returns undefined if the manifests are from stdin, if there are too many paths, or if one can't be in a message.
 */
export function writeCommand(options: RenderOptions, paths: readonly string[]): string | undefined {
  if (paths.includes("-") || paths.length > mostPaths) return undefined;
  // A message has one line.
  if ([options.config, ...paths].some((path) => oneLine(path) !== path)) return undefined;
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
    ...(paths.some((path) => path.startsWith("-")) ? ["--"] : []),
    ...paths,
  ];
  return words.map(quoteWord).join(" ");
}

/** Quotes a word for a shell, if necessary. */
export function quoteWord(word: string): string {
  return /^[\w%+,./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
