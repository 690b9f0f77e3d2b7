import { listAll } from "../kube/message-text";
import { dnsLabel, dnsSubdomain, type NameRule } from "../kube/name-rules";
import { get, getString, isMapping, type Value } from "../yaml/value";
import { type ApiRule, choice, fields, flag, text, textLike } from "./api-fields";
import { formatPath, type Path } from "./json-path";
import { podFieldProblem } from "./pod-field";
import type { Problem } from "./problem";

/** A text that is a name. */
function name({ matches, description }: NameRule): ApiRule {
  return (value, path) => {
    const mistyped = text(value, path);
    return mistyped.length > 0 || matches(String(value))
      ? mistyped
      : [{ path: formatPath(path), message: `must be ${description}` }];
  };
}

const dataKey = textLike(
  /^(?=.{1,253}$)(?!\.$|\.\.)[-._a-zA-Z0-9]+$/,
  "at most 253 letters, digits, `-`, `_`, or `.`, and must not be `.` or start with `..`",
);
const keyOfObject = fields({
  known: { name: name(dnsSubdomain), key: dataKey, optional: flag },
  required: ["name", "key"],
});

const podField: ApiRule = (value, path) => {
  const message = typeof value === "string" ? podFieldProblem(value) : "must be a string";
  return message === undefined ? [] : [{ path: formatPath(path), message }];
};

const resource = textLike(
  /^(?:limits|requests)\.(?:cpu|memory|ephemeral-storage|hugepages-.*)$/,
  "`limits.RESOURCE` or `requests.RESOURCE`, where RESOURCE is `cpu`, `memory`, `ephemeral-storage`, or `hugepages-SIZE`",
);
const resourceFields = fields({
  known: { containerName: name(dnsLabel), resource, divisor: () => [] },
  required: ["resource"],
});

const sources: Readonly<Record<string, ApiRule>> = {
  fieldRef: fields({ known: { apiVersion: choice("v1"), fieldPath: podField }, required: ["fieldPath"] }),
  resourceFieldRef: (value, path) => [...resourceFields(value, path), ...divisorProblems(value, path)],
  configMapKeyRef: keyOfObject,
  secretKeyRef: keyOfObject,
  fileKeyRef: fields({
    known: {
      volumeName: name(dnsLabel),
      path: textLike(/^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))./, "a relative path without `..`"),
      key: textLike(/^[ -<>-~]+$/, "printable ASCII characters other than `=`"),
      optional: flag,
    },
    required: ["volumeName", "path", "key"],
  }),
};
const names = Object.keys(sources);
const sourceFields = fields({ known: sources });

/**
 * Returns a problem for each field of an environment variable's `valueFrom` that the API would reject (kubernetes
 * `pkg/apis/core/validation/validation.go`, `validateEnvVarValueFrom`).
 */
export function valueSourceProblems(valueFrom: Value, path: Path): readonly Problem[] {
  const set = isMapping(valueFrom) ? names.filter((source) => Object.hasOwn(valueFrom, source)) : [];
  const message = `must have exactly one of ${listAll(names.map((source) => `\`${source}\``))}`;
  const unknown = sourceFields(valueFrom, path);
  return unknown.length > 0 || set.length === 1 ? unknown : [{ path: formatPath(path), message }];
}

/** Returns a problem if the unit of a resource isn't one that the API supports. */
function divisorProblems(value: Value, path: Path): Problem[] {
  const divisor = get(value, "divisor");
  if (divisor === undefined) return [];
  const isCpu = getString(value, "resource")?.endsWith(".cpu");
  const pattern = isCpu ? /^(?:0|1m?)$/ : /^(?:0|1(?:[kMGTPE]|[KMGTPE]i)?)$/;
  const message = isCpu ? "must be `1m` or `1` for cpu" : "must be 1 with an optional suffix, as in `1Mi`";
  const isSupported = (typeof divisor === "string" || typeof divisor === "number") && pattern.test(String(divisor));
  return isSupported ? [] : [{ path: formatPath([...path, "divisor"]), message }];
}
