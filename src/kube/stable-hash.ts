/**
 * Returns a short hash that is the same on every machine and in every release: 32-bit FNV-1a over UTF-8, as 8
 * hexadecimal digits.
 */
export function stableHash(text: string): string {
  let hash = 0x811c9dc5;
  // In ASCII, each character is one byte. For a long text, going through a Buffer takes ten times as long.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII
  if (/^[\x00-\x7f]*$/.test(text)) {
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  } else {
    for (const byte of Buffer.from(text, "utf8")) hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}
