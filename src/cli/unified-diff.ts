import { diffLines, FILE_HEADERS_ONLY, formatPatch } from "diff";
import { oneLine } from "../krm/escape-line";
import { applyEdits, type Edit } from "../yaml/edit";
import type { Styler } from "./ansi";

/** Unchanged lines that are shown before and behind what changes. */
const context = 3;

/**
 * The changes of a file as a unified diff, which `git apply` and `patch -p1` take.
 *
 * Only what the edits touch is compared, each by itself: to find the differences of two texts takes time by the square
 * of how many they are, and a file can hold thousands of workloads.
 */
export function unifiedDiff(path: string, before: string, edits: readonly Edit[]): string {
  const name = oneLine(path.replace(/^\/+/, ""));
  const lines = linesOf(before);
  const files = { oldFileName: `a/${name}`, newFileName: `b/${name}`, oldHeader: undefined, newHeader: undefined };
  return formatPatch({ ...files, hunks: hunksOf(lines, changesOf(before, lines, edits)) }, FILE_HEADERS_ONLY);
}

/** Lines that give way to others; either can be none. */
interface Change {
  /** The number of the first line that goes, from 0, or of the line in front of which others come. */
  readonly at: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

function changesOf(text: string, lines: readonly string[], edits: readonly Edit[]): Change[] {
  let line = 0;
  let start = 0;
  return editedLineRanges(text, edits).flatMap(({ from, to, own }) => {
    while (start < from) start += (lines[line++] as string).length;
    const old = text.slice(from, to);
    const now = applyEdits(
      old,
      own.map((edit) => ({ ...edit, offset: edit.offset - from })),
    );
    let at = line;
    const changes: Change[] = [];
    let removed: string[] = [];
    for (const part of [...diffLines(old, now), undefined]) {
      if (part?.removed) {
        removed = linesOf(part.value);
      } else {
        if (part?.added || removed.length > 0)
          changes.push({ at, removed, added: part?.added ? linesOf(part.value) : [] });
        at += removed.length;
        removed = [];
        if (part !== undefined && !part.added) at += linesOf(part.value).length;
      }
    }
    return changes;
  });
}

interface EditedLines {
  readonly from: number;
  to: number;
  readonly own: Edit[];
}

/** The whole lines that edits touch; edits that share a line share the stretch. */
function editedLineRanges(text: string, edits: readonly Edit[]): EditedLines[] {
  const found: EditedLines[] = [];
  const sorted = [...edits].sort(
    (one, other) => one.offset - other.offset || Number(one.length > 0) - Number(other.length > 0),
  );
  for (const edit of sorted) {
    const from = text.lastIndexOf("\n", edit.offset - 1) + 1;
    const end = edit.offset + edit.length;
    const isWhole = text[end - 1] === "\n" && (edit.text === "" || edit.text.endsWith("\n")) && from === edit.offset;
    const to = isWhole ? end : text.indexOf("\n", end) + 1 || text.length;
    const last = found.at(-1);
    if (last === undefined || last.to <= from) {
      found.push({ from, to, own: [edit] });
    } else {
      last.to = Math.max(last.to, to);
      last.own.push(edit);
    }
  }
  return found;
}

/** Changes with the lines around them; those whose lines around would touch are one hunk. */
function hunksOf(lines: readonly string[], changes: readonly Change[]) {
  const groups: Change[][] = [];
  for (const change of changes) {
    const last = groups.at(-1)?.at(-1);
    if (last !== undefined && change.at - (last.at + last.removed.length) <= 2 * context) groups.at(-1)?.push(change);
    else groups.push([change]);
  }
  let shift = 0;
  return groups.map((group) => {
    const start = Math.max((group[0] as Change).at - context, 0);
    const written: string[] = [];
    let next = start;
    let grown = 0;
    for (const { at, removed, added } of group) {
      written.push(
        ...lines.slice(next, at).flatMap(marked(" ")),
        ...removed.flatMap(marked("-")),
        ...added.flatMap(marked("+")),
      );
      next = at + removed.length;
      grown += added.length - removed.length;
    }
    const end = Math.min(next + context, lines.length);
    written.push(...lines.slice(next, end).flatMap(marked(" ")));
    const hunk = {
      oldStart: start + 1,
      oldLines: end - start,
      newStart: start + 1 + shift,
      newLines: end - start + grown,
    };
    shift += grown;
    return { ...hunk, lines: written };
  });
}

function marked(mark: string) {
  return (line: string) =>
    line.endsWith("\n") ? [mark + line.slice(0, -1)] : [mark + line, "\\ No newline at end of file"];
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/** A diff with its lines in colours. */
export function colorize(diff: string, style: Styler): string {
  return diff.replace(/^.+$/gm, (line) => {
    if (/^(?:---|\+\+\+) /.test(line)) return style("bold", line);
    switch (line[0]) {
      case "+":
        return style("green", line);
      case "-":
        return style("red", line);
      case "@":
        return style("cyan", line);
      default:
        return line;
    }
  });
}
