import { oneLine } from "../krm/escape-line";
import { type Finding, findingText, isNotice, isProblem } from "../kube/finding";
import type { FileCode, ResultCode } from "../kube/result-codes";
import { stableHash } from "../kube/stable-hash";
import { getOrInsert } from "../yaml/maps";
import { positionAt } from "../yaml/yaml-error";
import { comparePlaces, type Place, Positions, placeText } from "./positions";
import { type SkippedFile, stdinName } from "./read-files";
import type { RenderedFile } from "./render";
import { isChanged, type ReportInput } from "./summary";

/** The level of an annotation, from most to least severe. */
export const annotationLevels = ["error", "warning", "notice"] as const;

/** What a code review tool shows at a line of a file: an error, a warning, or a notice. */
export interface Annotation {
  readonly code: ResultCode | FileCode;
  readonly level: (typeof annotationLevels)[number];
  /** One line, without the place. */
  readonly message: string;
  /** The path is relative to the root of the repository. */
  readonly place: Place & { readonly line: number };
  /**
   * Identifies the annotation in the next run. It doesn't depend on lines, which move when something is added before them.
   * No two annotations of a run have the same.
   */
  readonly fingerprint: string;
}

/** An annotation before its place is complete. */
interface Draft extends Pick<Annotation, "code" | "level" | "message"> {
  /** The path is as on the command line. */
  readonly place: Place | undefined;
  /** What the annotation is about, besides its code and file. */
  readonly subject: string;
}

/** How the annotations of a run are created. */
export interface AnnotationOptions {
  /** Returns the path of a file, relative to the root of the repository. */
  readonly sourcePath: (path: string) => string;
  /** Undefined if a file that changes isn't a problem. Otherwise, the advice for it, if there is any. */
  readonly outdated: { readonly advice?: string } | undefined;
}

/**
 * Returns the annotations of a run, sorted by level, file, and line: its errors, warnings, and notices, skipped files, and
 * with `--check`, the files that aren't up to date. Changes and the state aren't annotations.
 *
 * What isn't about a file is at the first line of the configuration.
 */
export function annotationsOf(input: ReportInput, { sourcePath, outdated }: AnnotationOptions): Annotation[] {
  const positions = new Positions(input.manifests, input.config);
  const changed = outdated === undefined ? [] : input.files.filter(isChanged);
  const advice = outdated?.advice === undefined ? "" : ` ${outdated.advice}`;
  const drafts = [
    ...input.findings
      .filter((finding) => isProblem(finding) || isNotice(finding))
      .map((finding) => ofFinding(finding, positions.placeOf(finding))),
    ...input.skipped.map(ofSkipped),
    ...changed.map((file) => ofOutdated(file, `${input.config.path}.${advice}`)),
  ].sort(compareDrafts);
  const counts = new Map<string, { count: number }>();
  return drafts.map(({ code, level, message, place, subject }) => {
    const isInFile = place !== undefined && place.path !== stdinName;
    const path = sourcePath(isInFile ? place.path : input.config.path);
    const identity = fingerprintOf([code, path, subject]);
    const same = getOrInsert(counts, identity, () => ({ count: 0 }));
    const text = isInFile || place === undefined ? message : `${placeText(place)}: ${message}`;
    return {
      code,
      level,
      message: oneLine(text),
      place: isInFile ? { ...place, path, line: place.line ?? 1 } : { path, line: 1 },
      fingerprint: `${identity}:${++same.count}`,
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

/** Returns the annotation of a file that changes, at the first line that changes. */
function ofOutdated({ manifest: { path, text: before }, text }: RenderedFile, rest: string): Draft {
  const { line } = positionAt(before, Math.min(firstDifference(before, text), Math.max(before.length - 1, 0)));
  const message = `The file isn't up to date with ${rest}`;
  return { code: "outdated-file", level: "error", message, place: { path, line }, subject: "" };
}

/** Returns the offset of the first character that differs in two texts. */
function firstDifference(one: string, other: string): number {
  let offset = 0;
  while (offset < one.length && one[offset] === other[offset]) offset++;
  return offset;
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
