import type { Mapping } from "../yaml/value";
import { type Finding, objectAndFile } from "./finding";
import type { Identity } from "./object";

/*
 * The annotations by which kpt and kustomize follow an item through a function. kpt writes the older names too, for
 * functions that know no others (kyaml `kio/kioutil/kioutil.go`).
 */

const pathAnnotations = ["internal.config.kubernetes.io/path", "config.kubernetes.io/path"];
const indexAnnotations = ["internal.config.kubernetes.io/index", "config.kubernetes.io/index"];
const packagePathAnnotation = "internal.config.kubernetes.io/package-path";

/** By which kpt finds the item that comments are copied back from. */
export const idAnnotations: readonly string[] = ["internal.config.kubernetes.io/id", "config.k8s.io/id"];

/**
 * Whether an item says that kpt hides others from the function: it does so while its own `selectors` or `exclude` apply
 * (seen with kpt 1.0.0-beta.56: `internal.config.k8s.io/kpt-resource-id`).
 */
export function isFilteredByKpt(object: Identity): boolean {
  return Object.keys(object.annotations).some((name) => name.endsWith("/kpt-resource-id"));
}

/** Whether a host put an annotation on the item for the run, and takes it away afterwards. */
export function isHostAnnotation(name: string): boolean {
  return /^(?:internal\.config\.kubernetes\.io|internal\.config\.k8s\.io|config\.kubernetes\.io|config\.k8s\.io|kustomize\.config\.k8s\.io)\//.test(
    name,
  );
}

/**
 * The annotations that place a new object at `index` of the file that its source came from; none where no
 * annotation says the file (kustomize, plain files).
 */
export function locationAnnotations(source: Identity, index: number): { readonly [name: string]: string } {
  const names = pathAnnotations.findIndex((name) => source.annotations[name] !== undefined);
  if (source.file === undefined || names < 0) return {};
  return {
    [pathAnnotations[names] as string]: source.file.path,
    [indexAnnotations[names] as string]: String(index),
    ...(source.packagePath === undefined ? {} : { [packagePathAnnotation]: source.packagePath }),
  };
}

/** The host's annotations of an object, with another index where one is given. */
export function hostAnnotationsAt(object: Identity, index: number | undefined): Mapping {
  const annotations: { [name: string]: string } = Object.create(null);
  for (const [name, value] of Object.entries(object.annotations)) {
    if (isHostAnnotation(name))
      annotations[name] = index !== undefined && indexAnnotations.includes(name) ? String(index) : value;
  }
  return annotations;
}

/** An object of a plain file: annotations by which a host once placed it say nothing of where it is now. */
export function withoutLocation<T extends Identity>({ packagePath: _, ...object }: T): Omit<T, "packagePath"> {
  const placing = [...pathAnnotations, ...indexAnnotations, packagePathAnnotation];
  const kept = Object.entries(object.annotations).filter(([name]) => !placing.includes(name));
  return { ...object, annotations: Object.fromEntries(kept) };
}

/** A key for the file that an object is in; undefined where the host does not say. */
export function fileKey({ file, packagePath }: Identity): string | undefined {
  return file === undefined ? undefined : `${packagePath ?? ""}\n${file.path}`;
}

/** kpt hides items from a step with its own selectors: a second run would add twice, and prune what it cannot see. */
export function partialView(object: Identity): Finding {
  const message =
    "kpt hides items from the function by the step's own selectors or exclude, so it would add twice and prune what it cannot see: select by spec.selector of the functionConfig, and remove selectors and exclude from this step of the Kptfile.";
  return { code: "partial-view", severity: "error", ...objectAndFile(object), message };
}
