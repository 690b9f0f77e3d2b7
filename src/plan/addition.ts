import type { Step } from "../kube/field-path";
import type { Mapping } from "../yaml/value";

/**
 * Something to add to an object: `entries` to the mapping at `path`, or named `elements` to the list at `path`. None of
 * them exists in the object yet.
 */
export type Addition =
  | { readonly path: readonly Step[]; readonly entries: Mapping }
  | {
      readonly path: readonly Step[];
      readonly elements: readonly Mapping[];
      /** If omitted, the elements take the place of those of an earlier run, or else are the last ones. */
      readonly position?: "first";
    };
