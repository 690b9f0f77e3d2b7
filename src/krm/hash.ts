/** A short hash that is the same on every machine and in every release: FNV-1a, 32 bits, over UTF-8, as 8 hex digits. */
export function stableHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, "utf8")) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
