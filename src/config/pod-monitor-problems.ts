import { getString, type Value } from "../yaml/value";
import { type ApiRule, choice, fields, flag, integer, list, notEmpty, set, text, textLike } from "./api-fields";
import type { PodMonitor } from "./generated/tracing-sidecar/types";
import { formatPath } from "./json-path";
import type { Problem } from "./problem";
import { re2Problem } from "./re2-problem";
import { textsIn } from "./value-problems";
import { parseValueTemplate } from "./value-template";

/*
 * The parts of a PodMonitor's spec that the user provides verbatim, and prometheus-operator 0.95's rules for them
 * (`pkg/apis/monitoring/v1/podmonitor_types.go`, `pkg/prometheus/validation/validator.go`).
 */

const path = ["spec", "podMonitor"];

const ownFields = [
  "jobLabel",
  "namespaceSelector",
  "interval",
  "scrapeTimeout",
  "honorLabels",
  "relabelings",
  "metricRelabelings",
];

const onlySpec =
  "must be omitted: `patch` changes only the PodMonitor's `spec`. Set `spec.podMonitor.name`, `labels`, and `annotations` instead";

const scrapeProtocol = choice(
  "PrometheusProto",
  "OpenMetricsText0.0.1",
  "OpenMetricsText1.0.0",
  "PrometheusText0.0.4",
  "PrometheusText1.0.0",
);

/** The API's own pattern for a quantity; of numbers, it accepts only integers. */
const quantity: ApiRule = (value, at) =>
  Number.isInteger(value)
    ? []
    : textLike(
        /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][-+]?(?:\d+(?:\.\d*)?|\.\d+))?$/,
        "a number such as `1.1`, in quotes",
      )(value, at);

const rest = fields({
  known: {
    podTargetLabels: list(text),
    selectorMechanism: choice("RelabelConfig", "RoleSelector"),
    sampleLimit: integer(0),
    targetLimit: integer(0),
    scrapeProtocols: set(scrapeProtocol),
    fallbackScrapeProtocol: scrapeProtocol,
    extraScrapeMetrics: flag,
    labelLimit: integer(0),
    labelNameLengthLimit: integer(0),
    labelValueLengthLimit: integer(0),
    scrapeNativeHistograms: flag,
    scrapeClassicHistograms: flag,
    nativeHistogramBucketLimit: integer(0),
    nativeHistogramMinBucketFactor: quantity,
    convertClassicHistogramsToNHCB: flag,
    keepDroppedTargets: integer(0),
    attachMetadata: fields({ known: { node: flag } }),
    scrapeClass: notEmpty,
    bodySizeLimit: textLike(/^0$|^(?:\d*\.)?\d+(?:[KMGTPE]i?)?B$/, "a size such as `512MB`"),
  },
  refused: {
    ...Object.fromEntries(ownFields.map((name) => [name, `must be omitted: set \`spec.podMonitor.${name}\` instead`])),
    selector: "must be omitted: the PodMonitor always selects the pods with the agent",
    podMetricsEndpoints:
      "must be omitted: the only endpoint is the agent's. Set `spec.podMonitor.interval`, `scrapeTimeout`, `honorLabels`, `relabelings`, and `metricRelabelings`",
    metadata: onlySpec,
    apiVersion: onlySpec,
    kind: onlySpec,
    status: onlySpec,
    spec: "must be omitted: the fields of the PodMonitor's `spec` are directly in `patch`",
  },
});

const actions = [
  "replace",
  "keep",
  "drop",
  "hashmod",
  "labelmap",
  "labeldrop",
  "labelkeep",
  "lowercase",
  "uppercase",
  "keepequal",
  "dropequal",
] as const;

/** Returns the other spelling that the API accepts for an action, such as `LabelDrop`. */
function capitalized(action: string): string {
  return action.replace(
    /^[a-z]|(?<=^(?:hash|label|keep|drop))(?:mod|map|drop|keep|equal)$/g,
    (word) => word.charAt(0).toUpperCase() + word.slice(1),
  );
}

/** The operator skips a PodMonitor with a regular expression that it can't compile, and reports only an event. */
const regex: ApiRule = (value, at) => {
  const problem = typeof value === "string" ? re2Problem(value) : undefined;
  if (problem === undefined) return text(value, at);
  return [{ path: formatPath(at), message: `must be a valid Go regular expression: ${problem}` }];
};

const relabelingFields = fields({
  known: {
    sourceLabels: list(notEmpty),
    separator: text,
    targetLabel: text,
    regex,
    modulus: integer(0),
    replacement: text,
    action: (value, at) =>
      actions.some((action) => capitalized(action) === value) ? [] : choice(...actions)(value, at),
  },
});

const needTargetLabel = ["replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal"];

/** The fields that an action allows, if not all. */
const allowedFields: Readonly<Record<string, readonly string[]>> = {
  labeldrop: ["regex"],
  labelkeep: ["regex"],
  keepequal: ["sourceLabels", "targetLabel"],
  dropequal: ["sourceLabels", "targetLabel"],
  lowercase: ["sourceLabels", "separator", "targetLabel", "regex"],
  uppercase: ["sourceLabels", "separator", "targetLabel", "regex"],
};

const relabeling: ApiRule = (value, at) => {
  const problems = relabelingFields(value, at);
  if (problems.length > 0) return problems;
  const action = (getString(value, "action") ?? "replace").toLowerCase();
  const reject = (field: string, message: string) => [{ path: formatPath([...at, field]), message }];
  const allowed = allowedFields[action] ?? Object.keys(Object(value));
  return [
    ...(needTargetLabel.includes(action) && !getString(value, "targetLabel")
      ? reject("targetLabel", `is required with the action \`${action}\``)
      : []),
    ...(action === "hashmod" && !Object(value).modulus
      ? reject("modulus", "is required with the action `hashmod`")
      : []),
    ...(action === "labelmap" && getString(value, "replacement") === ""
      ? reject("replacement", "must not be empty with the action `labelmap`")
      : []),
    ...Object.keys(Object(value))
      .filter((field) => field !== "action" && !allowed.includes(field))
      .flatMap((field) => reject(field, `must be omitted with the action \`${action}\``)),
  ];
};

/** Returns a problem for each part of a PodMonitor that the operator would reject, or that isn't possible. */
export function podMonitorProblems(podMonitor: PodMonitor): readonly Problem[] {
  return [
    ...rest(podMonitor.patch, [...path, "patch"]),
    ...list(relabeling)(podMonitor.relabelings, [...path, "relabelings"]),
    ...list(relabeling)(podMonitor.metricRelabelings, [...path, "metricRelabelings"]),
    ...timeoutProblems(podMonitor),
    ...(podMonitor.scope === "namespace" ? scopeProblems(podMonitor) : []),
  ];
}

/** Milliseconds in each unit of a Prometheus duration. */
const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

function milliseconds(duration: string): number {
  return [...duration.matchAll(/(\d+)([a-z]+)/g)].reduce(
    (sum, [, count, unit = ""]) => sum + Number(count) * (units[unit] ?? 0),
    0,
  );
}

/** The operator ignores a PodMonitor whose timeout is longer than its interval (`CompareScrapeTimeoutToScrapeInterval`). */
function timeoutProblems({ interval, scrapeTimeout }: PodMonitor): readonly Problem[] {
  if (interval === undefined || scrapeTimeout === undefined) return [];
  if (milliseconds(scrapeTimeout) <= milliseconds(interval)) return [];
  const message = `"${scrapeTimeout}" must not be longer than the interval, "${interval}"`;
  return [{ path: "spec.podMonitor.scrapeTimeout", message }];
}

/** Returns a problem for each template that needs a workload. */
function scopeProblems({ name, labels, annotations, ...others }: PodMonitor): readonly Problem[] {
  const { relabelings, metricRelabelings, patch } = others;
  const values: Value = { labels, annotations, relabelings, metricRelabelings, patch };
  const ofWorkload = (variable: string) => variable === "name" || variable === "kind";
  const texts = [{ path: "spec.podMonitor.name", value: name }, ...textsIn(values, path)];
  return texts.flatMap(({ value, ...place }) =>
    parseValueTemplate(value).flatMap((part) => {
      if (typeof part === "string" || !ofWorkload(part.word)) return [];
      const message = `can't contain \`{${part.word}}\` with \`scope: namespace\`: the PodMonitor is for all workloads of a namespace. Use \`{namespace}\` or \`{agent}\``;
      return [{ ...place, message }];
    }),
  );
}
