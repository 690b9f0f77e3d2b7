import { oneLine } from "../krm/escape-line";
import { toReference, toResult } from "../krm/results";
import { type Finding, findingText, isNotice, withConfigObject } from "../kube/finding";
import type { Styler } from "./ansi";
import { leftoverNotice } from "./leftover-notice";
import { comparePlaces, type Place, Positions, placeText } from "./positions";
import type { SkippedFile } from "./read-files";
import type { RenderedFile } from "./render";
import { countAll, isChanged, type ReportInput, unwrittenFiles } from "./summary";
import { colorize, unifiedDiff } from "./unified-diff";

/** A line of the report, and what it is sorted by. */
interface ProblemLine {
  readonly place: Place | undefined;
  readonly text: string;
}

/**
 * Prints the report for stderr.
 *
 * @param quiet omits changes and notices.
 * @returns a line for each skipped file and each finding.
 */
export function textReport(input: ReportInput, quiet: boolean, style: Styler): string[] {
  const positions = new Positions(input.manifests, input.config);
  const linesOf = (matches: (finding: Finding) => boolean) =>
    input.findings.filter(matches).map((finding) => findingLine(finding, positions.placeOf(finding), style));
  const problemsOf = (severity: "error" | "warning") =>
    sortedLines([
      ...input.skipped
        .filter((file) => file.severity === severity)
        .map((file) => ({ place: file, text: skippedLine(file, style) })),
      ...input.findings
        .filter((finding) => finding.severity === severity)
        .map((finding) => ({ finding, place: positions.placeOf(finding) }))
        .map(({ finding, place }) => ({ place, text: findingLine(finding, place, style) })),
    ]);
  const infos = quiet
    ? []
    : [
        ...linesOf(isChange),
        ...linesOf(isNotice),
        ...input.notices.map(({ message }) => `${style("cyan", "notice:")} ${oneLine(message)}.\n`),
        ...input.skipped.filter(isInfo).map((file) => skippedLine(file, style)),
        ...leftoverNotice(input.leftovers, style),
      ];
  // Problems come last, where a terminal shows them.
  return [...infos, ...problemsOf("warning"), ...problemsOf("error")];
}

/** Sorts lines by their places. What isn't about a file comes first. */
function sortedLines(lines: readonly ProblemLine[]): string[] {
  return [...lines].sort((one, other) => comparePlaces(one.place, other.place)).map(({ text }) => text);
}

function skippedLine(file: SkippedFile, style: Styler): string {
  const { severity, reason } = file;
  const text = oneLine(`${placeText(file)}: ${severity === "error" ? "" : "Skipped: "}${reason}.`);
  return severity === "info" ? `${style("cyan", "notice:")} ${text}\n` : problemLine(severity, text, style);
}

/** Reports whether a finding is a notice: neither a problem nor a change nor the state. */
const isChange = (finding: Finding) => finding.severity === "info" && !isNotice(finding);
const isInfo = ({ severity }: Pick<Finding, "severity">) => severity === "info";

function findingLine(finding: Finding, place: Place | undefined, style: Styler): string {
  const { code, severity, message } = finding;
  const text = oneLine(findingText(finding, place && placeText(place)));
  if (severity !== "info") return problemLine(severity, `${text} [${code}]`, style);
  if (isNotice(finding)) return `${style("cyan", "notice:")} ${text}\n`;
  const messageStart = text.length - oneLine(message).length;
  return `${text.slice(0, messageStart)}${style(code === "managed" || code.startsWith("skipped-") ? "dim" : "green", message)}\n`;
}

function problemLine(severity: "error" | "warning", text: string, style: Styler): string {
  return `${style(severity === "error" ? "red" : "yellow", `${severity}:`)} ${text}\n`;
}

/**
 * Prints the report as JSON. docs/reference/command-line.md describes its fields.
 *
 * @param diffPath returns the path of a file in its diff. Undefined to print no diffs.
 */
export function jsonReport(input: ReportInput, diffPath: ((path: string) => string) | undefined): string {
  const unwritten = unwrittenFiles(input);
  const isUnwritten = new Set(unwritten);
  const files = [
    ...input.files.map((file) => ({
      path: file.manifest.path,
      status: isUnwritten.has(file) ? "unwritten" : isChanged(file) ? "changed" : "unchanged",
      ...(file === unwritten[0] ? { reason: input.writeFailure?.message } : {}),
      ...(diffPath !== undefined && isChanged(file) ? { diff: diffOf(file, diffPath(file.manifest.path)) } : {}),
    })),
    ...input.skipped.map(({ path, line, column, reason, severity }) => ({
      path,
      status: severity === "error" ? "unreadable" : "skipped",
      reason,
      ...(line === undefined ? {} : { line, column }),
    })),
  ];
  const positions = new Positions(input.manifests, input.config);
  const results = input.findings.map((finding) => {
    const place = positions.placeOf(finding);
    const isAboutConfig = finding.configField !== undefined && finding.object === undefined;
    const file = isAboutConfig ? place : finding.file && { ...finding.file, ...positionIn(finding, place) };
    return toResult({ ...withConfigObject(finding, input.config.object), ...(file === undefined ? {} : { file }) });
  });
  const report = { summary: countAll(input), files, results, leftovers: input.leftovers.map(toReference) };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** Returns the position of a finding in its own file. It isn't known if the place is in the configuration. */
function positionIn({ configField }: Finding, place: Place | undefined): Omit<Place, "path"> {
  if (configField !== undefined || place === undefined) return {};
  const { path: _, ...position } = place;
  return position;
}

/** Prints the diff of a file, in color if a style is given. */
export function diffOf({ manifest, edits }: RenderedFile, path: string, style?: Styler): string {
  const diff = unifiedDiff(path, manifest.text, edits);
  return style === undefined ? diff : colorize(diff, style);
}
