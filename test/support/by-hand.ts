import * as fc from "fast-check";
import { getString, isMapping, type Value } from "../../src/yaml/value";
import { itemsOf } from "./sections";

/*
 * What a user does by hand to files that the function wrote, as edits of lines.
 */

/** Where the user adds something. */
export type Spot = "container" | "volume" | "variable" | "pull-secret" | "comment";

export const spots: fc.Arbitrary<readonly Spot[]> = fc.subarray(
  ["container", "volume", "variable", "pull-secret", "comment"],
  { minLength: 1 },
);

const ours: Readonly<Record<Spot, RegExp>> = {
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

/** The list with the user's lines behind every element of the function's at these spots, and how many there are. */
export function addedByHand(text: string, at: readonly Spot[]): { readonly text: string; readonly count: number } {
  const items = itemsOf(text);
  // Every line begins with the line break before it.
  const lines = items.split(/(?=\r?\n)(?<!\r)/);
  const output: string[] = [];
  /** Lines of the user that are to stand before the first line indented no deeper than a column. */
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
      const column = ours[spot].exec(`${line.replace(/^\r?\n/, "")}\n${lines[i + 1]?.trim()}\n`)?.[1]?.length;
      if (column === undefined) continue;
      const lineBreak = line.startsWith("\r") ? "\r\n" : "\n";
      waiting.push({ column, lines: additions[spot].map((added) => lineBreak + " ".repeat(column) + added) });
    }
  });
  addAbove(0);
  return { text: text.replace(items, () => output.join("")), count };
}

/**
 * The list with some values of the function's own changed: in its containers, and in the spec of what it generated.
 * Undefined where there are none.
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
    if (ours.container.test(line + next)) inside = indent;
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

/** The list without some of the function's own: containers, volumes, generated objects. Undefined where there are none. */
export function deletedByHand(text: string, where: readonly number[]): string | undefined {
  const items = itemsOf(text);
  const lines = items.split(/(?<=\n)/);
  const candidates = lines.flatMap((line, i) => (isOwn(lines, line, i) ? [i] : []));
  if (candidates.length === 0) return undefined;
  for (const at of where) {
    const index = candidates[at % candidates.length] as number;
    if (lines[index] !== "") lines.fill("", index, endOf(lines, index));
  }
  return text.replace(items, () => lines.join(""));
}

function isOwn(lines: readonly string[], line: string, at: number): boolean {
  const both = line + (lines[at + 1] ?? "");
  if (ours.container.test(both) || ours.volume.test(both)) return true;
  if (!/^ *- +apiVersion: (?:cert-manager\.io|monitoring\.coreos\.com)\/v1\r?\n/.test(line)) return false;
  return lines.slice(at, endOf(lines, at)).some((own) => own.includes("tracing-sidecar.dev/owner"));
}

/** The first line behind an element, whose dash is in the line `at`. */
function endOf(lines: readonly string[], at: number): number {
  const column = (lines[at] as string).search(/[^ ]/);
  const end = lines.findIndex((line, i) => i > at && line !== "" && line.search(/[^ ]/) <= column);
  return end < 0 ? lines.length : end;
}

/** A comment, or an empty line, before some line of the items. */
export interface Remark {
  readonly line: number;
  readonly indent: number;
  readonly text: "# by hand" | "";
}

export const remarks: fc.Arbitrary<readonly Remark[]> = fc.array(
  fc.record({
    line: fc.nat(),
    indent: fc.constantFrom(0, 2, 4, 6, 8, 9, 10, 12, 14, 16),
    text: fc.constantFrom("# by hand", "# by hand", ""),
  }),
  { minLength: 1, maxLength: 4 },
);

/** The list with comments and empty lines between the lines of its items. */
export function remarkedByHand(text: string, all: readonly Remark[]): string {
  const items = itemsOf(text);
  const lines = items.split(/(?<=\n)/);
  for (const { line, indent, text: remark } of all) {
    const at = 1 + (line % lines.length);
    lines.splice(at, 0, remark === "" ? "\n" : `${" ".repeat(indent)}${remark}\n`);
  }
  return text.replace(items, () => lines.join(""));
}

/** Whether a line is one of those that the user added. */
export function isByHand(line: string): boolean {
  return line.includes("mine");
}

/** A value without what the user added, and without the collections that hold nothing. */
export function withoutAdditions(value: Value): Value {
  if (Array.isArray(value)) return value.filter((element) => !isMine(element)).map(withoutAdditions);
  if (!isMapping(value)) return value;
  const entries = Object.entries(value).map(([key, entry]) => [key, withoutAdditions(entry)] as const);
  return Object.fromEntries(entries.filter(([, entry]) => !isNothing(entry)));
}

function isMine(element: Value): boolean {
  return getString(element, "name")?.startsWith("mine-") ?? false;
}

function isNothing(value: Value): boolean {
  return value === null || (typeof value === "object" && Object.keys(value).length === 0);
}
