import { nearest } from "../config/did-you-mean";
import { oneLine } from "../krm/escape-line";
import { InputError } from "../krm/item";
import { isAboutWholeInput, isProblem } from "../kube/finding";
import type { FunctionConfig } from "../pipeline/run";
import { type Annotation, annotationsOf } from "./annotations";
import { createStyler } from "./ansi";
import { completion } from "./completion";
import { explain } from "./explain";
import { githubCommands, githubFailure, withoutCommands } from "./github-commands";
import { gitlabFailure, gitlabReport } from "./gitlab-report";
import { helmNamespace } from "./helm-plugin";
import { commandHelp, helpText } from "./help";
import { init } from "./init";
import { joinDocuments } from "./join-documents";
import { initCommand, plainCommand, type RenderOptions, renderCommand, toRenderOptions } from "./options";
import { type Command, type ParsedArguments, parseArguments, UsageError } from "./parse-arguments";
import { Progress } from "./progress";
import { findDefaultConfig, readConfigurationFile } from "./read-config";
import { readManifests, type SkippedFile } from "./read-files";
import { type RenderedFile, removal, render, withoutChanges } from "./render";
import { diffOf, jsonReport, textReport } from "./report";
import { sarifReport } from "./sarif-report";
import { schema } from "./schema";
import { findRepository } from "./source-path";
import { countAll, hasErrors, isChanged, type ReportInput, summaryLine } from "./summary";
import type { System } from "./system";
import { isOutside, pathFromWorkingFolder } from "./unified-diff";
import { version } from "./version";
import { writeAdvice } from "./write-command";
import { replaceFiles } from "./write-files";

interface Subcommand {
  readonly command: Command;
  readonly help: string;
  readonly run: (parsed: ParsedArguments, system: System) => number;
}

const subcommands: ReadonlyMap<string, Subcommand> = new Map([
  ["init", { command: initCommand, help: commandHelp.init, run: init }],
  ["schema", { command: plainCommand, help: commandHelp.schema, run: schema }],
  ["explain", { command: plainCommand, help: commandHelp.explain, run: explain }],
  ["completion", { command: plainCommand, help: commandHelp.completion, run: printCompletion }],
  ["help", { command: plainCommand, help: helpText, run: printHelp }],
  ["version", { command: plainCommand, help: helpText, run: printVersion }],
]);

function printCompletion(parsed: ParsedArguments, system: System): number {
  const commands = [...subcommands].map(([name, { command }]) => [name, command] as const);
  return completion(parsed, system, new Map([...commands, ["", renderCommand]]));
}

/** The subcommand `help`: prints the help text of a command, or of the command line. */
function printHelp({ positionals: [name] }: ParsedArguments, { stdout }: System): number {
  if (name !== undefined && !subcommands.has(name))
    throw unknownCommand(name) ?? new UsageError(`unknown command "${name}"`);
  stdout.write(subcommands.get(name ?? "help")?.help ?? helpText);
  return 0;
}

/** The subcommand `version`: prints the version. */
function printVersion(_: ParsedArguments, { stdout }: System): number {
  stdout.write(`${version}\n`);
  return 0;
}

/** Returns the error for a word that is almost the name of a command. */
function unknownCommand(name: string): UsageError | undefined {
  const near = nearest(name, [...subcommands.keys()]);
  return near === undefined ? undefined : new UsageError(`unknown command "${name}"; did you mean "${near}"?`, "");
}

/** Reports whether an argument can be neither an option nor a path, so that it may be a mistyped command. */
function isMissingPath(name: string, { files }: System): boolean {
  try {
    return name !== "" && !/[-./\\]/.test(name) && files.kindOf(name) === undefined;
  } catch {
    return false;
  }
}

/**
 * Runs the command line: a subcommand, or the function on plain manifests instead of a ResourceList.
 *
 * @param args without the program's name.
 * @returns the exit status: 0; 1 for an error or, with `--check`, for files that would change; 2 for an invalid command
 *   line; 128 plus the signal's number if a signal interrupted the writing of files.
 */
export async function runCommandLine(args: readonly string[], hostSystem: System): Promise<number> {
  const format = reviewFormatIn(args);
  // GitHub Actions reads workflow commands from stderr too, and messages contain the names of files.
  const isRead = format === "github" || hostSystem.env["GITHUB_ACTIONS"] === "true";
  const system = isRead ? { ...hostSystem, stderr: withoutCommands(hostSystem.stderr) } : hostSystem;
  try {
    const [name = "", ...rest] = args;
    const subcommand = subcommands.get(name);
    if (subcommand !== undefined) return runSubcommand(subcommand, rest, system);
    const mistyped = isMissingPath(name, system) ? unknownCommand(name) : undefined;
    if (mistyped !== undefined) throw mistyped;
    return await runRender(parseArguments(args, renderCommand), system);
  } catch (error) {
    const isInput = error instanceof InputError;
    if (!isInput && !(error instanceof UsageError)) throw error;
    const message = `${oneLine(error.message)}${isInput ? "" : error.hint}`;
    // Nobody looks at the log first.
    if (format !== undefined) system.stdout.write(reviewReports[format].failure(message));
    const style = createStyler(system.stderr, system.env, undefined);
    system.stderr.write(`${style("red", "error:")} ${message}\n`);
    return isInput ? 1 : 2;
  }
}

function runSubcommand({ command, help, run }: Subcommand, args: readonly string[], system: System): number {
  const parsed = parseArguments(args, command);
  if (parsed.options["help"] === undefined) return run(parsed, system);
  system.stdout.write(help);
  return 0;
}

/** Everything that is printed about a run. */
interface Outcome {
  readonly report: ReportInput;
  /** The files that change. */
  readonly changed: readonly RenderedFile[];
  /** As on the command line. */
  readonly paths: readonly string[];
}

async function runRender(parsed: ParsedArguments, system: System): Promise<number> {
  const { stdout, stderr } = system;
  if (parsed.options["help"] || parsed.options["version"]) {
    stdout.write(parsed.options["help"] ? helpText : `${version}\n`);
    return 0;
  }
  const defaultConfig = parsed.options["config"] === undefined ? findDefaultConfig(system.files) : undefined;
  const options = toRenderOptions(parsed, defaultConfig);
  if (defaultConfig !== undefined && !options.quiet) stderr.write(`Using the configuration ${defaultConfig}.\n`);
  const progress = new Progress(stderr, stderr.isTerminal && !options.quiet);
  const rendered = renderFiles(options, parsed.positionals, system, progress);
  const changed = rendered.files.filter(isChanged);
  const writeFailure = options.write ? await replaceFiles(changed, system, progress) : undefined;
  progress.end();

  const report = { ...rendered, writeFailure };
  writeOutcome({ report, changed, paths: parsed.positionals }, options, system);
  if (writeFailure !== undefined) return writeFailure.status;
  return hasErrors(report) || (options.check && changed.length > 0) ? 1 : 0;
}

/**
 * Reads the configuration and the manifests, and computes the changes. Writes no file.
 *
 * @throws UsageError if a path doesn't exist, or if manifests are required and none are given.
 */
function renderFiles(
  options: RenderOptions,
  paths: readonly string[],
  system: System,
  progress: Progress,
): ReportInput {
  const { config, keepGoing, prune } = options;
  const { source, read } = readConfigurationFile(config, system.files);
  // The objects of a PrivateCA can be printed without manifests.
  const needsPaths = !("privateCa" in read) || options.write || options.diff || options.check;
  if (paths.length === 0 && needsPaths) throw new UsageError("no manifests. Pass files, folders, or - for stdin");
  const { manifests, skipped, notices } = readManifests(paths, config, system, progress);
  if ("findings" in read) return { config: source, manifests, skipped, notices, ...withoutChanges([], read.findings) };
  const task = withOptions(read, options, () => helmNamespace(system));
  const unread = isStrict(task, options) ? skipped.map(warningAsError) : skipped;
  const isRefused = unread.some(({ severity, isRequired }) => isRequired || (severity === "error" && !keepGoing));
  const result = render(manifests, task, { keepGoing, prune });
  const isUnchanged = isRefused && !result.isRefused;
  const rendered = isUnchanged ? withoutChanges(manifests, result.findings.filter(isProblem)) : result;
  const isComplete = !unread.some(({ severity }) => severity === "error");
  const findings = rendered.findings.filter((finding) => isComplete || !isAboutWholeInput(finding));
  return { config: source, manifests, skipped: unread, notices, ...rendered, findings };
}

function warningAsError(file: SkippedFile): SkippedFile {
  return file.severity === "warning" ? { ...file, severity: "error" } : file;
}

function isStrict(task: FunctionConfig, { strict }: RenderOptions): boolean {
  return strict || ("sidecar" in task && task.sidecar.strict);
}

/**
 * Returns what a configuration asks for with the options that replace its fields.
 *
 * @param defaultNamespace returns the namespace of workloads without one, if neither the options nor the configuration
 *   set it. Not called otherwise, so that an invalid value that isn't used isn't an error.
 * @throws UsageError for an option that doesn't apply to its kind.
 */
function withOptions(
  given: FunctionConfig,
  { remove, strict, namespace }: RenderOptions,
  defaultNamespace: () => string | undefined,
): FunctionConfig {
  const task = remove ? removal(given) : given;
  if ("sidecar" in task) {
    const { sidecar } = task;
    const chosen = namespace ?? sidecar.namespace ?? defaultNamespace();
    const isNamed = chosen === undefined ? {} : { namespace: chosen };
    return { sidecar: { ...sidecar, ...isNamed, strict: strict || sidecar.strict } };
  }
  if (namespace !== undefined)
    throw new UsageError("--namespace can't be used with a PrivateCA. Set spec.namespace in the configuration", "");
  return task;
}

/** Writes the report to stderr, and what the options ask for to stdout. */
function writeOutcome(outcome: Outcome, options: RenderOptions, system: System): void {
  // In a terminal, the report is last, where the user sees it. In a pipe, it's first: a reader such as `head` can end the run.
  const writers = system.stdout.isTerminal ? [writeOutput, writeReport] : [writeReport, writeOutput];
  for (const write of writers) write(outcome, options, system);
}

/** Writes the report to stderr. */
function writeReport(outcome: Outcome, options: RenderOptions, system: System): void {
  const { report, changed, paths } = outcome;
  const { writeFailure } = report;
  const { stderr, env, files } = system;
  const { quiet } = options;
  const style = createStyler(stderr, env, options.color);
  for (const line of textReport(report, quiet, style)) stderr.write(line);
  const outside =
    options.diff && changed.find(({ manifest: { path } }) => isOutside(pathFromWorkingFolder(path, files)));
  if (outside && !quiet) stderr.write(`${style("cyan", "notice:")} ${oneLine(outsideNotice(outside.manifest.path))}\n`);
  if (writeFailure !== undefined) stderr.write(`${style("red", "error:")} ${oneLine(writeFailure.message)}.\n`);
  else if (!quiet || hasErrors(report)) stderr.write(summaryLine(report, summaryVerb(options)));
  if (changed.length === 0 || !options.check || options.output !== "text" || quiet) return;
  const advice = writeAdvice(options, paths, findRepository("text", system).workingFolder);
  if (advice !== undefined) stderr.write(`To apply the changes, run${advice}\n`);
}

function outsideNotice(path: string): string {
  return `git apply can't use the diff, because ${path} isn't in the working directory. Run tracing-sidecar in a directory that contains all files.`;
}

function summaryVerb({ write, diff, check, output }: RenderOptions): string {
  if (write) return "changed";
  return diff || check || output !== "text" ? "would change" : "changed in the output";
}

/** Writes a report, the diff or the manifests to stdout, or nothing. */
function writeOutput(outcome: Outcome, options: RenderOptions, system: System): void {
  const { stdout, env, files } = system;
  const { report, changed } = outcome;
  const { write, diff, check, output } = options;
  const diffPath = (path: string) => pathFromWorkingFolder(path, files);
  if (output === "json") {
    stdout.write(jsonReport(report, diff ? diffPath : undefined));
  } else if (output !== "text") {
    const properties = { summary: countAll(report), quiet: options.quiet };
    stdout.write(reviewReports[output].report(annotate(outcome, options, system), properties));
  } else if (diff) {
    const style = createStyler(stdout, env, options.color);
    for (const file of changed) stdout.write(diffOf(file, diffPath(file.manifest.path), style));
  } else if (!write && !check && !report.isRefused) {
    const texts = report.files.map(({ text }) => text);
    const all = report.newDocuments === undefined ? texts : [...texts, report.newDocuments];
    for (const text of joinDocuments(all)) stdout.write(text);
  }
}

/** Print the reports for code review tools, and the errors that prevent one. */
const reviewReports = {
  github: { report: githubCommands, failure: githubFailure },
  gitlab: { report: gitlabReport, failure: gitlabFailure },
  // Code scanning would close all alerts that a log without results doesn't contain. It rejects an empty file.
  sarif: { report: sarifReport, failure: () => "" },
} as const;

type ReviewFormat = keyof typeof reviewReports;

/**
 * Returns the format for code review tools that a command line asks for, even if the command line is invalid. For a
 * subcommand, it would be a file.
 */
function reviewFormatIn(args: readonly string[]): ReviewFormat | undefined {
  const formats = subcommands.has(args[0] ?? "") ? [] : (Object.keys(reviewReports) as ReviewFormat[]);
  return formats.find((format) =>
    args.some((arg, i) => arg === `--output=${format}` || (arg === format && args[i - 1] === "--output")),
  );
}

function annotate({ report, paths }: Outcome, options: RenderOptions, system: System): readonly Annotation[] {
  const { check, diff, output, quiet } = options;
  const { sourcePath, workingFolder } = findRepository(output, system);
  const advice = writeAdvice(options, paths, workingFolder);
  const outdated = {
    ...(advice === undefined ? {} : { advice: `Run${advice}` }),
    ...(diff
      ? { diff: (file: RenderedFile) => diffOf(file, pathFromWorkingFolder(file.manifest.path, system.files)) }
      : {}),
  };
  const annotations = annotationsOf(report, { sourcePath, outdated: check ? outdated : undefined });
  // In the log of a step and in a pull request, notices are in the way of what must be fixed.
  return quiet && output === "github" ? annotations.filter(({ level }) => level !== "notice") : annotations;
}
