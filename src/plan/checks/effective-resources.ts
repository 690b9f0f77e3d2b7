import type { KrmObject } from "../../kube/object";
import { get, getList, getString, isMapping, type Value } from "../../yaml/value";

/** What a container asks for once the API and the namespace's LimitRanges filled in what it does not say. */
export interface EffectiveResources {
  readonly requests: ReadonlyMap<string, Value>;
  readonly limits: ReadonlyMap<string, Value>;
}

/** An entry of a LimitRange that is about containers, and the object it is in. */
export interface ContainerLimit {
  readonly name: string;
  readonly limit: Value;
}

/** The entries of LimitRanges that are about containers. */
export function containerLimits(limitRanges: readonly KrmObject[]): ContainerLimit[] {
  return limitRanges.flatMap(({ name, value }) =>
    getList(value, "spec", "limits")
      .filter((limit) => getString(limit, "type") === "Container")
      .map((limit) => ({ name, limit })),
  );
}

/**
 * First a request that is absent is its limit (core/v1 `defaults.go`), then a LimitRange's defaults fill the gaps
 * (`plugin/pkg/admission/limitranger`); its own defaults are in turn its max for limits, and these or its min for
 * requests.
 */
export function effectiveResources(resources: Value, limits: readonly ContainerLimit[]): EffectiveResources {
  const effective = {
    requests: new Map([...entries(resources, "limits"), ...entries(resources, "requests")]),
    limits: new Map(entries(resources, "limits")),
  };
  for (const { limit } of limits) {
    const defaults = new Map([...entries(limit, "max"), ...entries(limit, "default")]);
    const requests = new Map([...entries(limit, "min"), ...defaults, ...entries(limit, "defaultRequest")]);
    fill(effective.limits, defaults);
    fill(effective.requests, requests);
  }
  return effective;
}

function fill(target: Map<string, Value>, from: ReadonlyMap<string, Value>): void {
  for (const [name, quantity] of from) if (!target.has(name)) target.set(name, quantity);
}

/** The quantities of a mapping, such as `requests`. */
export function entries(value: Value, part: string): [name: string, quantity: Value][] {
  const found = get(value, part);
  return isMapping(found) ? Object.entries(found) : [];
}
