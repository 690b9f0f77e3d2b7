import { oneLine } from "../krm/escape-line";
import { InputError } from "../krm/item";
import { type FunctionConfig, hasError } from "../pipeline/run";
import { createStyler } from "./ansi";
import { commandHelp, helpText } from "./help";
import { init, initCommand } from "./init";
import { joinDocuments } from "./join-documents";
import { type Command, type Given, readOptions, UsageError } from "./options";
import { Progress } from "./progress";
import { readConfigurationFile } from "./read-config";
import { readManifests } from "./read-files";
import { render } from "./render";
import { diffOf, isChanged, jsonReport, type ReportInput, summaryLine, textReport } from "./report";
import { schema, schemaCommand } from "./schema";
import type { System } from "./system";
import { version } from "./version";
import { replaceFiles } from "./write-files";

const command: Command = {
  positionals: true,
  options: {
    config: { short: "c", value: "FILE" },
    write: { short: "w" },
    diff: {},
    check: {},
    remove: {},
    output: { value: "text or json" },
    quiet: { short: "q" },
    color: {},
    "no-color": {},
    help: { short: "h" },
    version: {},
  },
};

/**
 * The command line: plain manifests in place of a host's ResourceList.
 *
 * @returns the status: 0; 1 for problems, or files that differ with `--check`; 2 where the command line is wrong; 128 and
 *   the signal's number where one stopped the writing.
 */
export async function runCommandLine(args: readonly string[], host: System): Promise<number> {
  try {
    const [name, ...rest] = args;
    if (name === "init") return subcommand(rest, initCommand, commandHelp.init, host, (given) => init(given, host));
    if (name === "schema")
      return subcommand(rest, schemaCommand, commandHelp.schema, host, (given) => schema(given, host));
    return await renderFiles(readOptions(args, command), host);
  } catch (error) {
    const isInput = error instanceof InputError;
    if (!isInput && !(error instanceof UsageError)) throw error;
    const hint = isInput ? "" : error.hint;
    host.stderr.write(
      `${createStyler(host.stderr, host.env, undefined)("red", "error:")} ${oneLine(error.message)}${hint}\n`,
    );
    return isInput ? 1 : 2;
  }
}

function subcommand(
  args: readonly string[],
  options: Command,
  help: string,
  host: System,
  run: (given: Given) => number,
): number {
  const given = readOptions(args, options);
  if (given.options["help"] === undefined) return run(given);
  host.stdout.write(help);
  return 0;
}

async function renderFiles({ options, positionals: paths }: Given, host: System): Promise<number> {
  const { stdout, stderr, env } = host;
  if (options["help"] || options["version"]) {
    stdout.write(options["help"] ? helpText : `${version}\n`);
    return 0;
  }
  const { config, write, diff, check, quiet } = options;
  const asJson = mustFit(options, paths);
  const wanted = options["color"] ? true : options["no-color"] ? false : undefined;
  const style = createStyler(stderr, env, wanted);
  const progress = new Progress(stderr, stderr.isTerminal && !quiet);

  const read = readConfigurationFile(config as string, host.files);
  let told: ReportInput = { manifests: [], skipped: [], files: [], findings: [], strict: false };
  if ("findings" in read) {
    told = { ...told, findings: read.findings };
  } else {
    if (paths.length === 0 && ("sidecar" in read || write || diff || check)) throw new UsageError(noPaths);
    const task = options["remove"] ? removal(read) : read;
    const gathered = readManifests(paths, config as string, host, progress);
    told = { ...gathered, ...render(gathered.manifests, task), strict: "sidecar" in task && task.sidecar.strict };
  }
  const isFailed = hasError(told.findings) || (told.strict && told.skipped.length > 0);
  const changed = isFailed ? [] : told.files.filter(isChanged);
  const failure = write ? await replaceFiles(changed, host, progress) : undefined;
  progress.end();

  for (const line of textReport(told, quiet === true, style)) stderr.write(line);
  const verb = write ? "changed" : diff || check || asJson ? "would change" : "changed in what is printed";
  if (failure !== undefined) stderr.write(`${style("red", "error:")} ${oneLine(failure.message)}.\n`);
  else if (!quiet || isFailed) stderr.write(summaryLine(told, verb));

  if (asJson) stdout.write(jsonReport(told, diff === true));
  else if (diff) for (const file of changed) stdout.write(diffOf(file, createStyler(stdout, env, wanted)));
  else if (!write && !check && !isFailed) {
    const texts = [...told.files.map(({ text }) => text), ...(told.further === undefined ? [] : [told.further])];
    for (const text of joinDocuments(texts)) stdout.write(text);
  }
  if (failure !== undefined) return failure.status;
  return isFailed || (check && changed.length > 0) ? 1 : 0;
}

const noPaths = "files or folders of manifests must be named, or - for stdin";

/** What takes back all that a task added. */
function removal(task: FunctionConfig): FunctionConfig {
  return "sidecar" in task
    ? { sidecar: { ...task.sidecar, state: "absent" } }
    : { privateCa: { ...task.privateCa, state: "absent" } };
}

/**
 * Refuses what does not go together.
 *
 * @returns whether the report is wanted as JSON.
 */
function mustFit(
  { config, write, diff, check, output, ...options }: Given["options"],
  paths: readonly string[],
): boolean {
  if (config === undefined)
    throw new UsageError("the configuration must be named: -c FILE (`tracing-sidecar init` makes one)");
  if (config === "-") throw new UsageError("the configuration must be a file");
  if (write && (diff || check)) throw new UsageError("--write and --diff or --check exclude each other");
  if (write && paths.includes("-"))
    throw new UsageError("--write must be given files or folders: stdin has no place to write to");
  if (options["color"] && options["no-color"]) throw new UsageError("--color and --no-color exclude each other");
  if (output !== undefined && output !== "text" && output !== "json")
    throw new UsageError(`--output must be followed by text or json, not by "${output}"`);
  return output === "json";
}
