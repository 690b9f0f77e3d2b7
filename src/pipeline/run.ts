import type { Configuration } from "../config/configuration";
import { isPrivateCa, type PrivateCaConfiguration, readPrivateCa } from "../config/private-ca";
import { readConfiguration } from "../config/read";
import { InputError, type ItemText } from "../krm/item";
import { type ResourceList, readResourceList } from "../krm/resource-list";
import { toLine, toResult } from "../krm/results";
import { writeResourceList } from "../krm/write-resource-list";
import type { Finding } from "../kube/finding";
import { isFilteredByKpt, partialView } from "../kube/host-annotations";
import { indexObjects } from "../plan/object-index";
import { checkConfiguration, checkRun } from "../plan/plan-run";
import { createPlanner } from "../plan/plan-workload";
import { printBlock } from "../yaml/print";
import { defaultStyle } from "../yaml/style";
import type { Value } from "../yaml/value";
import { UnknownAliasError } from "../yaml/yaml-error";
import { type Changes, sidecarChanges } from "./changes";
import { classifyItems } from "./classify";
import { generatedForWorkloads } from "./generated-objects";
import { injector } from "./inject";
import { NeedsJointParseError } from "./parse-together";
import { planPrivateCa } from "./private-ca";

/** What a run gives back to its host. */
export interface RunResult {
  /** One ResourceList, always with `items`. */
  readonly stdout: string;
  /** A line for each error and warning. */
  readonly stderr: string;
  /** 0, or 1 where there is an error; `stdout` then holds the items as they came. */
  readonly status: 0 | 1;
}

/**
 * As `RunResult`, with its output in pieces that follow each other. It can be several times as long as the input, so that
 * a piece is made when it is asked for.
 */
export interface RunInPieces extends Omit<RunResult, "stdout"> {
  readonly stdout: Iterable<string>;
}

/** The function: a ResourceList with its functionConfig in, a ResourceList with results out. */
export function run(input: string): RunResult {
  const { stdout, stderr, status } = runInPieces(input);
  return { stdout: [...stdout].join(""), stderr, status };
}

/** `run`, for a text that goes straight to a stream. */
export function runInPieces(input: string): RunInPieces {
  try {
    const list = readResourceList(input);
    if (list.configProblem !== undefined) {
      return toOutput(
        list,
        withoutChanges([{ code: "invalid-config", severity: "error", message: list.configProblem }]),
      );
    }
    const read = readFunctionConfig(list.functionConfig);
    return toOutput(list, "findings" in read ? withoutChanges(read.findings) : computeChanges(read, list.items));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return invalidInputResult(error.message);
  }
}

/** What a functionConfig asks for. */
export type FunctionConfig = { readonly sidecar: Configuration } | { readonly privateCa: PrivateCaConfiguration };

/** Reads a functionConfig of either kind, or gives everything that is wrong with it. */
export function readFunctionConfig(
  functionConfig: Value | undefined,
): FunctionConfig | { readonly findings: readonly Finding[] } {
  if (functionConfig !== undefined && isPrivateCa(functionConfig)) return readPrivateCa(functionConfig);
  const read = readConfiguration(functionConfig);
  return "findings" in read ? read : { sidecar: read.configuration };
}

/**
 * Decides what becomes of items, of one list or of many files. With an error among the findings nothing is to be done.
 */
export function computeChanges(task: FunctionConfig, items: readonly ItemText[]): Changes {
  if ("privateCa" in task) {
    const changes = retryParsingTogether((together) => planPrivateCa(items, task.privateCa, together));
    return hasError(changes.findings) ? withoutChanges(changes.findings) : changes;
  }
  const checked = checkConfiguration(task.sidecar);
  if (hasError(checked)) return withoutChanges(checked);
  return retryParsingTogether((together) => planSidecar(items, task.sidecar, checked, together));
}

/** Reads the items one by one, and all together only where that fails. */
function retryParsingTogether<T>(treat: (together: boolean) => T): T {
  try {
    return treat(false);
  } catch (error) {
    if (!(error instanceof UnknownAliasError || error instanceof NeedsJointParseError)) throw error;
    return treat(true);
  }
}

/** @param together the careful way, for the rare list whose items cannot be read one by one: see `classifyItems`. */
function planSidecar(
  items: readonly ItemText[],
  configuration: Configuration,
  checked: readonly Finding[],
  together: boolean,
): Changes {
  const inventory = classifyItems(items, generatedForWorkloads(configuration.name), together);
  const { workloads, generated, others, parse } = inventory;
  const hidden = [...others, ...generated.map(({ object }) => object)].find(isFilteredByKpt);
  if (hidden !== undefined) return withoutChanges([partialView(hidden)]);

  const plan = createPlanner(configuration, indexObjects(others, configuration.namespace));
  const treated = workloads.map(injector(items, configuration, plan, parse));
  const decided = warningsAsErrors(configuration, [
    ...checked,
    ...treated.flatMap(({ findings }) => findings),
    ...checkRun(configuration, treated, others),
  ]);
  if (hasError(decided)) return withoutChanges(decided);
  const changes = sidecarChanges(items, inventory, treated);
  const findings = [...changes.findings, ...decided];
  return hasError(findings) ? withoutChanges(findings.filter(isProblem)) : { ...changes, findings };
}

function withoutChanges(findings: readonly Finding[]): Changes {
  return { items: new Map(), findings };
}

/** With `spec.strict` a warning is an error. */
function warningsAsErrors({ strict }: Configuration, findings: readonly Finding[]): readonly Finding[] {
  if (!strict) return findings;
  return findings.map((finding) => (finding.severity === "warning" ? { ...finding, severity: "error" } : finding));
}

function toOutput(list: ResourceList, { findings, items, appended }: Changes): RunInPieces {
  const results = {
    length: findings.length,
    *[Symbol.iterator]() {
      for (const finding of findings) yield toResult(finding);
    },
  };
  return { stdout: writeResourceList(list, items, results, appended), ...report(findings) };
}

/** What a run gives where the input's bytes are no text. */
export function invalidUtf8Result(): RunInPieces {
  return invalidInputResult("the input must be UTF-8");
}

/**
 * What a run gives where there are no items to give back: the host must see the failure in the status, and finds its
 * reason in the results.
 */
export function invalidInputResult(message: string): RunInPieces {
  const finding: Finding = { code: "invalid-input", severity: "error", message };
  const list = { apiVersion: "config.kubernetes.io/v1", kind: "ResourceList", items: [], results: [toResult(finding)] };
  return { stdout: [`${printBlock(list, 0, defaultStyle)}\n`], ...report([finding]) };
}

function report(findings: readonly Finding[]): Pick<RunResult, "stderr" | "status"> {
  const lines = findings.filter(isProblem).map((finding) => `${toLine(finding)}\n`);
  return { stderr: lines.join(""), status: hasError(findings) ? 1 : 0 };
}

export function isProblem({ severity }: Finding): boolean {
  return severity !== "info";
}

export function hasError(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === "error");
}
