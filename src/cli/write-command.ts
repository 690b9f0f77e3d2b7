import { oneLine } from "../krm/escape-line";
import type { RenderOptions } from "./options";

/** With more paths than this, the command is too long for a message. */
const mostPaths = 5;

/**
 * Returns the command that writes what a run with `--check` found, for people to copy, as the end of a sentence that starts
 * with "run".
 *
 * @param paths as on the command line.
 * @param folder where the command must run, relative to the root of the repository. Empty if it is the root.
 * @returns undefined if the manifests are from stdin.
 */
export function writeAdvice(options: RenderOptions, paths: readonly string[], folder: string): string | undefined {
  if (paths.includes("-")) return undefined;
  const isLong = paths.length > mostPaths;
  const where = `${isLong ? " with the same paths" : ""}${folder === "" ? "" : ` in the folder ${oneLine(folder)}`}`;
  const { config, namespace, remove, strict, keepGoing, prune } = options;
  const words = [
    "tracing-sidecar",
    "-c",
    pathWord(config),
    ...(namespace === undefined ? [] : ["--namespace", namespace]),
    ...(remove ? ["--remove"] : []),
    ...(strict ? ["--strict"] : []),
    ...(keepGoing ? ["--keep-going"] : []),
    ...(prune ? [] : ["--no-prune"]),
    "--write",
    ...(isLong ? [] : paths.map(pathWord)),
  ];
  return `${where === "" ? "" : ` this command${where}`}: ${words.join(" ")}`;
}

/** Prints a path as a word of a command for a shell, which isn't an option even if the path starts with a dash. */
export function pathWord(path: string): string {
  return quoteWord(path.startsWith("-") && path !== "-" ? `./${path}` : path);
}

/** Quotes a word for a shell, if necessary. Characters that a message can't contain need the quotes of bash and zsh. */
function quoteWord(word: string): string {
  if (/^[\w%+,./:=@-]+$/.test(word)) return word;
  if (oneLine(word) === word) return `'${word.replaceAll("'", "'\\''")}'`;
  const text = word
    .replace(/[\\']/g, "\\$&")
    .replace(/./gsu, (char) => (oneLine(char) === char ? char : bytesOf(char)));
  return `$'${text}'`;
}

/** Returns the escape sequences of the bytes of a text, such as `\x0a`. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString("hex").replace(/../g, "\\x$&");
}
