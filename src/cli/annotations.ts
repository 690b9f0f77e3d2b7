import { oneLine } from "../krm/escape-line";
import { type Finding, findingText, isNotice, isProblem } from "../kube/finding";
import type { FileCode, ResultCode } from "../kube/result-codes";
import { stableHash } from "../kube/stable-hash";
import { getOrInsert } from "../yaml/maps";
import { positionAt } from "../yaml/yaml-error";
import { comparePlaces, type Place, Positions, placeText } from "./positions";
import { type FileNotice, type SkippedFile, stdinName } from "./read-files";
import type { RenderedFile } from "./render";
import { isChanged, type ReportInput } from "./summary";
import type { WriteFailure } from "./write-files";

/** The level of an annotation, from most to least severe. */
export const annotationLevels = ["error", "warning", "notice"] as const;

/** What a code review tool shows at a line of a file: an error, a warning, or a notice. */
export interface Annotation {
  readonly code: ResultCode | FileCode;
  readonly level: (typeof annotationLevels)[number];
  /** One line, without the place. */
  readonly message: string;
  /** The path is relative to the root of the repository, or absolute if the file is outside of it. The line exists. */
  readonly place: Place & { readonly line: number };
  /**
   * Identifies the annotation in the next run. It doesn't depend on lines, which move when something is added before them.
   * No two annotations of a run have the same.
   */
  readonly fingerprint: string;
  /** The diff of a file that isn't up to date, if it was requested. */
  readonly diff?: string;
}

/** An annotation before its place is complete. */
interface Draft extends Pick<Annotation, "code" | "level" | "message" | "diff"> {
  /** The path is as on the command line. */
  readonly place: Place | undefined;
  /** What the annotation is about, besides its code and file. */
  readonly subject: string;
}

/** How the annotations of a run are created. */
export interface AnnotationOptions {
  /** Returns the path of a file, relative to the root of the repository or absolute. */
  readonly sourcePath: (path: string) => string;
  /** How files that change are reported. Undefined if they aren't a problem. */
  readonly outdated: OutdatedOptions | undefined;
}

/** How the annotation of a file that isn't up to date is created. */
interface OutdatedOptions {
  /** What to do, as a sentence. */
  readonly advice?: string;
  /** Returns the diff of the file, if it is requested. */
  readonly diff?: (file: RenderedFile) => string;
}

/**
 * Returns the annotations of a run, sorted by level, file, and line: its errors, warnings, and notices, skipped files, with
 * `--check` the files that aren't up to date, and with `--write` the first file that couldn't be written. Changes and the
 * state aren't annotations.
 *
 * What isn't about a file is at the first line of the configuration.
 */
export function annotationsOf(input: ReportInput, { sourcePath, outdated }: AnnotationOptions): Annotation[] {
  const positions = new Positions(input.manifests, input.config);
  const withinFile = createWithinFile([...input.manifests, ...input.skipped, input.config]);
  const changed = outdated === undefined ? [] : input.files.filter(isChanged);
  const { writeFailure } = input;
  const drafts = [
    ...input.findings
      .filter((finding) => isProblem(finding) || isNotice(finding))
      .map((finding) => ofFinding(finding, positions.placeOf(finding))),
    ...input.skipped.map(ofSkipped),
    ...input.notices.map(ofNotice),
    ...changed.map((file) => ofOutdated(file, input.config.path, outdated)),
    ...(writeFailure?.path === undefined ? [] : [ofUnwritten(writeFailure.path, writeFailure)]),
  ].sort(compareDrafts);
  const counts = new Map<string, { count: number }>();
  return drafts.map(({ code, level, message, place, subject, diff }) => {
    const isInFile = place !== undefined && place.path !== stdinName;
    const path = sourcePath(isInFile ? place.path : input.config.path);
    const identity = fingerprintOf([code, path, subject]);
    const same = getOrInsert(counts, identity, () => ({ count: 0 }));
    const text = isInFile || place === undefined ? message : `${placeText(place)}: ${message}`;
    return {
      code,
      level,
      message: oneLine(text),
      place: isInFile ? { ...withinFile(place), path } : { path, line: 1 },
      fingerprint: `${identity}:${++same.count}`,
      ...(diff === undefined ? {} : { diff }),
    };
  });
}

function ofFinding(finding: Finding, place: Place | undefined): Draft {
  const { code, severity, object, field, configField } = finding;
  const subject = [object?.kind, object?.namespace, object?.name, field?.path, configField?.path].join("|");
  return { code, level: levelOf(severity), message: findingText(finding, undefined), place, subject };
}

function ofSkipped(file: SkippedFile): Draft {
  const { severity, reason } = file;
  const code = severity === "info" ? "skipped-file" : "unreadable-file";
  const message = `${severity === "error" ? "" : "Skipped: "}${reason}.`;
  return { code, level: levelOf(severity), message, place: file, subject: "" };
}

function ofNotice({ code, path, message }: FileNotice): Draft {
  return { code, level: "notice", message: `${message}.`, place: { path }, subject: "" };
}

function ofUnwritten(path: string, { message }: WriteFailure): Draft {
  return { code: "unwritten-file", level: "error", message: `${message}.`, place: { path }, subject: "" };
}

/** Returns the annotation of a file that changes, at the first line that changes. */
function ofOutdated(file: RenderedFile, configPath: string, { advice, diff }: OutdatedOptions = {}): Draft {
  const { path, text } = file.manifest;
  const { line } = positionAt(text, firstDifference(text, file.text));
  const message = [`The file isn't up to date with ${configPath}.`, ...(advice === undefined ? [] : [advice])].join(
    " ",
  );
  const draft = { code: "outdated-file", level: "error", message, place: { path, line }, subject: "" } as const;
  return diff === undefined ? draft : { ...draft, diff: diff(file) };
}

/** Returns the offset of the first character that differs in two texts. */
function firstDifference(one: string, other: string): number {
  let offset = 0;
  while (offset < one.length && one[offset] === other[offset]) offset++;
  return offset;
}

/**
 * Returns a function that returns a place with a line of its file: the first if none is known, and the last if it's at the
 * end of the file, after the last line break. Review tools ignore what isn't at a line.
 */
function createWithinFile(files: readonly { readonly path: string; readonly text?: string }[]) {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const lastLines = new Map<string, number>();
  return (place: Place): Place & { readonly line: number } => {
    const { path, line = 1 } = place;
    const last = getOrInsert(lastLines, path, () => lastLineOf(texts.get(path)));
    return line <= last ? { ...place, line } : { path, line: last };
  };
}

/** Returns the number of the last line of a text, not counting an empty one; infinite if the text isn't known. */
function lastLineOf(text: string | undefined): number {
  return text === undefined ? Number.POSITIVE_INFINITY : positionAt(text, Math.max(text.length - 1, 0)).line;
}

function levelOf(severity: Finding["severity"]): Annotation["level"] {
  return severity === "info" ? "notice" : severity;
}

function compareDrafts(one: Draft, other: Draft): number {
  const [level, otherLevel] = [one, other].map((draft) => annotationLevels.indexOf(draft.level)) as [number, number];
  return level - otherLevel || comparePlaces(one.place, other.place);
}

/** Returns 16 hexadecimal digits. */
function fingerprintOf(parts: readonly string[]): string {
  const text = parts.join("\n");
  return stableHash(text) + stableHash(`tracing-sidecar\n${text}`);
}
