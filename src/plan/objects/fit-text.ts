import { stableHash } from "../../kube/stable-hash";

/**
 * Returns the text itself if it has at most `maxBytes` bytes. Otherwise the text is cut between characters and ends with a
 * hash of the whole text, so that two long texts with the same beginning stay different.
 */
export function fitText(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const suffix = `-${stableHash(text)}`;
  let start = "";
  let bytes = suffix.length;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    start += character;
  }
  return start + suffix;
}
