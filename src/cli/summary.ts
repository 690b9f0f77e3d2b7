import type { Finding } from "../kube/finding";
import { capitalize, plural } from "../kube/message-text";
import type { ConfigSource } from "./positions";
import type { ReadResult } from "./read-files";
import type { RenderedFile, RenderResult } from "./render";
import type { WriteFailure } from "./write-files";

/** Everything that the report of a run covers. */
export interface ReportInput extends ReadResult, RenderResult {
  readonly config: ConfigSource;
  /** Undefined if writing the files succeeded or wasn't requested. */
  readonly writeFailure?: WriteFailure | undefined;
}

/** The codes of findings that report a change, each with the noun that the summary counts. */
const changeCodes = [
  ["injected", "workload"],
  ["updated", "workload"],
  ["removed", "workload"],
  ["generated", "private CA"],
  ["pruned", "object"],
] as const;

/** The numbers of files, changes, and problems of a run. */
export type Counts = ReturnType<typeof countAll>;

/** Returns the part of the summary about one kind of change: `1 workload injected`. */
function changeText(code: (typeof changeCodes)[number][0], objects: string): string {
  // A removed workload would be one that was deleted.
  return code === "removed" ? `agent removed from ${objects}` : `${objects} ${code}`;
}

/** Counts files and findings. The keys are those of `summary` in the JSON report. */
export function countAll(input: ReportInput) {
  const { files, skipped, findings } = input;
  const unwritten = unwrittenFiles(input);
  const count = (matches: (finding: Finding) => boolean) => findings.filter(matches).length;
  return {
    files: files.length,
    changed: files.filter(isChanged).length - unwritten.length,
    skipped: skipped.filter((file) => !isError(file)).length,
    injected: count(({ code }) => code === "injected"),
    updated: count(({ code }) => code === "updated"),
    removed: count(({ code }) => code === "removed"),
    generated: count(({ code }) => code === "generated"),
    pruned: count(({ code }) => code === "pruned"),
    warnings: count(isWarning) + skipped.filter(isWarning).length,
    errors: count(isError) + skipped.filter(isError).length + (unwritten.length > 0 ? 1 : 0),
  };
}

/**
 * Reports whether there is an error in the configuration or the manifests. With `--keep-going`, files can still change.
 * Failing to write files isn't such an error.
 */
export function hasErrors({ skipped, findings }: ReportInput): boolean {
  return skipped.some(isError) || findings.some(isError);
}

/** Reports whether the run changes the file. */
export function isChanged({ manifest, text }: RenderedFile): boolean {
  return manifest.text !== text;
}

/** Returns the files that `--write` should have changed but didn't. `writeFailure` has the reason for the first of them. */
export function unwrittenFiles({ files, writeFailure }: ReportInput): RenderedFile[] {
  if (writeFailure?.path === undefined) return [];
  const changed = files.filter(isChanged);
  return changed.slice(changed.findIndex(({ manifest }) => manifest.path === writeFailure.path));
}

/**
 * Prints the last line of the text report.
 *
 * @param verb what happened, or would happen, to the files: "changed" or "would change".
 */
export function summaryLine(input: ReportInput, verb: string): string {
  const counts = countAll(input);
  const changes = changeCodes.flatMap(([code, noun]) =>
    counts[code] === 0 ? [] : [changeText(code, plural(counts[code], noun))],
  );
  const problems = [
    ...(counts.errors === 0 ? [] : [plural(counts.errors, "error")]),
    ...(counts.warnings === 0 ? [] : [plural(counts.warnings, "warning")]),
  ];
  if (counts.errors > 0 && counts.changed === 0) return `Nothing was changed: ${problems.join(", ")}.\n`;
  const files =
    counts.changed === 0
      ? `no changes in ${plural(counts.files, "file")}`
      : `${counts.changed} of ${plural(counts.files, "file")} ${verb}`;
  const details = [...changes, ...problems].join(", ");
  if (counts.files === 0 && details !== "") return `${capitalize(details)}.\n`;
  return `${capitalize(files)}${details === "" ? "" : `: ${details}`}.\n`;
}

const isWarning = ({ severity }: Pick<Finding, "severity">) => severity === "warning";
const isError = ({ severity }: Pick<Finding, "severity">) => severity === "error";
