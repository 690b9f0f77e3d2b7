import * as fc from "fast-check";
import { getString, isMapping, type Value } from "../../src/yaml/value";
import { itemsOf } from "./sections";

/*
 * Edits that users make by hand in files that the function wrote, as edits of lines.
 */

/** The kind of element that the user adds, each after the managed elements of the same kind. */
export type Spot = "container" | "volume" | "variable" | "pull-secret" | "comment";

/** One or more spots. */
export const spots: fc.Arbitrary<readonly Spot[]> = fc.subarray(
  ["container", "volume", "variable", "pull-secret", "comment"],
  { minLength: 1 },
);

/** Matches the first two lines of a managed element; the first group is the indentation of its dash. */
const managed: Readonly<Record<Spot, RegExp>> = {
  container: /^( *)- +name: (?:jaeger-agent|otel-collector|tracing)\r?\n *image: /,
  comment: /^( *)- +name: (?:jaeger-agent|otel-collector|tracing)\r?\n *image: /,
  volume: /^( *)- +name: (?:jaeger-agent-tls|otel-collector-tls|tracing-tls|client-certificate)\r?\n *(?:secret|csi):/,
  variable: /^( *)- +name: (?:JAEGER_REPORTER_LOG_SPANS|POD)\r?\n/,
  "pull-secret": /^( *)- +name: dockerhub-credentials\r?\n/,
};

const additions: Readonly<Record<Spot, readonly string[]>> = {
  container: ["- name: mine-container", "  image: mine:1"],
  volume: ["- name: mine-volume # mine", "  configMap: { name: mine }"],
  variable: ["- name: mine-variable", "  value: mine"],
  "pull-secret": ["- name: mine-secret"],
  comment: ["# mine-comment"],
};

/** Returns the list with the user's lines added after every managed element of these kinds, and how many were added. */
export function addedByHand(text: string, at: readonly Spot[]): { readonly text: string; readonly count: number } {
  const items = itemsOf(text);
  // Each of these lines starts with the line break before it.
  const lines = items.split(/(?=\r?\n)(?<!\r)/);
  const output: string[] = [];
  /** Lines to add before the next line that is indented no deeper than `column`. */
  let waiting: { readonly column: number; readonly lines: readonly string[] }[] = [];
  let count = 0;
  const addAbove = (indent: number) => {
    const added = waiting.filter(({ column }) => indent <= column);
    waiting = waiting.filter(({ column }) => indent > column);
    output.push(...added.flatMap((addition) => addition.lines));
    count += added.length;
  };
  lines.forEach((line, i) => {
    if (!/^\s*(?:#|$)/.test(line)) addAbove(line.replace(/^\r?\n/, "").search(/[^ ]/));
    output.push(line);
    for (const spot of at) {
      const column = managed[spot].exec(`${line.replace(/^\r?\n/, "")}\n${lines[i + 1]?.trim()}\n`)?.[1]?.length;
      if (column === undefined) continue;
      const lineBreak = line.startsWith("\r") ? "\r\n" : "\n";
      waiting.push({ column, lines: additions[spot].map((added) => lineBreak + " ".repeat(column) + added) });
    }
  });
  addAbove(0);
  return { text: text.replace(items, () => output.join("")), count };
}

/**
 * Returns the list with some managed values changed: in the agent's containers, and in the specs of generated objects.
 * Returns undefined if there are none.
 *
 * @param where Which values to change, as indexes modulo their number.
 */
export function changedByHand(text: string, where: readonly number[]): string | undefined {
  const items = itemsOf(text);
  const lines = items.split(/(?<=\n)/);
  const candidates: number[] = [];
  let inside = -1;
  lines.forEach((line, i) => {
    const indent = line.search(/[^ ]/);
    if (indent <= inside) inside = -1;
    const next = lines[i + 1] ?? "";
    if (managed.container.test(line + next)) inside = indent;
    else if (/^ *spec:\s*$/.test(line) && /^ *(?:commonName|podMetricsEndpoints):/.test(next)) inside = indent;
    else if (inside >= 0 && /(?::|^ *-) [\w./-]+\r?\n$/.test(line)) candidates.push(i);
  });
  if (candidates.length === 0) return undefined;
  for (const at of where) {
    const index = candidates[at % candidates.length] as number;
    lines[index] = (lines[index] as string).replace(/(?=\r?\n$)/, "-changed");
  }
  return text.replace(items, () => lines.join(""));
}

/**
 * Returns the list without some of the managed containers, volumes and generated objects, or undefined if there are none.
 *
 * @param where Which ones to delete, as indexes modulo their number.
 */
export function deletedByHand(text: string, where: readonly number[]): string | undefined {
  const items = itemsOf(text);
  const lines = items.split(/(?<=\n)/);
  const candidates = lines.flatMap((line, i) => (isManaged(lines, line, i) ? [i] : []));
  if (candidates.length === 0) return undefined;
  for (const at of where) {
    const index = candidates[at % candidates.length] as number;
    if (lines[index] !== "") lines.fill("", index, endOf(lines, index));
  }
  return text.replace(items, () => lines.join(""));
}

/** Reports whether the line at index `at` starts a managed container, volume or object. */
function isManaged(lines: readonly string[], line: string, at: number): boolean {
  const both = line + (lines[at + 1] ?? "");
  if (managed.container.test(both) || managed.volume.test(both)) return true;
  if (!/^ *- +apiVersion: (?:cert-manager\.io|monitoring\.coreos\.com)\/v1\r?\n/.test(line)) return false;
  return lines.slice(at, endOf(lines, at)).some((part) => part.includes("tracing-sidecar.dev/owner"));
}

/** Returns the index of the first line after an element whose dash is on the line at index `at`. */
function endOf(lines: readonly string[], at: number): number {
  const column = (lines[at] as string).search(/[^ ]/);
  const end = lines.findIndex((line, i) => i > at && line !== "" && line.search(/[^ ]/) <= column);
  return end < 0 ? lines.length : end;
}

/** A comment or empty line to insert among the lines of the items. */
export interface AddedLine {
  /** The line to insert it after, modulo the number of lines. */
  readonly line: number;
  readonly indent: number;
  readonly text: "# by hand" | "";
}

/** One to four comments and empty lines. */
export const addedLines: fc.Arbitrary<readonly AddedLine[]> = fc.array(
  fc.record({
    line: fc.nat(),
    indent: fc.constantFrom(0, 2, 4, 6, 8, 9, 10, 12, 14, 16),
    text: fc.constantFrom("# by hand", "# by hand", ""),
  }),
  { minLength: 1, maxLength: 4 },
);

/** Returns the list with comments and empty lines inserted between the lines of its items. */
export function commentedByHand(text: string, added: readonly AddedLine[]): string {
  const items = itemsOf(text);
  const lines = items.split(/(?<=\n)/);
  for (const { line, indent, text: comment } of added) {
    const at = 1 + (line % lines.length);
    lines.splice(at, 0, comment === "" ? "\n" : `${" ".repeat(indent)}${comment}\n`);
  }
  return text.replace(items, () => lines.join(""));
}

/** Reports whether a line is one that `addedByHand` added. */
export function isByHand(line: string): boolean {
  return line.includes("mine");
}

/** Returns a value without the elements that `addedByHand` added, and without mapping entries that are null or empty. */
export function withoutAdditions(value: Value): Value {
  if (Array.isArray(value)) return value.filter((element) => !isMine(element)).map(withoutAdditions);
  if (!isMapping(value)) return value;
  const entries = Object.entries(value).map(([key, entry]) => [key, withoutAdditions(entry)] as const);
  return Object.fromEntries(entries.filter(([, entry]) => !isNullOrEmpty(entry)));
}

function isMine(element: Value): boolean {
  return getString(element, "name")?.startsWith("mine-") ?? false;
}

function isNullOrEmpty(value: Value): boolean {
  return value === null || (typeof value === "object" && Object.keys(value).length === 0);
}
