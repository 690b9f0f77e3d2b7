import { oneLine } from "../krm/escape-line";
import { toResult } from "../krm/results";
import type { Finding } from "../kube/finding";
import { describe } from "../kube/object";
import type { Styler } from "./ansi";
import { LineNumbers } from "./line-numbers";
import type { ReadResult } from "./read-files";
import type { Rendered, Rendering } from "./render";
import { colorize, unifiedDiff } from "./unified-diff";

/** What is to be told of a run. */
export interface ReportInput extends ReadResult, Rendering {
  /** Files that were not read are problems, not warnings. */
  readonly strict: boolean;
}

/** The report on stderr: a line for each finding. */
export function textReport(told: ReportInput, quiet: boolean, style: Styler): string[] {
  const places = new LineNumbers(told.manifests);
  const skips = told.skipped.map(({ reason }) =>
    problem(told.strict ? "error" : "warning", `Skipped: ${oneLine(reason)}.`, style),
  );
  // What is wrong stands last, where it is seen.
  const found = [isChange, isNotice, isWarning, isError].map((isWanted) =>
    told.findings.filter(isWanted).map((finding) => line(finding, places, style)),
  );
  const [changes = [], notices = [], warnings = [], errors = []] = found;
  return [...(quiet ? [] : [...changes, ...notices]), ...skips, ...warnings, ...errors];
}

const isNotice = ({ code }: Finding) => code.startsWith("notice-");
const isChange = (finding: Finding) => finding.severity === "info" && !isNotice(finding);
const isWarning = ({ severity }: Finding) => severity === "warning";
const isError = ({ severity }: Finding) => severity === "error";

function line(finding: Finding, places: LineNumbers, style: Styler): string {
  const { code, severity, object, file, field, message } = finding;
  const where = [
    ...(file === undefined ? [] : [places.locate(file)]),
    ...(object === undefined || object.kind === "" || message.startsWith(describe(object)) ? [] : [describe(object)]),
    ...(field === undefined || severity === "info" || message.startsWith(field.path) ? [] : [field.path]),
  ];
  const text = oneLine([...where, message].join(": "));
  if (severity !== "info") return problem(severity, `${text} [${code}]`, style);
  if (isNotice(finding)) return `${style("cyan", "notice:")} ${text}\n`;
  const from = text.length - oneLine(message).length;
  return `${text.slice(0, from)}${style(code.startsWith("skipped-") ? "dim" : "green", message)}\n`;
}

function problem(severity: "error" | "warning", text: string, style: Styler): string {
  return `${style(severity === "error" ? "red" : "yellow", `${severity}:`)} ${text}\n`;
}

/** What changes something, and what is counted. */
const changing = {
  injected: "workload",
  updated: "workload",
  removed: "workload",
  generated: "private CA",
  pruned: "object",
} as const;

/** How many of what; the keys are those of the report as JSON. */
function count({ files, skipped, findings, strict }: ReportInput) {
  const of = (wanted: (finding: Finding) => boolean) => findings.filter(wanted).length;
  const skips = (asErrors: boolean) => (strict === asErrors ? skipped.length : 0);
  return {
    files: files.length,
    changed: files.filter(isChanged).length,
    skipped: skipped.length,
    injected: of(({ code }) => code === "injected"),
    updated: of(({ code }) => code === "updated"),
    removed: of(({ code }) => code === "removed"),
    generated: of(({ code }) => code === "generated"),
    pruned: of(({ code }) => code === "pruned"),
    warnings: of(({ severity }) => severity === "warning") + skips(false),
    errors: of(({ severity }) => severity === "error") + skips(true),
  };
}

export function isChanged({ manifest, text }: Rendered): boolean {
  return manifest.text !== text;
}

/** The last line of the report. @param verb what was, or would be, done to files: "would change". */
export function summaryLine(told: ReportInput, verb: string): string {
  const counts = count(told);
  const parts = Object.entries(changing).flatMap(([what, noun]) => {
    const number = counts[what as keyof typeof changing];
    return number === 0 ? [] : [`${plural(number, noun)} ${what}`];
  });
  const problems = [
    ...(counts.errors === 0 ? [] : [plural(counts.errors, "error")]),
    ...(counts.warnings === 0 ? [] : [plural(counts.warnings, "warning")]),
  ];
  if (counts.errors > 0) return `Nothing was changed: ${problems.join(", ")}.\n`;
  const done =
    counts.changed === 0
      ? `nothing to change in ${plural(counts.files, "file")}`
      : `${counts.changed} of ${plural(counts.files, "file")} ${verb}`;
  const what = [...parts, ...problems].join(", ");
  if (counts.files === 0 && what !== "") return `${what.charAt(0).toUpperCase()}${what.slice(1)}.\n`;
  return `${done.charAt(0).toUpperCase()}${done.slice(1)}${what === "" ? "" : `: ${what}`}.\n`;
}

function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** The report as JSON. @param withDiff with the diff of each file that changes. */
export function jsonReport(told: ReportInput, withDiff: boolean): string {
  const files = [
    ...told.files.map((file) => ({
      path: file.manifest.path,
      status: isChanged(file) ? "changed" : "unchanged",
      ...(withDiff && isChanged(file) ? { diff: diffOf(file) } : {}),
    })),
    ...told.skipped.map(({ path, reason }) => ({ path, status: "skipped", reason })),
  ];
  return `${JSON.stringify({ summary: count(told), files, results: told.findings.map(toResult) }, null, 2)}\n`;
}

/** The diff of a file that changes. */
export function diffOf({ manifest, edits }: Rendered, style?: Styler): string {
  const diff = unifiedDiff(manifest.path, manifest.text, edits);
  return style === undefined ? diff : colorize(diff, style);
}
