import { type LabelSelector, type LabelSelectorRequirement, matchesLabels } from "../../kube/label-selector";
import { get, getList, getString, isMapping, isStringList, type Value } from "../../yaml/value";

/**
 * Finds the entries whose selectors match a pod's labels, without evaluating every selector. Each selector is indexed
 * by the one of its labels that the fewest other selectors use.
 */
export class SelectorIndex<T> {
  readonly #byLabel = new Map<string, [LabelSelector, T][]>();
  /** Selectors without labels, which can't be indexed. */
  readonly #unindexed: (readonly [LabelSelector, T])[] = [];

  constructor(entries: readonly (readonly [LabelSelector, T])[]) {
    const count = new Map<string, number>();
    for (const [selector] of entries) for (const key of keysOf(selector)) count.set(key, (count.get(key) ?? 0) + 1);
    for (const [selector, entry] of entries) {
      const rarest = keysOf(selector).sort((one, other) => (count.get(one) ?? 0) - (count.get(other) ?? 0))[0];
      if (rarest === undefined) {
        this.#unindexed.push([selector, entry]);
        continue;
      }
      const same = this.#byLabel.get(rarest);
      if (same === undefined) this.#byLabel.set(rarest, [[selector, entry]]);
      else same.push([selector, entry]);
    }
  }

  /** Returns the entries whose selectors match the labels: first those without labels in the selector. */
  matching(labels: Readonly<Record<string, string>>): T[] {
    const candidates = Object.entries(labels).flatMap(([key, value]) => this.#byLabel.get(`${key}=${value}`) ?? []);
    return [...this.#unindexed, ...candidates]
      .filter(([selector]) => matchesLabels(selector, labels))
      .map(([, entry]) => entry);
  }
}

function keysOf({ matchLabels }: LabelSelector): string[] {
  return Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
}

/**
 * Reads a label selector. Returns undefined if the API would reject it. A missing or null selector selects everything.
 */
export function toSelector(value: Value | undefined): LabelSelector | undefined {
  if (value === undefined || value === null) return {};
  const labels = get(value, "matchLabels") ?? {};
  if (!isMapping(value) || !isMapping(labels)) return undefined;
  const expressions = getList(value, "matchExpressions").map(toRequirement);
  if (!isStringList(Object.values(labels)) || expressions.includes(undefined)) return undefined;
  return {
    matchLabels: labels as Readonly<Record<string, string>>,
    matchExpressions: expressions.filter((expression) => expression !== undefined),
  };
}

const operators = ["In", "NotIn", "Exists", "DoesNotExist"] as const;

function toRequirement(value: Value): LabelSelectorRequirement | undefined {
  const key = getString(value, "key");
  const operator = operators.find((candidate) => candidate === getString(value, "operator"));
  const values = get(value, "values") ?? [];
  return key === undefined || operator === undefined || !isStringList(values) ? undefined : { key, operator, values };
}
