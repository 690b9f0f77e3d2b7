import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";

/** The part of action.yml that is read. */
export interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly ActionStep[] };
}

interface ActionStep {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
  readonly "working-directory"?: string;
}

/** What a step of a workflow that uses the action sees. */
export interface ActionRun {
  readonly status: number;
  /** Both streams, in the order of the steps. */
  readonly log: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** The commands of the steps that ran. */
  readonly scripts: readonly string[];
}

/** The runner's folders and the action's inputs. */
export interface ActionSetup {
  /** The folder with action.yml. */
  readonly action: string;
  /** The checkout of the user's repository. */
  readonly workspace: string;
  /** A folder for the runner's own files. */
  readonly temporary: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Returns whether to run a step. Default: all steps run. */
  readonly isRequested?: (step: ActionStep) => boolean;
}

type Context = Readonly<Record<string, unknown>>;

/** Returns the value of an expression that consists of names, `!=` with a string, and `&&`. */
function evaluate(expression: string, context: Context): unknown {
  const conditions = expression.split("&&").map((part) => part.trim());
  if (conditions.length > 1) return conditions.every((condition) => evaluate(condition, context));
  const [, left = expression, right] = /^(\S+) != '(.*)'$/.exec(expression) ?? [];
  const value = left.split(".").reduce<unknown>((object, name) => (object as Context | undefined)?.[name], context);
  return right === undefined ? value : (value ?? "") !== right;
}

function expand(text: string, context: Context): string {
  return text.replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => String(evaluate(expression, context) ?? ""));
}

function isSelected({ if: condition }: ActionStep, context: Context): boolean {
  return condition === undefined || Boolean(evaluate(condition, context));
}

/**
 * Runs the steps of a composite action as the runner does: each script with its shell, in a new process, with the files in
 * which it leaves outputs and the summary. Steps that use another action are skipped, as if it had no outputs.
 */
export function runAction(setup: ActionSetup): ActionRun {
  const { action, workspace, temporary, inputs = {}, env = {}, isRequested = () => true } = setup;
  const { inputs: declared, outputs, runs } = load(readFileSync(join(action, "action.yml"), "utf8")) as Action;
  for (const name of Object.keys(inputs)) assert.ok(declared[name] !== undefined, name);
  const values = Object.fromEntries(
    Object.entries(declared).map(([name, { default: value }]) => [name, inputs[name] ?? value]),
  );
  const steps: Record<string, { readonly outputs: Readonly<Record<string, string>> }> = {};
  const context = { inputs: values, steps, runner: { temp: temporary } };
  const scripts: string[] = [];
  let [status, log, summary] = [0, "", ""];
  for (const step of runs.steps.filter(isRequested)) {
    if (step.run === undefined || !isSelected(step, context)) continue;
    assert.equal(step.shell, "bash");
    const folder = mkdtempSync(join(temporary, "step-"));
    const [script, output, summaryFile] = [join(folder, "script.sh"), join(folder, "output"), join(folder, "summary")];
    writeFileSync(script, expand(step.run, context));
    for (const file of [output, summaryFile]) writeFileSync(file, "");
    const result = spawnSync("bash", ["--noprofile", "--norc", "-e", "-o", "pipefail", script], {
      cwd: join(workspace, expand(step["working-directory"] ?? ".", context)),
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        HOME: process.env["HOME"],
        CI: "true",
        GITHUB_ACTIONS: "true",
        GITHUB_ACTION_PATH: action,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summaryFile,
        GITHUB_WORKSPACE: workspace,
        GITHUB_SERVER_URL: "https://github.com",
        GITHUB_REPOSITORY: "example/shop",
        GITHUB_SHA: "0123456789abcdef0123456789abcdef01234567",
        RUNNER_TEMP: temporary,
        ...Object.fromEntries(Object.entries(step.env ?? {}).map(([name, value]) => [name, expand(value, context)])),
        ...env,
      },
      maxBuffer: 2 ** 26,
    });
    scripts.push(step.run);
    log += result.stdout + result.stderr;
    summary += readFileSync(summaryFile, "utf8");
    status = result.status ?? -1;
    const pairs = readFileSync(output, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    if (step.id !== undefined)
      steps[step.id] = { outputs: Object.fromEntries(pairs.map((line) => line.split(/=(.*)/s).slice(0, 2))) };
    if (status !== 0) break;
  }
  const named = Object.entries(outputs).map(([name, { value }]) => [name, expand(value, context)]);
  return { status, log, summary, outputs: Object.fromEntries(named), scripts };
}

/** Creates an empty folder for the runner's files. */
export function runnerFolder(parent: string): string {
  const folder = join(parent, "runner-temp");
  mkdirSync(folder, { recursive: true });
  return folder;
}
