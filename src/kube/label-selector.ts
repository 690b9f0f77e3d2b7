/**
 * Returns true if a selector matches labels, as the Kubernetes API defines it (meta/v1 LabelSelector): all requirements
 * must match, `NotIn`, and `DoesNotExist` also match if the label is missing, and an empty selector matches everything.
 */
export function matchesLabels(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labelOf(labels, key) === value) &&
    (selector.matchExpressions ?? []).every((requirement) =>
      matchesRequirement(requirement, labelOf(labels, requirement.key)),
    )
  );
}

function labelOf(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function matchesRequirement({ operator, values = [] }: LabelSelectorRequirement, label: string | undefined): boolean {
  switch (operator) {
    case "In":
      return label !== undefined && values.includes(label);
    case "NotIn":
      return label === undefined || !values.includes(label);
    case "Exists":
      return label !== undefined;
    case "DoesNotExist":
      return label === undefined;
  }
}

/** A Kubernetes label selector (meta/v1 LabelSelector). If both fields are omitted, it matches everything. */
export type LabelSelector = {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
};

/** One expression of a label selector (meta/v1 LabelSelectorRequirement). */
export type LabelSelectorRequirement = {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  /** Used by `In` and `NotIn` only. */
  readonly values?: readonly string[];
};
