import type { Step } from "../kube/field-path";
import type { Mapping } from "../yaml/value";

/** Something to add to an object: entries to a mapping, or named elements to a list. None of them is there yet. */
export type Addition =
  | { readonly path: readonly Step[]; readonly entries: Mapping }
  | { readonly path: readonly Step[]; readonly elements: readonly Mapping[] };
