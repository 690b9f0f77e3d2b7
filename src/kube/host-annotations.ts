import type { Mapping } from "../yaml/value";
import { type Finding, objectAndFile } from "./finding";
import { locationAnnotationNames, packagePathAnnotation } from "./location-annotations";
import type { Identity } from "./object";

/*
 * Annotations that the hosts kpt and kustomize use to track an item through a function.
 */

/** The annotations that kpt uses to find the item to copy comments back from. */
export const idAnnotations: readonly string[] = ["internal.config.kubernetes.io/id", "config.k8s.io/id"];

/**
 * Returns true if an item's annotations show that kpt hides other items from the function. kpt adds such an annotation
 * while it applies the `selectors` or `exclude` of a step (seen with kpt 1.0.0-beta.56:
 * `internal.config.k8s.io/kpt-resource-id`).
 */
export function isFilteredByKpt(object: Identity): boolean {
  return Object.keys(object.annotations).some((name) => name.endsWith("/kpt-resource-id"));
}

/** Returns true if a host adds the annotation for the run and removes it afterwards. */
export function isHostAnnotation(name: string): boolean {
  return /^(?:internal\.config\.kubernetes\.io|internal\.config\.k8s\.io|config\.kubernetes\.io|config\.k8s\.io|kustomize\.config\.k8s\.io)\//.test(
    name,
  );
}

/**
 * Returns the annotations that place a new object at `index` in the same file as `source`. Returns none if no
 * annotation of `source` names its file (kustomize, plain files).
 */
export function locationAnnotations(source: Identity, index: number): { readonly [name: string]: string } {
  const names = locationAnnotationNames.find(({ path }) => source.annotations[path] !== undefined);
  if (source.file === undefined || names === undefined) return {};
  return {
    [names.path]: source.file.path,
    [names.index]: String(index),
    ...(source.packagePath === undefined ? {} : { [packagePathAnnotation]: source.packagePath }),
  };
}

/** Returns the host annotations of an object. */
export function hostAnnotationsOf(object: Identity): Mapping {
  return Object.fromEntries(Object.entries(object.annotations).filter(([name]) => isHostAnnotation(name)));
}

/**
 * Returns a copy of an object without the annotations for its path, index and package path. In a plain file they are
 * left over from an earlier run under a host, and don't show where the object is now.
 */
export function withoutLocation<T extends Identity>({ packagePath: _, ...object }: T): Omit<T, "packagePath"> {
  const location: string[] = [
    ...locationAnnotationNames.flatMap(({ path, index }) => [path, index]),
    packagePathAnnotation,
  ];
  const kept = Object.entries(object.annotations).filter(([name]) => !location.includes(name));
  return { ...object, annotations: Object.fromEntries(kept) };
}

/** Returns a key that is unique to the file of an object, or undefined if the host doesn't name the file. */
export function fileKey({ file, packagePath }: Identity): string | undefined {
  return file === undefined ? undefined : `${packagePath ?? ""}\n${file.path}`;
}

/**
 * Returns the error for a step of a Kptfile that hides items from the function (see `isFilteredByKpt`): a second run
 * would add everything twice and prune what it can't see.
 */
export function partialView(object: Identity): Finding {
  const message =
    "This step of the Kptfile has its own selectors or exclude, which hide resources from the function. It could then duplicate or delete objects by mistake. Remove selectors and exclude from the step, and use spec.selector in the configuration instead.";
  return { code: "filtered-by-kpt", severity: "error", ...objectAndFile(object), message };
}
