import { parseQuantity } from "../../../kube/quantity";
import { get, type Mapping } from "../../../yaml/value";

const share = 0.8;
const units = [
  ["MiB", 1024 ** 2],
  ["KiB", 1024],
  ["B", 1],
] as const;

/**
 * GOMEMLIMIT for a container of these resources: four fifths of its memory limit, as the Collector's documentation
 * recommends, in a unit of Go's (`runtime`, "Environment Variables"). Undefined where there is no limit.
 */
export function goMemoryLimit(resources: Mapping): string | undefined {
  const billionths = parseQuantity(get(resources, "limits", "memory"));
  if (billionths === undefined || billionths === 0n) return undefined;
  const bytes = Number(billionths / 1_000_000_000n) * share;
  const [unit, size] = units.find(([, one]) => bytes >= 10 * one) ?? (["B", 1] as const);
  return `${Math.floor(bytes / size)}${unit}`;
}
