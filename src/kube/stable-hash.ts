/**
 * Returns a short hash that is the same on every machine and in every release: 32-bit FNV-1a over UTF-8, as 8
 * hexadecimal digits.
 */
export function stableHash(text: string): string {
  const bytes = encoder.encode(text);
  let hash = 0x811c9dc5;
  // For a long text, iterating over the bytes takes three times as long.
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

const encoder = new TextEncoder();
