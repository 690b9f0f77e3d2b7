import { type LabelSelector, type LabelSelectorRequirement, matchesLabels } from "../../kube/label-selector";
import { groupBy } from "../../yaml/maps";
import { get, getList, getString, isMapping, isStringList, isStringMapping, type Value } from "../../yaml/value";

/**
 * Finds the entries whose selectors match a pod's labels, without evaluating every selector. Each selector is indexed
 * by the one of its labels that the fewest other selectors use.
 */
export class SelectorIndex<T> {
  /** The key is undefined for selectors without labels, which can't be indexed. */
  readonly #byLabel: ReadonlyMap<string | undefined, readonly (readonly [LabelSelector, T])[]>;

  constructor(entries: readonly (readonly [LabelSelector, T])[]) {
    const uses = groupBy(
      entries.flatMap(([selector]) => keysOf(selector)),
      (key) => key,
    );
    const usesOf = (key: string) => uses.get(key)?.length ?? 0;
    this.#byLabel = groupBy(entries, ([selector]) => keysOf(selector).sort((a, b) => usesOf(a) - usesOf(b))[0]);
  }

  /** Returns the entries whose selectors match the labels: first those without labels in the selector. */
  matching(labels: Readonly<Record<string, string>>): T[] {
    const candidates = Object.entries(labels).flatMap(([key, value]) => this.#byLabel.get(`${key}=${value}`) ?? []);
    return [...(this.#byLabel.get(undefined) ?? []), ...candidates]
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
  const expressions = getList(value, "matchExpressions").map(toRequirement);
  const known = expressions.filter((expression) => expression !== undefined);
  if (!isMapping(value) || !isStringMapping(labels) || known.length < expressions.length) return undefined;
  return { matchLabels: labels, matchExpressions: known };
}

const operators = ["In", "NotIn", "Exists", "DoesNotExist"] as const;

function toRequirement(value: Value): LabelSelectorRequirement | undefined {
  const key = getString(value, "key");
  const operator = operators.find((candidate) => candidate === getString(value, "operator"));
  const values = get(value, "values") ?? [];
  return key === undefined || operator === undefined || !isStringList(values) ? undefined : { key, operator, values };
}
