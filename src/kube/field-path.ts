/** A step of a field path: a key of a mapping, or the `name` of a list element. */
export type Step = string | { readonly name: string };

/** A step to a value of a text: also the index of a list element, from 0. */
export type ExactStep = Step | number;

/**
 * Formats a field path: `["spec", "containers", {name: "web"}, "env"]` becomes `spec.containers[web].env`. In names,
 * `]` is escaped as `%5D` and `%` as `%25`.
 */
export function printPath(path: readonly Step[]): string {
  return path
    .map((step, i) => {
      if (typeof step === "string") return i > 0 ? `.${step}` : step;
      return `[${step.name.replaceAll(/[%\]]/g, encodeURIComponent)}]`;
    })
    .join("");
}

/** Parses what `printPath` returns. Keys must not contain dots; names can. */
export function readPath(path: string): Step[] {
  return [...path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(([, name, key]) =>
    key === undefined ? { name: (name ?? "").replaceAll(/%(?:25|5D)/g, decodeURIComponent) } : key,
  );
}
