import { parseImage } from "../../kube/image";
import { baseName } from "../../kube/object";
import { getList, getString } from "../../yaml/value";
import { podMetadata } from "../pod-metadata";
import type { AppContext } from "./preset";

/*
 * The service name and attributes of an app's spans, following OpenTelemetry's semantic conventions for Kubernetes
 * (open-telemetry/semantic-conventions `docs/non-normative/k8s-attributes.md`).
 */

/** The identity of one container. Values are plain text. */
export interface AppIdentity {
  readonly serviceName: string;
  /**
   * All other resource attributes that don't depend on the pod: those of annotations, `service.version`, and the name
   * of the workload.
   */
  readonly attributes: { readonly [name: string]: string };
}

/** An annotation with this prefix sets a resource attribute: the rest of its key is the attribute's name. */
const annotationPrefix = "resource.opentelemetry.io/";

/** The names that the API accepts for such an annotation. */
const annotationKey = /^resource\.opentelemetry\.io\/[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** The kinds whose name has an attribute (semantic-conventions `docs/resource/k8s.md`). */
const kindAttributes: ReadonlyMap<string, string> = new Map(
  ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"].map((kind) => [
    kind,
    `k8s.${kind.toLowerCase()}.name`,
  ]),
);

/** Returns the identity of a container; undefined if the configuration sets none. */
export function identityOf(context: AppContext & { readonly container: string }): AppIdentity | undefined {
  const { workload, configuration, container } = context;
  const { identity } = configuration.app;
  if (typeof identity === "string") return undefined;
  const labels = identity.fromLabels ? podMetadata(context, "labels") : {};
  const label = (key: string) => labels[`app.kubernetes.io/${key}`] || undefined;
  const { name, kind } = workload.object;
  // The API server generates the name of a workload without one.
  const workloadAttribute = name === "" ? undefined : kindAttributes.get(kind);
  const version = label("version") ?? (identity.versionFromImage ? imageOf(context, container) : undefined);
  const { "service.name": serviceName, ...annotated } = annotatedAttributes(context);
  return {
    serviceName: serviceName ?? label("instance") ?? label("name") ?? baseName(workload.object),
    attributes: {
      ...(workloadAttribute === undefined ? {} : { [workloadAttribute]: name }),
      ...(version === undefined ? {} : { "service.version": version }),
      ...annotated,
    },
  };
}

/**
 * Returns the attributes that annotations set, sorted by name. Those of the pod take precedence over those of the
 * workload. An annotation without a value sets none.
 */
function annotatedAttributes(context: AppContext): { readonly [name: string]: string } {
  const annotations = [context.workload.object.annotations, podMetadata(context, "annotations")].map(Object.entries);
  const attributes = annotations
    .flat()
    .filter(([key, value]) => annotationKey.test(key) && value.trim() !== "")
    .map(([key, value]) => [key.slice(annotationPrefix.length), value] as const);
  return Object.fromEntries(attributes.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Returns the version in a container's image: tag and digest, or the one that it has. */
function imageOf({ workload }: AppContext, container: string): string | undefined {
  const all = [...getList(workload.podSpec, "containers"), ...getList(workload.podSpec, "initContainers")];
  const found = all.find((one) => getString(one, "name") === container);
  const { tag, digest } = parseImage(getString(found, "image") ?? "");
  return tag === undefined ? digest : digest === undefined ? tag : `${tag}@${digest}`;
}
