/**
 * The annotations with which hosts name an item's file and the item's index in it. kpt also writes the older names, for
 * functions that know only those (kyaml `kio/kioutil/kioutil.go`).
 */
export const locationAnnotationNames = [
  { path: "internal.config.kubernetes.io/path", index: "internal.config.kubernetes.io/index" },
  { path: "config.kubernetes.io/path", index: "config.kubernetes.io/index" },
] as const;

/** The annotation with which kpt names the subpackage of an item's file. */
export const packagePathAnnotation = "internal.config.kubernetes.io/package-path";
