import type { Configuration } from "../config/configuration";
import { inTemplate, type Workload } from "../kube/workload";
import { get, type Value } from "../yaml/value";
import { namespaceObject } from "./namespace";
import type { ObjectIndex } from "./object-index";
import type { Skip } from "./skip";
import { fieldAt } from "./workload-finding";

/** The function's own annotation. `"false"` opts out. `"true"` opts in where the Namespace opts out. */
const injectAnnotation = "tracing-sidecar.dev/inject";

/**
 * The Jaeger operator's annotation (jaeger-operator `pkg/inject/sidecar.go`). Only `"false"` opts out: the value can also
 * be the name of a Jaeger instance.
 */
const jaegerAnnotation = "sidecar.jaegertracing.io/inject";

/** Metadata that can opt out, with its place in a sentence. */
interface Annotated {
  readonly place: string;
  readonly metadata: Value | undefined;
  /** The path of the metadata if it is the workload's own. */
  readonly path?: string;
}

/**
 * Returns why a workload is opted out: by its own metadata, that of its pod template, or that of its Namespace if the
 * Namespace is in the input. A value of the function's own annotation that is neither `true` nor `false` opts out too, with
 * a warning, because injecting such a workload could be a mistake that reaches the cluster.
 */
export function optOut(workload: Workload, configuration: Configuration, index: ObjectIndex): Skip | undefined {
  const { object, kind } = workload;
  const own: readonly Annotated[] = [
    { place: "the workload", path: "metadata", metadata: get(object.value, "metadata") },
    {
      place: "the pod template",
      path: inTemplate(workload, "metadata"),
      metadata: get(object.value, ...kind.template, "metadata"),
    },
  ];
  for (const annotated of own) {
    const skip = optOutOf(annotated);
    if (skip !== undefined) return skip;
  }
  if (own.some(optsIn)) return undefined;
  const namespace = namespaceObject({ workload, configuration, index });
  if (namespace === undefined) return undefined;
  const { name, annotations, labels } = namespace;
  const skip = optOutOf({ place: `the Namespace "${name}"`, metadata: { annotations, labels } });
  return skip === undefined ? undefined : { ...skip, cause: name };
}

function optsIn({ metadata }: Annotated): boolean {
  return ["annotations", "labels"].some((part) => isBoolean(get(metadata, part, injectAnnotation), true));
}

function optOutOf({ place, metadata, path }: Annotated): Skip | undefined {
  const at = (part: string, name: string) => (path === undefined ? {} : { field: fieldAt(`${path}.${part}`, name) });
  for (const name of [injectAnnotation, jaegerAnnotation]) {
    if (isBoolean(get(metadata, "annotations", name), false)) {
      const reason = `the annotation ${name} of ${place} is "false"`;
      return { code: "skipped-opt-out", reason };
    }
  }
  const value = get(metadata, "annotations", injectAnnotation);
  if (value !== undefined && !isBoolean(value, true)) {
    const reason = `the annotation ${injectAnnotation} of ${place} is neither "true" nor "false". To inject the workload, set it to "true". To opt out without this warning, set it to "false"`;
    return { code: "warn-unclear-opt-out", severity: "warning", reason, ...at("annotations", injectAnnotation) };
  }
  const label = get(metadata, "labels", injectAnnotation);
  if (label === undefined || isBoolean(label, true)) return undefined;
  const reason = `${place} has ${injectAnnotation} as a label. To opt out without this warning, set the annotation ${injectAnnotation} to "false" instead. To inject the workload, remove the label`;
  return { code: "warn-unclear-opt-out", severity: "warning", reason, ...at("labels", injectAnnotation) };
}

/** Without quotes, `false` is a boolean. The API rejects it as an annotation, but its author's intent is clear. */
function isBoolean(value: Value | undefined, expected: boolean): boolean {
  return value === expected || value === String(expected);
}
