import { stableHash } from "../../kube/stable-hash";
import { utf8Length } from "../../kube/utf8-length";

/**
 * Returns the text itself if it has at most `maxBytes` bytes. Otherwise the text is cut between characters and ends with a
 * hash of the whole text, so that two long texts with the same beginning stay different.
 */
export function fitText(text: string, maxBytes: number): string {
  if (utf8Length(text) <= maxBytes) return text;
  const suffix = `-${stableHash(text)}`;
  let start = "";
  let bytes = suffix.length;
  for (const character of text) {
    bytes += utf8Length(character);
    if (bytes > maxBytes) break;
    start += character;
  }
  return start + suffix;
}
