import { type Changes, changesOf } from "./changes";
import type { Configuration } from "./config/configuration";
import { isPrivateCa, type PrivateCaConfiguration, readPrivateCa } from "./config/private-ca";
import { readConfiguration } from "./config/read";
import { generatedForWorkloads } from "./generated";
import { NotAloneError, takeInventory } from "./inventory";
import type { Finding } from "./krm/finding";
import { isPartialView } from "./krm/hosts";
import { InputError, type ResourceList, readResourceList } from "./krm/resource-list";
import { toLine, toResult } from "./krm/results";
import { writeResourceList } from "./krm/write";
import { checkConfiguration, planner, planTogether } from "./plan";
import { privateCaChanges } from "./private-ca";
import { surroundings } from "./surroundings";
import { partialView, treat } from "./treat";
import { UnknownAliasError } from "./yaml/error";
import { printBlock } from "./yaml/print";
import { defaultStyle } from "./yaml/style";

/** What a run gives back to its host. */
export interface RunResult {
  /** One ResourceList, always with `items`. */
  readonly stdout: string;
  /** A line for each error and warning. */
  readonly stderr: string;
  /** 0, or 1 where there is an error; `stdout` then holds the items as they came. */
  readonly status: 0 | 1;
}

/** As `RunResult`, with its output in pieces that follow each other: it can be several times as long as the input. */
export interface RunInPieces extends Omit<RunResult, "stdout"> {
  readonly stdout: readonly string[];
}

/** The function: a ResourceList with its functionConfig in, a ResourceList with results out. */
export function run(input: string): RunResult {
  const { stdout, stderr, status } = runInPieces(input);
  return { stdout: stdout.join(""), stderr, status };
}

/** `run`, for a text that goes straight to a stream. */
export function runInPieces(input: string): RunInPieces {
  try {
    const list = readResourceList(input);
    if (list.configProblem !== undefined) {
      return finish(list, [{ code: "invalid-config", severity: "error", message: list.configProblem }]);
    }
    const { functionConfig } = list;
    if (functionConfig !== undefined && isPrivateCa(functionConfig)) {
      const read = readPrivateCa(functionConfig);
      return "findings" in read ? finish(list, read.findings) : addPrivateCa(list, read.privateCa);
    }
    const read = readConfiguration(functionConfig);
    return "findings" in read ? finish(list, read.findings) : treatList(list, read.configuration);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return unreadable(error.message);
  }
}

function treatList(list: ResourceList, configuration: Configuration): RunInPieces {
  const checked = checkConfiguration(configuration);
  if (hasError(checked)) return finish(list, checked);
  return carefullyWhereNeeded((together) => treatItems(list, configuration, checked, together));
}

function addPrivateCa(list: ResourceList, privateCa: PrivateCaConfiguration): RunInPieces {
  const { findings, ...changes } = carefullyWhereNeeded((together) => privateCaChanges(list, privateCa, together));
  return finish(list, findings, hasError(findings) ? none : changes);
}

/** Reads the items one by one, and all together only where that fails. */
function carefullyWhereNeeded<T>(treat: (together: boolean) => T): T {
  try {
    return treat(false);
  } catch (error) {
    if (!(error instanceof UnknownAliasError || error instanceof NotAloneError)) throw error;
    return treat(true);
  }
}

/** @param together the careful way, for the rare list whose items cannot be read one by one: see `takeInventory`. */
function treatItems(
  list: ResourceList,
  configuration: Configuration,
  checked: readonly Finding[],
  together: boolean,
): RunInPieces {
  const inventory = takeInventory(list, generatedForWorkloads(configuration.name), together);
  const { workloads, generated, others, parse } = inventory;
  const hidden = [...others, ...generated.map(({ object }) => object)].find(isPartialView);
  if (hidden !== undefined) return finish(list, [partialView(hidden)]);

  const decide = planner(configuration, surroundings(others, configuration.namespace));
  const treated = workloads.map((index) => treat(list, index, configuration, decide, parse));
  const decided = strictly(configuration, [
    ...checked,
    ...treated.flatMap(({ findings }) => findings),
    ...planTogether(configuration, treated, others),
  ]);
  if (hasError(decided)) return finish(list, decided);
  const changes = changesOf(list, inventory, treated);
  const findings = [...changes.findings, ...decided];
  return hasError(findings) ? finish(list, findings.filter(isProblem)) : finish(list, findings, changes);
}

/** With `spec.strict` a warning is an error. */
function strictly({ strict }: Configuration, findings: readonly Finding[]): readonly Finding[] {
  if (!strict) return findings;
  return findings.map((finding) => (finding.severity === "warning" ? { ...finding, severity: "error" } : finding));
}

function finish(
  list: ResourceList,
  findings: readonly Finding[],
  { items, appended }: Omit<Changes, "findings"> = none,
): RunInPieces {
  return { stdout: writeResourceList(list, items, findings.map(toResult), appended), ...report(findings) };
}

const none: Omit<Changes, "findings"> = { items: new Map() };

/** What a run gives where the input's bytes are no text. */
export function notUtf8(): RunInPieces {
  return unreadable("the input must be UTF-8");
}

/**
 * What a run gives where there are no items to give back: the host must see the failure in the status, and finds its
 * reason in the results.
 */
export function unreadable(message: string): RunInPieces {
  const finding: Finding = { code: "invalid-input", severity: "error", message };
  const list = { apiVersion: "config.kubernetes.io/v1", kind: "ResourceList", items: [], results: [toResult(finding)] };
  return { stdout: [`${printBlock(list, 0, defaultStyle)}\n`], ...report([finding]) };
}

function report(findings: readonly Finding[]): Pick<RunResult, "stderr" | "status"> {
  const lines = findings.filter(isProblem).map((finding) => `${toLine(finding)}\n`);
  return { stderr: lines.join(""), status: hasError(findings) ? 1 : 0 };
}

function isProblem({ severity }: Finding): boolean {
  return severity !== "info";
}

function hasError(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === "error");
}
