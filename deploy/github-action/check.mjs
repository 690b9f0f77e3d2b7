import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { failureSummary, jobSummary } from "./job-summary.mjs";
import { pathOf } from "./sarif-path.mjs";

/*
 * The last step of the GitHub Action: checks the manifests, and writes annotations to the log, the job summary, the
 * outputs, and optionally a SARIF log. The inputs are in the environment; the argument is the program.
 */

const { env } = process;
const [, , program] = process.argv;

/** Why there is no result of a check. */
class Failure extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Returns the failure for an invalid input, with the program's status for an invalid command line. */
function invalid(message) {
  return new Failure(message, 2);
}

/** Returns the lines of an input, without empty ones. */
function lines(name) {
  return (env[name] ?? "")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Returns the value of an input that is true or false, in any case. */
function isTrue(input, name) {
  const value = (env[name] ?? "").trim();
  if (!/^(?:true|false)$/i.test(value)) throw invalid(`The input "${input}" must be true or false, not "${value}"`);
  return value.toLowerCase() === "true";
}

/** Returns the inputs as options and paths of the program, and what the step itself does. */
function readInputs() {
  const [config] = lines("INPUT_CONFIG");
  const [sarifFile] = lines("INPUT_SARIF_FILE");
  const options = lines("INPUT_ARGUMENTS");
  const other = options.find((line) => !/^--?[a-z]/i.test(line));
  if (other !== undefined)
    throw invalid(
      `The input "arguments" accepts only options, one per line, with a value as in --namespace=shop. Remove the line: ${other}`,
    );
  const paths = lines("INPUT_PATHS");
  if (paths.length === 0) throw invalid('The input "paths" is empty. Pass files or folders.');
  if (paths.includes("-"))
    throw invalid(`The input "paths" can't contain "-": a step has no manifests on stdin. Pass files or folders.`);
  return {
    options: [...(config === undefined ? [] : [`--config=${config}`]), ...options],
    paths,
    failOnChange: isTrue("fail-on-change", "INPUT_FAIL_ON_CHANGE"),
    diff: isTrue("diff", "INPUT_DIFF"),
    sarifFile,
  };
}

/**
 * Checks the manifests. The program's first argument is an option, so that none of the inputs can be a subcommand.
 *
 * @returns the exit status and the SARIF log, which contains everything that the step needs.
 */
function check({ options, paths, diff }) {
  const args = [program, "--check", "--output=sarif", ...(diff ? ["--diff"] : []), ...options, "--", ...paths];
  const stdio = ["ignore", "pipe", "pipe"];
  // The step reads stderr first, so only the step changes what GitHub Actions could read as a command.
  const programEnv = { ...env, GITHUB_ACTIONS: "" };
  const result = spawnSync(process.execPath, args, { stdio, env: programEnv, encoding: "utf8", maxBuffer: 2 ** 30 });
  if (result.stdout === null) throw result.error;
  process.stderr.write(withoutCommands(result.stderr));
  // Otherwise, the command line is invalid, or the program has a defect. Then there is no report.
  if (result.status !== 0 && result.status !== 1) throw failureOf(result);
  try {
    return { status: result.status, sarif: JSON.parse(result.stdout) };
  } catch {
    throw failureOf(result);
  }
}

const commandNames = { error: "error", warning: "warning", note: "notice" };

/** Prints the results of a SARIF log as annotations, as `--output github` does: with --quiet, without notices. */
function printAnnotations({ runs: [{ results, properties }] }) {
  for (const { ruleId, level, message, locations } of results) {
    const [{ physicalLocation }] = locations;
    const { startLine, startColumn } = physicalLocation.region;
    const place = { file: pathOf(physicalLocation.artifactLocation), line: startLine, col: startColumn };
    if (level !== "note" || !properties.quiet)
      printCommand(commandNames[level], { title: `tracing-sidecar: ${ruleId}`, ...place }, message.text);
  }
}

/** Returns the failure for a run without a report. */
function failureOf({ status, signal, stderr }) {
  if (status === 0)
    return invalid('The program printed no report. Remove --help and --version from the input "arguments".');
  const end = signal ?? `status ${status}`;
  const [, reason = `The program ended with ${end}, and printed no report. See the log of the step.`] =
    /^error: (.*)$/m.exec(stripVTControlCharacters(stderr)) ?? [];
  return new Failure(reason, status ?? 1);
}

/** Returns a text in which GitHub Actions finds no workflow commands, as src/cli/github-commands.ts does. */
function withoutCommands(text) {
  return text.replace(/^[\s\u0085]*::/gm, (start) => `${start.slice(0, -1)} :`).replaceAll("##[", "## [");
}

/** Prints a workflow command with the properties that aren't undefined, as src/cli/github-commands.ts does. */
function printCommand(name, properties, message) {
  const escapeData = (text) => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const escapeProperty = (text) => escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
  const list = Object.entries(properties).filter(([, value]) => value !== undefined);
  const text = list.map(([key, value]) => `${key}=${escapeProperty(`${value}`)}`).join();
  process.stdout.write(`::${name} ${text}::${escapeData(message)}\n`);
}

/** Prints an error that isn't at a line of a file as an annotation. */
function printError(message) {
  printCommand("error", { title: "tracing-sidecar" }, message);
}

function writeSummary(text) {
  if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, text);
}

function writeOutputs({ changed, errors, warnings }) {
  // With errors, no change doesn't mean that nothing would change.
  const isKnown = changed > 0 || errors === 0;
  const text = `changed=${isKnown ? changed > 0 : ""}\nerrors=${errors}\nwarnings=${warnings}\n`;
  if (env.GITHUB_OUTPUT) appendFileSync(env.GITHUB_OUTPUT, text);
}

/** Writes the SARIF log, without the diffs. Returns false if that isn't possible. */
function writeSarif(name, sarif) {
  try {
    const file = resolve(env.GITHUB_WORKSPACE ?? ".", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(sarif, (key, value) => (key === "diff" ? undefined : value))}\n`);
    return true;
  } catch (error) {
    printError(`Can't write the file "${name}" of the input "sarif-file": ${error.code}`);
    return false;
  }
}

/** Runs the step. Returns its exit status. */
function main() {
  const inputs = readInputs();
  const { status, sarif } = check(inputs);
  const [{ summary }] = sarif.runs.map(({ properties }) => properties);
  printAnnotations(sarif);
  writeSummary(jobSummary(sarif, env));
  writeOutputs(summary);
  if (inputs.sarifFile !== undefined && !writeSarif(inputs.sarifFile, sarif)) return 1;
  return !inputs.failOnChange && summary.errors === 0 ? 0 : status;
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  const { message, status } = error;
  printError(message);
  writeSummary(failureSummary(message));
  writeOutputs({ changed: 0, errors: 1, warnings: 0 });
  process.exitCode = status;
}
