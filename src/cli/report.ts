import { oneLine } from "../krm/escape-line";
import { toResult } from "../krm/results";
import type { Finding } from "../kube/finding";
import { capitalize } from "../kube/message-text";
import { describe } from "../kube/object";
import type { Styler } from "./ansi";
import { LineNumbers } from "./line-numbers";
import type { ReadResult } from "./read-files";
import type { RenderedFile, RenderResult } from "./render";
import { colorize, unifiedDiff } from "./unified-diff";

/** Everything that the report of a run covers. */
export interface ReportInput extends ReadResult, RenderResult {
  /** If true, a skipped file is an error and not a warning. */
  readonly strict: boolean;
}

/**
 * Prints the report for stderr.
 *
 * @param quiet omits changes and notices.
 * @returns a line for each skipped file and each finding.
 */
export function textReport(input: ReportInput, quiet: boolean, style: Styler): string[] {
  const lineNumbers = new LineNumbers(input.manifests);
  const skipped = input.skipped.map(({ reason }) =>
    problemLine(input.strict ? "error" : "warning", `Skipped: ${oneLine(reason)}.`, style),
  );
  const linesOf = (matches: (finding: Finding) => boolean) =>
    input.findings.filter(matches).map((finding) => findingLine(finding, lineNumbers, style));
  const infos = quiet ? [] : [...linesOf(isChange), ...linesOf(isNotice)];
  // Problems come last, where a terminal shows them.
  return [...infos, ...skipped, ...linesOf(isWarning), ...linesOf(isError)];
}

const isNotice = ({ code }: Finding) => code.startsWith("notice-");
const isChange = (finding: Finding) => finding.severity === "info" && !isNotice(finding);
const isWarning = ({ severity }: Finding) => severity === "warning";
const isError = ({ severity }: Finding) => severity === "error";

function findingLine(finding: Finding, lineNumbers: LineNumbers, style: Styler): string {
  const { code, severity, object, file, field, message } = finding;
  const prefix = [
    ...(file === undefined ? [] : [lineNumbers.locate(file)]),
    ...(object === undefined || object.kind === "" || message.startsWith(describe(object)) ? [] : [describe(object)]),
    ...(field === undefined || severity === "info" || message.startsWith(field.path) ? [] : [field.path]),
  ];
  const text = oneLine([...prefix, message].join(": "));
  if (severity !== "info") return problemLine(severity, `${text} [${code}]`, style);
  if (isNotice(finding)) return `${style("cyan", "notice:")} ${text}\n`;
  const messageStart = text.length - oneLine(message).length;
  return `${text.slice(0, messageStart)}${style(code.startsWith("skipped-") ? "dim" : "green", message)}\n`;
}

function problemLine(severity: "error" | "warning", text: string, style: Styler): string {
  return `${style(severity === "error" ? "red" : "yellow", `${severity}:`)} ${text}\n`;
}

/** The codes of findings that report a change, each with the noun that the summary counts. */
const changeCodes = [
  ["injected", "workload"],
  ["updated", "workload"],
  ["removed", "workload"],
  ["generated", "private CA"],
  ["pruned", "object"],
] as const;

/** Counts files and findings. The keys are those of `summary` in the JSON report. */
function countAll({ files, skipped, findings, strict }: ReportInput) {
  const count = (matches: (finding: Finding) => boolean) => findings.filter(matches).length;
  return {
    files: files.length,
    changed: files.filter(isChanged).length,
    skipped: skipped.length,
    injected: count(({ code }) => code === "injected"),
    updated: count(({ code }) => code === "updated"),
    removed: count(({ code }) => code === "removed"),
    generated: count(({ code }) => code === "generated"),
    pruned: count(({ code }) => code === "pruned"),
    warnings: count(isWarning) + (strict ? 0 : skipped.length),
    errors: count(isError) + (strict ? skipped.length : 0),
  };
}

/** Reports whether the run changes the file. */
export function isChanged({ manifest, text }: RenderedFile): boolean {
  return manifest.text !== text;
}

/**
 * Prints the last line of the text report.
 *
 * @param verb what happened, or would happen, to the files: "changed" or "would change".
 */
export function summaryLine(input: ReportInput, verb: string): string {
  const counts = countAll(input);
  const changes = changeCodes.flatMap(([code, noun]) =>
    counts[code] === 0 ? [] : [`${plural(counts[code], noun)} ${code}`],
  );
  const problems = [
    ...(counts.errors === 0 ? [] : [plural(counts.errors, "error")]),
    ...(counts.warnings === 0 ? [] : [plural(counts.warnings, "warning")]),
  ];
  if (counts.errors > 0) return `Nothing was changed: ${problems.join(", ")}.\n`;
  const files =
    counts.changed === 0
      ? `no changes in ${plural(counts.files, "file")}`
      : `${counts.changed} of ${plural(counts.files, "file")} ${verb}`;
  const details = [...changes, ...problems].join(", ");
  if (counts.files === 0 && details !== "") return `${capitalize(details)}.\n`;
  return `${capitalize(files)}${details === "" ? "" : `: ${details}`}.\n`;
}

function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/**
 * Prints the report as JSON. docs/command-line.md describes its fields.
 *
 * @param withDiff adds the diff of each file that changes.
 */
export function jsonReport(input: ReportInput, withDiff: boolean): string {
  const files = [
    ...input.files.map((file) => ({
      path: file.manifest.path,
      status: isChanged(file) ? "changed" : "unchanged",
      ...(withDiff && isChanged(file) ? { diff: diffOf(file) } : {}),
    })),
    ...input.skipped.map(({ path, reason }) => ({ path, status: "skipped", reason })),
  ];
  return `${JSON.stringify({ summary: countAll(input), files, results: input.findings.map(toResult) }, null, 2)}\n`;
}

/** Prints the diff of a file, in color if a style is given. */
export function diffOf({ manifest, edits }: RenderedFile, style?: Styler): string {
  const diff = unifiedDiff(manifest.path, manifest.text, edits);
  return style === undefined ? diff : colorize(diff, style);
}
