import type { Configuration } from "../config/configuration";
import { isPrivateCa, type PrivateCaConfiguration, readPrivateCa } from "../config/read-private-ca";
import { readConfiguration } from "../config/read-tracing-sidecar";
import { InputError, type ItemText } from "../krm/item";
import { type ResourceList, readResourceList } from "../krm/resource-list";
import { toLine, toResult } from "../krm/results";
import { writeResourceList } from "../krm/write-resource-list";
import { type Finding, hasError, isAboutWholeInput, isError, isProblem, withConfigObject } from "../kube/finding";
import { isFilteredByKpt, partialView } from "../kube/host-annotations";
import { type Identity, identityOf, toObject } from "../kube/object";
import { checkConfiguration, checkRun } from "../plan/check-run";
import { indexObjects } from "../plan/object-index";
import { planNamespaces } from "../plan/plan-namespaces";
import { createPlanner } from "../plan/plan-workload";
import { mergeSharedCauses } from "../plan/shared-causes";
import { printBlock } from "../yaml/print";
import { defaultStyle } from "../yaml/style";
import type { Value } from "../yaml/value";
import { UnknownAliasError } from "../yaml/yaml-error";
import { classifyItems } from "./classify-items";
import { type Changes, sidecarChanges } from "./collect-changes";
import { generatedForWorkloads } from "./generated-objects";
import { injectWorkload } from "./inject";
import { NeedsJointParseError } from "./parse-together";
import { planPrivateCa } from "./plan-private-ca";
import { isNamespaceRefused, refusedBy } from "./refused-items";

/** What a run returns to its host. */
export interface RunResult {
  /** One ResourceList, which always has `items`. */
  readonly stdout: string;
  /** One line per error and warning. */
  readonly stderr: string;
  /** 0, or 1 if there is an error. Then `stdout` has the items of the input. */
  readonly status: 0 | 1;
}

/**
 * A `RunResult` whose output comes in pieces. The output can be several times as long as the input, so each piece is
 * created only when it is read.
 */
export interface RunInPieces extends Omit<RunResult, "stdout"> {
  readonly stdout: Iterable<string>;
  /** Returns what the run changes, as the command line reports it. */
  readonly describe: Changes["describe"];
}

/** Runs the function on a ResourceList with its functionConfig. Returns a ResourceList with results. */
export function run(input: string): RunResult {
  const { stdout, stderr, status } = runInPieces(input);
  return { stdout: [...stdout].join(""), stderr, status };
}

/** Like `run`, for output that goes straight to a stream. */
export function runInPieces(input: string): RunInPieces {
  try {
    const list = readResourceList(input);
    if (list.configProblem !== undefined) {
      return toOutput(
        list,
        withoutChanges([{ code: "invalid-config", severity: "error", message: list.configProblem.message }]),
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

/** Reads a functionConfig of either kind, or returns everything that is wrong with it. */
export function readFunctionConfig(
  functionConfig: Value | undefined,
): FunctionConfig | { readonly findings: readonly Finding[] } {
  if (functionConfig !== undefined && isPrivateCa(functionConfig)) return readPrivateCa(functionConfig);
  const read = readConfiguration(functionConfig);
  return "findings" in read ? read : { sidecar: read.configuration };
}

/** How a run treats errors. */
export interface RunOptions {
  /** If true, an error about an item prevents only the change of that item. Default: false. */
  readonly keepGoing?: boolean;
  /**
   * If false, the input can be only a part of the manifests: no generated object is deleted, and nothing is reported about
   * what the input lacks. Default: true.
   */
  readonly prune?: boolean;
}

/**
 * Computes the changes of items, which can come from one list or from many files. If a finding is an error, nothing
 * changes. With `keepGoing`, the items that errors are about don't change, nor do the generated objects of such
 * workloads; an error that isn't about an item, such as one in the configuration, still prevents every change.
 *
 * For a TracingSidecar the steps are: classify the items; uninject, plan and inject each workload; run the checks that
 * need all workloads; place the generated objects; collect the findings.
 */
export function computeChanges(
  config: FunctionConfig,
  items: readonly ItemText[],
  { keepGoing = false, prune = true }: RunOptions = {},
): Changes {
  if ("privateCa" in config) {
    const changes = retryParsingTogether((parseTogether) =>
      planPrivateCa(items, config.privateCa, { prune, parseTogether }),
    );
    return hasError(changes.findings) ? withoutChanges(changes.findings) : changes;
  }
  const findings = checkConfiguration(config.sidecar);
  if (hasError(findings)) return withoutChanges(findings);
  return retryParsingTogether((parseTogether) =>
    planSidecar(items, config.sidecar, findings, { keepGoing, prune, parseTogether }),
  );
}

/** Parses items one by one, and all together only if that fails. */
function retryParsingTogether<T>(compute: (parseTogether: boolean) => T): T {
  try {
    return compute(false);
  } catch (error) {
    if (!(error instanceof UnknownAliasError || error instanceof NeedsJointParseError)) throw error;
    return compute(true);
  }
}

/**
 * @param configurationFindings about the configuration itself.
 * @param parseTogether see `classifyItems`.
 */
function planSidecar(
  items: readonly ItemText[],
  configuration: Configuration,
  configurationFindings: readonly Finding[],
  { keepGoing, prune, parseTogether }: Required<RunOptions> & { readonly parseTogether: boolean },
): Changes {
  const classified = classifyItems(items, generatedForWorkloads(configuration.name), parseTogether);
  const { generated, others, parse } = classified;
  const filtered = [...others, ...generated.map(({ object }) => object)].find(isFilteredByKpt);
  if (filtered !== undefined) return withoutChanges([partialView(filtered)]);

  const index = indexObjects(others, configuration.namespace);
  const plan = createPlanner(configuration, index);
  const run = { configuration, index, plan, parse, texts: new Map<string, string>() };
  const workloads = classified.workloads.map((located) => injectWorkload(located, run));
  const namespaces = planNamespaces(configuration, workloads, index);
  const forNamespaces = warningsAsErrors(
    configuration,
    namespaces.flatMap(({ findings }) => findings),
  );
  const planned = [
    ...warningsAsErrors(configuration, [...configurationFindings, ...workloads.flatMap(({ findings }) => findings)]),
    ...forNamespaces,
    ...warningsAsErrors(
      configuration,
      checkRun(configuration, workloads, others).filter((finding) => prune || !isAboutWholeInput(finding)),
    ),
  ];
  const errors = planned.filter(isError);
  for (;;) {
    // What a namespace gets isn't about a single workload.
    const refused = refusedBy(errors, items, keepGoing && !hasError(forNamespaces));
    const changes = sidecarChanges(items, classified, { workloads, namespaces }, { refused, prune });
    const newErrors = changes.findings.filter(isError).filter((error) => !isKnown(error, errors));
    if (newErrors.length > 0) {
      errors.push(...newErrors);
      continue;
    }
    const merged = mergeSharedCauses([...errors.filter((error) => !planned.includes(error)), ...planned]);
    // An error that recurs is about something that can't be refused.
    const isRefused = refused.everything || hasError(changes.findings) || isNamespaceRefused(classified, refused);
    if (isRefused) return withoutChanges(merged);
    return {
      ...changes,
      findings: [...changes.findings, ...merged.filter((finding) => !isAboutThisRun(finding))],
      describe: () => [...changes.describe(), ...merged.filter(isAboutThisRun)],
    };
  }
}

function withoutChanges(findings: readonly Finding[]): Changes {
  return { items: new Map(), findings, describe: () => [], ...(hasError(findings) ? { isRefused: true } : {}) };
}

/** Reports whether the next run can't find the cause of a finding again, because this run removes it. */
function isAboutThisRun({ isFoundOnce, severity }: Finding): boolean {
  // An error removes nothing.
  return isFoundOnce === true && severity !== "error";
}

/** Reports whether an error was already found. The objects of findings are created again for each attempt. */
function isKnown(error: Finding, errors: readonly Finding[]): boolean {
  const text = JSON.stringify(error);
  return errors.some((known) => JSON.stringify(known) === text);
}

/** With `spec.strict`, warnings are errors. */
function warningsAsErrors({ strict }: Configuration, findings: readonly Finding[]): readonly Finding[] {
  if (!strict) return findings;
  return findings.map((finding) => (finding.severity === "warning" ? { ...finding, severity: "error" } : finding));
}

function toOutput(list: ResourceList, { items, appended, ...changes }: Changes): RunInPieces {
  const configuration = configObject(list.functionConfig);
  const findings = changes.findings.map((finding) => withConfigObject(finding, configuration));
  const results = {
    length: findings.length,
    *[Symbol.iterator]() {
      for (const finding of findings) yield toResult(finding);
    },
  };
  const { describe } = changes;
  return { stdout: writeResourceList(list, items, results, appended), ...report(findings), describe };
}

/** Returns the functionConfig as an object; undefined if it can't be identified. */
function configObject(functionConfig: Value | undefined): Identity | undefined {
  const object = identityOf(toObject(functionConfig ?? null));
  return object.apiVersion && object.kind && object.name ? object : undefined;
}

/**
 * The result for input that can't be read, so there are no items to return. The host sees the failure in the status and
 * the reason in the results.
 */
export function invalidInputResult(message: string): RunInPieces {
  const finding: Finding = { code: "invalid-input", severity: "error", message };
  const list = { apiVersion: "config.kubernetes.io/v1", kind: "ResourceList", items: [], results: [toResult(finding)] };
  return { stdout: [`${printBlock(list, 0, defaultStyle)}\n`], ...report([finding]), describe: () => [] };
}

function report(findings: readonly Finding[]): Pick<RunResult, "stderr" | "status"> {
  const lines = findings.filter(isProblem).map((finding) => `${toLine(finding)}\n`);
  return { stderr: lines.join(""), status: hasError(findings) ? 1 : 0 };
}
