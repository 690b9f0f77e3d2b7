/** Lists the first items, and the number of the others: `a and b`, or `a, b, and 2 more`. */
export function listSome<T>(items: readonly T[], most: number, textOf: (item: T) => string): string {
  const listed = items.slice(0, most).map((item) => textOf(item));
  const others = items.length - listed.length;
  return listAll(others === 0 ? listed : [...listed, `${others} more`]);
}

/** Lists all items: `a`, `a and b`, or `a, b, and c`. */
export function listAll(items: readonly string[], conjunction: "and" | "or" = "and"): string {
  if (items.length < 3) return items.join(` ${conjunction} `);
  return `${items.slice(0, -1).join(", ")}, ${conjunction} ${items.at(-1)}`;
}

/** Returns a number with its noun: `1 workload`, `2 workloads`. */
export function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Returns a text with its first letter in uppercase. */
export function capitalize(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
