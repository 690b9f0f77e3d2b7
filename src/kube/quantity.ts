import type { Value } from "../yaml/value";

const binarySuffixes = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const decimalExponents = new Map([
  ["n", -9],
  ["u", -6],
  ["m", -3],
  ["", 0],
  ["k", 3],
  ["M", 6],
  ["G", 9],
  ["T", 12],
  ["P", 15],
  ["E", 18],
]);

/**
 * Parses a Kubernetes quantity, such as `100m` or `1.5Gi`. Returns it in billionths, rounded up, as the API itself
 * stores it (apimachinery `pkg/api/resource/quantity.go`), or undefined if the value isn't a quantity.
 */
export function parseQuantity(value: Value | undefined): bigint | undefined {
  const match = /^\+?(\d{0,30})(?:\.(\d{0,30}))?(?:([KMGTPE]i)|([numkMGTPE])|[eE]([-+]?\d{1,2}))?$/.exec(
    typeof value === "number" ? String(value) : typeof value === "string" ? value : "-",
  );
  if (match === null) return undefined;
  const [, whole = "", fraction = "", binarySuffix, decimalSuffix = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const factor = binarySuffix === undefined ? 1n : 1024n ** BigInt(binarySuffixes.indexOf(binarySuffix) + 1);
  const digits = BigInt(whole + fraction) * factor;
  const power = 9 + (decimalExponents.get(decimalSuffix) ?? 0) + Number(exponent) - fraction.length;
  if (power >= 0) return digits * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (digits + divisor - 1n) / divisor;
}

/** Suffixes with the billionths that they stand for, the largest first. */
const decimalUnits = ["", "m", "u", "n"].map(
  (suffix) => [suffix, 10n ** BigInt(9 + (decimalExponents.get(suffix) ?? 0))] as const,
);
const binaryUnits = binarySuffixes.map((suffix, i) => [suffix, 1024n ** BigInt(i + 1) * 10n ** 9n] as const).reverse();

/**
 * Prints a quantity as the API does: cpu in decimal units, such as `130m`, and anything else in binary ones, such as
 * `1128Mi`.
 *
 * @param amount in billionths, as `parseQuantity` returns it.
 * @param resource the name of the resource.
 */
export function formatQuantity(amount: bigint, resource: string): string {
  if (amount === 0n) return "0";
  const units = resource === "cpu" ? decimalUnits : [...binaryUnits, ...decimalUnits];
  const [suffix, size] = units.find(([, candidate]) => amount % candidate === 0n) ?? ["n", 1n];
  return `${amount / size}${suffix}`;
}
