/** Lists the first items, and the number of the others: `a, b and 2 more`. */
export function listSome<T>(items: readonly T[], most: number, textOf: (item: T) => string): string {
  const listed = items.slice(0, most).map((item) => textOf(item));
  const others = items.length - listed.length;
  return `${listed.join(", ")}${others > 0 ? ` and ${others} more` : ""}`;
}

/** Returns a text with its first letter in uppercase. */
export function capitalize(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
