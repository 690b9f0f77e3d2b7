import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { jobSummary } from "./job-summary.mjs";

/*
 * The last step of the GitHub Action: checks the manifests, and writes annotations to the log, the job summary, the
 * outputs, and optionally a SARIF log. The inputs are in the environment; the argument is the program.
 */

const { env } = process;
const [, , program] = process.argv;

/** Returns the lines of an input, without empty ones. */
function lines(name) {
  return (env[name] ?? "")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

const [config] = lines("INPUT_CONFIG");
const args = [...(config === undefined ? [] : ["--config", config]), ...lines("INPUT_ARGUMENTS"), "--check"];
const paths = ["--", ...lines("INPUT_PATHS")];

/** Runs the program with an output format. */
function run(format, stdio) {
  const { status, stdout, error } = spawnSync(process.execPath, [program, ...args, ...format, ...paths], {
    stdio,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (error !== undefined) throw error;
  return { status, stdout };
}

/** Runs the program again, for another format. The first run has printed everything to stderr. */
function report(...format) {
  return JSON.parse(run(["--quiet", ...format], ["ignore", "pipe", "ignore"]).stdout);
}

const { status } = run(["--output=github"], ["ignore", "inherit", "inherit"]);
// The command line is invalid, or the program has a defect. Then there is no report.
if (status !== 0 && status !== 1) process.exit(status ?? 1);

const sarif = report("--output=sarif");
const { summary, files } = report("--output=json", ...(env.INPUT_DIFF === "false" ? [] : ["--diff"]));
const [sarifFile] = lines("INPUT_SARIF_FILE");
if (sarifFile !== undefined) {
  const file = resolve(env.GITHUB_WORKSPACE ?? ".", sarifFile);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(sarif)}\n`);
}
if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, jobSummary({ sarif, summary, files }, env));
if (env.GITHUB_OUTPUT) {
  const outputs = { changed: summary.changed > 0, errors: summary.errors, warnings: summary.warnings };
  const text = Object.entries(outputs).map(([name, value]) => `${name}=${value}\n`);
  appendFileSync(env.GITHUB_OUTPUT, text.join(""));
}
const isOnlyOutdated = summary.errors === 0;
process.exitCode = env.INPUT_FAIL_ON_CHANGE === "false" && isOnlyOutdated ? 0 : status;
