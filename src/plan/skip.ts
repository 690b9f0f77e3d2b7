import type { ObjectField } from "../kube/finding";
import { parseImage } from "../kube/image";
import { baseName } from "../kube/object";
import type { ResultCode } from "../kube/result-codes";
import type { Workload } from "../kube/workload";
import { get, getList, getString, isList, isMapping, type Value } from "../yaml/value";
import { agentTypes } from "./agents/index";
import { meshProxyIn } from "./mesh-proxy";

/** Why a workload that the selector matches is not injected. `reason` completes the sentence "Skipped: ...". */
export interface Skip {
  readonly code: ResultCode;
  /** Default: `info`. */
  readonly severity?: "warning";
  readonly reason: string;
  /** The field of the workload that it is about. */
  readonly field?: ObjectField;
  /** See `Finding.cause`. */
  readonly cause?: string;
  /** True if another configuration could inject the workload. Default: false. */
  readonly dependsOnConfiguration?: true;
}

/** Returns the first reason in a workload itself not to inject it, or undefined if there is none. */
export function skipOf(workload: Workload): Skip | undefined {
  return (
    workloadRef(workload) ?? incomplete(workload) ?? windows(workload) ?? collector(workload) ?? meshProxy(workload)
  );
}

/** A Rollout can use the pod template of another workload (argo-rollouts `RolloutSpec.WorkloadRef`). */
function workloadRef({ object, kind }: Workload): Skip | undefined {
  const reference = get(object.value, "spec", "workloadRef");
  if (kind.kind !== "Rollout" || !isMapping(reference)) return undefined;
  const other = `${getString(reference, "kind") ?? ""} ${getString(reference, "name") ?? ""}`.trim();
  return {
    code: "skipped-workload-ref",
    reason: `it uses the pod template of ${other} (spec.workloadRef). Select that workload instead`,
  };
}

/** A kustomize patch, or another part of a workload: the API rejects a workload without a name or containers. */
function incomplete({ object, podSpec }: Workload): Skip | undefined {
  const missing = [
    ...(baseName(object) === "" ? ["name"] : []),
    ...(getList(podSpec, "containers").length === 0 ? ["containers"] : []),
  ];
  if (missing.length === 0) return undefined;
  const reason = `it has no ${missing.join(" and no ")}, so it isn't a complete workload. If it is a patch, run tracing-sidecar on the patched manifests`;
  return { code: "skipped-incomplete", reason };
}

/** The node label for the operating system, and its name before Kubernetes 1.14. */
const osLabels = ["kubernetes.io/os", "beta.kubernetes.io/os"];

function windows({ podSpec }: Workload): Skip | undefined {
  const field = windowsField(podSpec);
  return field === undefined ? undefined : { code: "skipped-windows", reason: `the pod runs on Windows (${field})` };
}

/** Returns the field of a pod's spec that requires Windows, or undefined if none does. */
function windowsField(podSpec: Value): string | undefined {
  if (getString(podSpec, "os", "name") === "windows") return "os.name";
  const label = osLabels.find((os) => getString(podSpec, "nodeSelector", os) === "windows");
  if (label !== undefined) return `nodeSelector ${label}`;
  // A node needs to match only one term, so every term must require Windows.
  const terms = getList(
    podSpec,
    "affinity",
    "nodeAffinity",
    "requiredDuringSchedulingIgnoredDuringExecution",
    "nodeSelectorTerms",
  );
  return terms.length > 0 && terms.every(requiresWindows) ? "nodeAffinity" : undefined;
}

function requiresWindows(term: Value): boolean {
  return getList(term, "matchExpressions").some((expression) => {
    const values = get(expression, "values");
    return (
      osLabels.includes(getString(expression, "key") ?? "") &&
      getString(expression, "operator") === "In" &&
      isList(values) &&
      values.length > 0 &&
      values.every((value) => value === "windows")
    );
  });
}

/** The last path segments of the images of collectors and agents: those of the Jaeger project, and of all agent types. */
const collectorImages = new Set([
  "all-in-one",
  "jaeger",
  "jaeger-collector",
  "jaeger-ingester",
  ...Object.values(agentTypes).flatMap(({ images }) => images),
]);

/**
 * A pod is a collector or an agent itself if all of its containers run such images. An app with a handwritten agent
 * container is still an app: conflicts with that container are checked elsewhere.
 *
 * | containers                     | skipped |
 * |--------------------------------|---------|
 * | app                            | no      |
 * | app, jaeger-agent              | no      |
 * | jaeger-agent                   | yes     |
 * | jaeger-collector, jaeger-agent | yes     |
 */
function collector({ podSpec }: Workload): Skip | undefined {
  const names = getList(podSpec, "containers").map((container) => parseImage(getString(container, "image") ?? "").name);
  if (names.length === 0 || !names.every((name) => collectorImages.has(name))) return undefined;
  return { code: "skipped-collector", reason: `it is itself a collector or an agent (image ${names.join(", ")})` };
}

/**
 * A pod that is only a mesh's proxy, such as an Istio gateway, has no app. The proxy sends its spans to the provider that
 * the mesh's configuration names, and not to an agent in its pod.
 */
function meshProxy({ podSpec }: Workload): Skip | undefined {
  const containers = getList(podSpec, "containers");
  const names = containers.map((container) => meshProxyIn([container]));
  if (names.length === 0 || names.includes(undefined)) return undefined;
  const reason = `it runs only a mesh's proxy (container "${names.join('", "')}"), which sends its spans to the provider in the mesh's configuration`;
  return { code: "skipped-proxy", reason };
}
