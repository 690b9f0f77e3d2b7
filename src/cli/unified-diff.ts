import { isAbsolute, normalize, relative } from "node:path";
import { diffLines, FILE_HEADERS_ONLY, formatPatch } from "diff";
import { oneLine } from "../krm/escape-line";
import { applyEdits, type Edit, shiftEdits, sortEdits } from "../yaml/edit";
import { lineStart } from "../yaml/ranges";
import type { Styler } from "./ansi";
import type { FileSystem } from "./system";

/** Reports whether a path leads out of the working directory, so that `git apply` rejects it. */
export function isOutside(path: string): boolean {
  return isAbsolute(path) || /^\.\.(?:\/|$)/.test(normalize(path));
}

/** Returns the path of a file as `git apply` needs it: relative to the working directory if the file is in it. */
export function pathFromWorkingFolder(path: string, files: FileSystem): string {
  if (!isOutside(path)) return normalize(path);
  if (files.kindOf(path) !== "file") return path;
  const fromWorkingFolder = relative(files.realPath("."), files.realPath(path));
  return isOutside(fromWorkingFolder) ? path : fromWorkingFolder;
}

/** How many unchanged lines are shown before and after a change. */
const context = 3;

/**
 * Prints the changes of a file as a unified diff, for `git apply` and `patch -p1`.
 *
 * Only the lines that the edits touch are compared, each range separately: the time to compare two texts grows with the
 * square of the number of their differences, and a file can contain thousands of workloads.
 *
 * @param edits of the text `before`.
 */
export function unifiedDiff(path: string, before: string, edits: readonly Edit[]): string {
  const name = oneLine(path.replace(/^\/+/, ""));
  const files = { oldFileName: `a/${name}`, newFileName: `b/${name}`, oldHeader: undefined, newHeader: undefined };
  return formatPatch({ ...files, hunks: hunksOf(linesOf(before), changesOf(before, edits)) }, FILE_HEADERS_ONLY);
}

/** Lines that are replaced by others. Either list can be empty. */
interface Change {
  /** The number of the first removed line, from 0, or of the line before which lines are added. */
  readonly at: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

function changesOf(text: string, edits: readonly Edit[]): Change[] {
  const changes: Change[] = [];
  let line = 0;
  let counted = 0;
  for (const { from, to, edits: ownEdits } of editedLineRanges(text, edits)) {
    line += countLineBreaks(text, counted, from);
    counted = from;
    const before = text.slice(from, to);
    const after = applyEdits(before, shiftEdits(-from, ownEdits));
    for (const change of compareLines(before, after, line)) changes.push(change);
  }
  return changes;
}

function countLineBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

/**
 * Compares two texts of whole lines.
 *
 * @param firstLine the number of the first line of `before` in the file, from 0.
 */
function compareLines(before: string, after: string, firstLine: number): Change[] {
  const changes: Change[] = [];
  let at = firstLine;
  let removed: string[] = [];
  for (const { value, added: isAdded, removed: isRemoved } of diffLines(before, after)) {
    const lines = linesOf(value);
    if (isRemoved) {
      removed = lines;
      continue;
    }
    if (isAdded || removed.length > 0) changes.push({ at, removed, added: isAdded ? lines : [] });
    at += removed.length + (isAdded ? 0 : lines.length);
    removed = [];
  }
  if (removed.length > 0) changes.push({ at, removed, added: [] });
  return changes;
}

/** A range of whole lines, as offsets, and the edits within it. */
interface EditedLines {
  readonly from: number;
  to: number;
  readonly edits: Edit[];
}

/** Returns the whole lines that edits touch. Edits that share a line share a range. */
function editedLineRanges(text: string, edits: readonly Edit[]): EditedLines[] {
  const ranges: EditedLines[] = [];
  const sorted = sortEdits(edits);
  for (const edit of sorted) {
    const from = lineStart(text, edit.offset);
    const end = edit.offset + edit.length;
    const isWholeLines =
      text[end - 1] === "\n" && (edit.text === "" || edit.text.endsWith("\n")) && from === edit.offset;
    const to = isWholeLines ? end : text.indexOf("\n", end) + 1 || text.length;
    const last = ranges.at(-1);
    if (last === undefined || last.to <= from) {
      ranges.push({ from, to, edits: [edit] });
    } else {
      last.to = Math.max(last.to, to);
      last.edits.push(edit);
    }
  }
  return ranges;
}

/** Groups changes into hunks with context. Changes whose context would touch or overlap are in one hunk. */
function hunksOf(lines: readonly string[], changes: readonly Change[]) {
  const groups: { readonly start: number; readonly changes: Change[] }[] = [];
  for (const change of changes) {
    const group = groups.at(-1);
    const last = group?.changes.at(-1);
    if (last !== undefined && change.at - (last.at + last.removed.length) <= 2 * context) group?.changes.push(change);
    else groups.push({ start: Math.max(change.at - context, 0), changes: [change] });
  }
  // The number of lines that the hunks so far add to the text.
  let shift = 0;
  return groups.map(({ start, changes: grouped }) => {
    const hunkLines: string[] = [];
    let next = start;
    let growth = 0;
    for (const { at, removed, added } of grouped) {
      hunkLines.push(
        ...lines.slice(next, at).flatMap(prefixed(" ")),
        ...removed.flatMap(prefixed("-")),
        ...added.flatMap(prefixed("+")),
      );
      next = at + removed.length;
      growth += added.length - removed.length;
    }
    const end = Math.min(next + context, lines.length);
    hunkLines.push(...lines.slice(next, end).flatMap(prefixed(" ")));
    const hunk = {
      oldStart: start + 1,
      oldLines: end - start,
      newStart: start + 1 + shift,
      newLines: end - start + growth,
    };
    shift += growth;
    return { ...hunk, lines: hunkLines };
  });
}

/** Returns a function that prefixes a line, and returns it as lines of a hunk. */
function prefixed(prefix: string) {
  return (line: string) =>
    line.endsWith("\n") ? [prefix + line.slice(0, -1)] : [prefix + line, "\\ No newline at end of file"];
}

/** Splits a text into lines, each with its line break. */
function linesOf(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/** Colors the lines of a diff. */
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
