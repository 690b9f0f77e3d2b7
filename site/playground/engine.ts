import { parseConfiguration } from "../../src/cli/parse-config";
import { type ConfigSource, Positions } from "../../src/cli/positions";
import { type RenderResult, removal, render, withoutChanges } from "../../src/cli/render";
import { summaryLine } from "../../src/cli/summary";
import { InputError } from "../../src/krm/item";
import { type Manifest, readManifest } from "../../src/krm/manifest";
import { type Finding, findingText, hasError, isNotice, isProblem } from "../../src/kube/finding";
import { type Edit, sortEdits } from "../../src/yaml/edit";
import { agentConfigurationsOf } from "./agent-configurations";
import type {
  Outcome,
  Place,
  Removal,
  ResultFile,
  Run,
  RunResult,
  ShownFinding,
  SourceFile,
  Task,
  TextChange,
} from "./protocol";
import { secretsIn } from "./secrets";

/*
 * The command line on texts: what the page asks its worker to do.
 */

/** Runs a task of the page. */
export function runTask(task: Task): Outcome {
  return task.kind === "run" ? run(task) : { kind: "find-secrets", places: task.files.flatMap(secretsIn) };
}

/** Injects. For a removal, then removes from the result, and compares what is left with the input. */
function run({ files, configuration, remove }: Run): RunResult {
  const injected = renderTexts(files, configuration, "present");
  if (!remove || injected.hasErrors) return injected;
  const withAgent = injected.files.map(({ path, after }) => ({ path, text: after }));
  const removed = renderTexts(withAgent, configuration, "absent");
  // The lines are those of the text with the agent, which the visitor doesn't have.
  const findings = removed.findings.map(({ place: _, ...finding }) => finding);
  return { ...removed, findings, ...(removed.hasErrors ? {} : { removal: compare(files, removed.files) }) };
}

function compare(input: readonly SourceFile[], removed: readonly ResultFile[]): Removal {
  const texts = new Map(removed.map(({ path, after }) => [path, after]));
  const encoder = new TextEncoder();
  return {
    bytes: input.reduce((sum, { text }) => sum + encoder.encode(text).length, 0),
    different: input.filter(({ path, text }) => texts.get(path) !== text).map(({ path }) => path),
  };
}

/** The path of the configuration in the run. No manifest can have it. */
const configurationPath = "\0";

/** Applies a configuration to manifests, as the command line does with files. */
function renderTexts(files: readonly SourceFile[], configuration: string, state: "present" | "absent"): RunResult {
  const { source, read } = parseConfiguration(configurationPath, configuration);
  const manifests: Manifest[] = [];
  const unreadable: Finding[] = [];
  for (const { path, text } of files) {
    const manifest = readOrReport(path, text);
    if ("finding" in manifest) unreadable.push(manifest.finding);
    manifests.push("finding" in manifest ? { path, text, items: [], documents: [] } : manifest);
  }
  if ("findings" in read) return toResult(withoutChanges(manifests, [...read.findings, ...unreadable]), source);
  const result = render(manifests, state === "absent" ? removal(read) : read);
  const isRefused = hasError(unreadable) && !result.isRefused;
  const rendered = isRefused ? withoutChanges(manifests, result.findings.filter(isProblem)) : result;
  return toResult({ ...rendered, findings: [...rendered.findings, ...unreadable] }, source);
}

function readOrReport(path: string, text: string): Manifest | { readonly finding: Finding } {
  try {
    return readManifest(path, text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { reason: message, position } = error;
    const finding = { code: "invalid-input", severity: "error", message, file: { path } } as const;
    return { finding: position === undefined ? finding : { ...finding, position } };
  }
}

function toResult(result: RenderResult, config: ConfigSource): RunResult {
  const manifests = result.files.map(({ manifest }) => manifest);
  const files = result.files.map(
    ({ manifest, edits, text }): ResultFile => ({
      path: manifest.path,
      before: manifest.text,
      after: text,
      changes: changesOf(edits),
    }),
  );
  const positions = new Positions(manifests, config);
  return {
    kind: "run",
    files,
    findings: result.findings.map((finding) => toShown(finding, positions)).sort(bySeverity),
    summary: summaryLine({ ...result, config, manifests, skipped: [], notices: [] }, "would change").trimEnd(),
    agentConfigurations: agentConfigurationsOf(files.map(({ path, after }) => ({ path, text: after }))),
    hasErrors: hasError(result.findings),
  };
}

/** Returns the ranges of edits before and after them. */
function changesOf(edits: readonly Edit[]): TextChange[] {
  let shift = 0;
  return sortEdits(edits).map(({ offset, length, text }) => {
    const fromAfter = offset + shift;
    shift += text.length - length;
    return { fromBefore: offset, toBefore: offset + length, fromAfter, toAfter: fromAfter + text.length };
  });
}

function toShown(finding: Finding, positions: Positions): ShownFinding {
  const { code, severity } = finding;
  const place = positions.placeOf(finding);
  return {
    code,
    severity: isNotice(finding) ? "notice" : severity,
    text: findingText(finding, undefined),
    ...(place === undefined ? {} : { place: toShownPlace(place) }),
  };
}

function toShownPlace({ path, ...position }: Place): Place {
  return path === configurationPath ? position : { ...position, ...(path === undefined ? {} : { path }) };
}

const severities = ["error", "warning", "notice", "info"];

/** Problems come first. Otherwise, the order stays. */
function bySeverity(one: ShownFinding, other: ShownFinding): number {
  return severities.indexOf(one.severity) - severities.indexOf(other.severity);
}
