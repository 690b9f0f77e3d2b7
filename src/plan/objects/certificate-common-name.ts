import { maxCommonNameBytes } from "../../config/common-name";
import { stableHash } from "../../kube/stable-hash";

/**
 * Returns a text that fits in a commonName: the text itself if it is short enough. Otherwise the text is cut between
 * characters and ends with a hash of the whole text, so that two long names with the same beginning stay different.
 */
export function fitCommonName(text: string): string {
  if (Buffer.byteLength(text) <= maxCommonNameBytes) return text;
  const suffix = `-${stableHash(text)}`;
  let start = "";
  let bytes = suffix.length;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxCommonNameBytes) break;
    start += character;
  }
  return start + suffix;
}
