import { parseQuantity } from "../../../kube/quantity";
import { get, type Mapping } from "../../../yaml/value";

const share = 0.8;
const units = [
  ["MiB", 1024 ** 2],
  ["KiB", 1024],
  ["B", 1],
] as const;

/** Returns the memory limit of a container with these resources, in bytes; undefined if there is none. */
export function memoryLimitOf(resources: Mapping): number | undefined {
  const billionths = parseQuantity(get(resources, "limits", "memory"));
  return billionths === undefined || billionths === 0n ? undefined : Number(billionths / 1_000_000_000n);
}

/**
 * Returns GOMEMLIMIT for a container with these resources: 80% of the memory limit, as the Collector's documentation
 * recommends, with one of Go's units (`runtime`, "Environment Variables"). Returns undefined if there is no limit.
 */
export function goMemoryLimit(resources: Mapping): string | undefined {
  const limit = memoryLimitOf(resources);
  if (limit === undefined) return undefined;
  const bytes = limit * share;
  const [unit, size] = units.find(([, unitSize]) => bytes >= 10 * unitSize) ?? (["B", 1] as const);
  return `${Math.floor(bytes / size)}${unit}`;
}
