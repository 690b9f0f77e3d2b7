import { parseImage } from "../kube/image";
import type { ResultCode } from "../kube/result-codes";
import type { Workload } from "../kube/workload";
import { get, getList, getString, isList, isMapping, type Value } from "../yaml/value";

/** Why a workload that the selector picked is left alone. */
export interface Skip {
  readonly code: ResultCode;
  readonly reason: string;
}

/** The first reason to leave a workload alone, or undefined when there is none. */
export function skipOf(workload: Workload): Skip | undefined {
  return optOut(workload) ?? workloadRef(workload) ?? windows(workload) ?? collector(workload);
}

/** A Rollout can run the pods of another workload's template (argo-rollouts `RolloutSpec.WorkloadRef`). */
function workloadRef({ object, kind }: Workload): Skip | undefined {
  const reference = get(object.value, "spec", "workloadRef");
  if (kind.kind !== "Rollout" || !isMapping(reference)) return undefined;
  const other = `${getString(reference, "kind") ?? ""} ${getString(reference, "name") ?? ""}`.trim();
  return { code: "skipped-workload-ref", reason: `its pods are those of ${other} (spec.workloadRef): select that` };
}

/** Ours, and the Jaeger operator's (jaeger-operator `pkg/inject/sidecar.go`). */
const optOutAnnotations = ["tracing-sidecar.dev/inject", "sidecar.jaegertracing.io/inject"];

function optOut({ object, kind }: Workload): Skip | undefined {
  const places = [
    { name: "workload", metadata: get(object.value, "metadata") },
    { name: "pod template", metadata: get(object.value, ...kind.template, "metadata") },
  ];
  for (const { name, metadata } of places) {
    for (const annotation of optOutAnnotations) {
      // An unquoted false is no annotation to the API, but it is clear what its author wants.
      const value = get(metadata, "annotations", annotation);
      if (value === "false" || value === false) {
        return { code: "skipped-opt-out", reason: `the ${name} has the annotation ${annotation}: "false"` };
      }
    }
  }
  return undefined;
}

/** The node label of the operating system, and its name before Kubernetes 1.14. */
const osLabels = ["kubernetes.io/os", "beta.kubernetes.io/os"];

function windows({ podSpec }: Workload): Skip | undefined {
  const because = windowsField(podSpec);
  return because === undefined
    ? undefined
    : { code: "skipped-windows", reason: `the pod runs on Windows (${because})` };
}

function windowsField(podSpec: Value): string | undefined {
  if (getString(podSpec, "os", "name") === "windows") return "os.name";
  const label = osLabels.find((os) => getString(podSpec, "nodeSelector", os) === "windows");
  if (label !== undefined) return `nodeSelector ${label}`;
  // A node needs to match one term only, so each of them has to ask for Windows.
  const terms = getList(
    podSpec,
    "affinity",
    "nodeAffinity",
    "requiredDuringSchedulingIgnoredDuringExecution",
    "nodeSelectorTerms",
  );
  return terms.length > 0 && terms.every(asksForWindows) ? "nodeAffinity" : undefined;
}

function asksForWindows(term: Value): boolean {
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

/** Last path segments of the images that the Jaeger and OpenTelemetry projects publish for collectors and agents. */
const collectorImages = new Set([
  "all-in-one",
  "jaeger",
  "jaeger-agent",
  "jaeger-collector",
  "jaeger-ingester",
  "opentelemetry-collector",
  "opentelemetry-collector-contrib",
  "opentelemetry-collector-k8s",
  "opentelemetry-collector-otlp",
]);

/**
 * A pod is the collector or an agent itself where every one of its containers runs an image of that sort. An app that
 * carries such a container by hand is an app: whether that clashes with ours is decided elsewhere.
 *
 * | containers                     | skipped |
 * |--------------------------------|---------|
 * | none                           | no      |
 * | app                            | no      |
 * | app, jaeger-agent              | no      |
 * | jaeger-agent                   | yes     |
 * | jaeger-collector, jaeger-agent | yes     |
 */
function collector({ podSpec }: Workload): Skip | undefined {
  const names = getList(podSpec, "containers").map((container) => parseImage(getString(container, "image") ?? "").name);
  if (names.length === 0 || !names.every((name) => collectorImages.has(name))) return undefined;
  return { code: "skipped-collector", reason: `it is a collector or agent itself (image ${names.join(", ")})` };
}
