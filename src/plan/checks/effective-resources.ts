import type { KrmObject } from "../../kube/object";
import { getList, getMapping, getString, type Value } from "../../yaml/value";

/** A container's requests and limits after the API and the namespace's LimitRanges have added their defaults. */
export interface EffectiveResources {
  readonly requests: ReadonlyMap<string, Value>;
  readonly limits: ReadonlyMap<string, Value>;
}

/** An entry of a LimitRange. */
export interface LimitRangeEntry {
  /** The name of the LimitRange. */
  readonly name: string;
  readonly limit: Value;
}

/** Returns the entries of a type in LimitRanges. */
export function limitsOfType(type: "Container" | "Pod", limitRanges: readonly KrmObject[]): LimitRangeEntry[] {
  return limitRanges.flatMap(({ name, value }) =>
    getList(value, "spec", "limits")
      .filter((limit) => getString(limit, "type") === type)
      .map((limit) => ({ name, limit })),
  );
}

/**
 * Returns a container's resources with all defaults. First, a missing request defaults to its limit (core/v1
 * `defaults.go`). Then the defaults of each LimitRange fill the gaps (`plugin/pkg/admission/limitranger`). In a
 * LimitRange, a missing `default` is `max`, and a missing `defaultRequest` is `default`, or else `min`.
 *
 * @param limits the entries of type Container of the namespace's LimitRanges.
 */
export function effectiveResources(resources: Value, limits: readonly LimitRangeEntry[]): EffectiveResources {
  const effective = {
    requests: new Map([...quantities(resources, "limits"), ...quantities(resources, "requests")]),
    limits: new Map(quantities(resources, "limits")),
  };
  for (const { limit } of limits) {
    const defaults = new Map([...quantities(limit, "max"), ...quantities(limit, "default")]);
    const requests = new Map([...quantities(limit, "min"), ...defaults, ...quantities(limit, "defaultRequest")]);
    fill(effective.limits, defaults);
    fill(effective.requests, requests);
  }
  return effective;
}

function fill(target: Map<string, Value>, from: ReadonlyMap<string, Value>): void {
  for (const [name, quantity] of from) if (!target.has(name)) target.set(name, quantity);
}

/** Returns the quantities in a part of a mapping, such as `requests`, by resource; none if the part isn't a mapping. */
export function quantities(value: Value, part: string): [resource: string, quantity: Value][] {
  return Object.entries(getMapping(value, part));
}
