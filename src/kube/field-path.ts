/** A step of a path: a mapping's key, or the element of a list that has this name. */
export type Step = string | { readonly name: string };

/** `["spec", "containers", {name: "web"}, "env"]` as `spec.containers[web].env`; in names `]` is `%5D`, and `%` is `%25`. */
export function printPath(path: readonly Step[]): string {
  return path
    .map((step, i) => {
      if (typeof step === "string") return i > 0 ? `.${step}` : step;
      return `[${step.name.replaceAll(/[%\]]/g, encodeURIComponent)}]`;
    })
    .join("");
}

/** The inverse of `printPath`. Keys hold no dot: only the names below them do. */
export function readPath(path: string): Step[] {
  return [...path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(([, name, key]) =>
    key === undefined ? { name: (name ?? "").replaceAll(/%(?:25|5D)/g, decodeURIComponent) } : key,
  );
}
