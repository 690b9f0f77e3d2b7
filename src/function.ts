import { carryOut } from "./carry-out";
import type { Configuration } from "./config/configuration";
import { readConfiguration } from "./config/read";
import { generation, isGeneratedBy, type Placed } from "./generated";
import { about, type Finding } from "./krm/finding";
import { isPartialView } from "./krm/hosts";
import { type KrmObject, toObject } from "./krm/object";
import { InputError, type Item, type ResourceList, readResourceList } from "./krm/resource-list";
import { toLine, toResult } from "./krm/results";
import { guarded } from "./krm/unsafe";
import { writeResourceList } from "./krm/write";
import { plan } from "./plan";
import { baseOf } from "./workloads";
import { printBlock } from "./yaml/print";
import { defaultStyle } from "./yaml/style";
import { toValue } from "./yaml/to-value";

/** What a run gives back to its host. */
export interface RunResult {
  /** One ResourceList, always with `items`. */
  readonly stdout: string;
  /** A line for each error and warning. */
  readonly stderr: string;
  /** 0, or 1 where there is an error; `stdout` then holds the items as they came. */
  readonly status: 0 | 1;
}

/** The function: a ResourceList with its functionConfig in, a ResourceList with results out. */
export function run(input: string): RunResult {
  let list: ResourceList;
  try {
    list = readResourceList(input);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return unreadable({ code: "invalid-input", severity: "error", message: error.message });
  }
  const read = readConfiguration(list.functionConfig);
  if ("findings" in read) return finish(list, read.findings);
  const { configuration } = read;
  const objects = list.items.map((item) => toObject(toValue(item.node)));
  const hidden = objects.find(isPartialView);
  if (hidden !== undefined) return finish(list, [partialView(hidden)]);

  const generated: Placed[] = [];
  const others: KrmObject[] = [];
  objects.forEach((object, index) => {
    if (isGeneratedBy(object, configuration.name)) generated.push({ index, object });
    else others.push(object);
  });
  const unsafe: Finding[] = [];
  const bases = objects.flatMap((object, index) => {
    const item = list.items[index] as Item;
    return guarded(list, item, object, unsafe, () => baseOf(list, index, object, configuration)) ?? [];
  });
  const decided = plan(configuration, bases, others);
  const before = strictly(configuration, [...unsafe, ...bases.flatMap((base) => base.findings), ...decided.findings]);
  if (hasError(before)) return finish(list, before);
  const generating = generation(decided.workloads, generated, others);
  const outcome = carryOut(list, configuration, bases, decided, generating);
  const findings = [...outcome.findings, ...before];
  return hasError(findings) ? finish(list, findings.filter(isProblem)) : finish(list, findings, outcome.changes);
}

/** With `spec.strict` a warning is an error. */
function strictly({ strict }: Configuration, findings: readonly Finding[]): readonly Finding[] {
  if (!strict) return findings;
  return findings.map((finding) => (finding.severity === "warning" ? { ...finding, severity: "error" } : finding));
}

function partialView(object: KrmObject): Finding {
  const message =
    "kpt hides items from the function by the pipeline's own selectors or exclude, so it would add twice and prune what it cannot see: select by spec.selector of the functionConfig, and remove selectors and exclude from this step of the Kptfile.";
  return { code: "partial-view", severity: "error", ...about(object), message };
}

function finish(
  list: ResourceList,
  findings: readonly Finding[],
  changes: Parameters<typeof writeResourceList>[1] = new Map(),
): RunResult {
  return { stdout: writeResourceList(list, changes, findings.map(toResult)), ...report(findings) };
}

/** What a run gives where the input's bytes are no text. */
export function notUtf8(): RunResult {
  return unreadable({ code: "invalid-input", severity: "error", message: "the input must be UTF-8" });
}

/** There are no items to give back: the host must see the failure in the status, and finds its reason in the results. */
function unreadable(finding: Finding): RunResult {
  const list = { apiVersion: "config.kubernetes.io/v1", kind: "ResourceList", items: [], results: [toResult(finding)] };
  return { stdout: `${printBlock(list, 0, defaultStyle)}\n`, ...report([finding]) };
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
