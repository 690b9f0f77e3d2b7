import { stableHash } from "../../kube/stable-hash";

/** X.520's upper bound for a commonName, which cert-manager's webhook holds up in bytes. */
const maximum = 64;

/**
 * The text itself where it fits in a commonName, else its beginning, cut between characters, with a hash of the whole,
 * so that two long names with the same beginning stay two.
 */
export function fitCommonName(text: string): string {
  if (Buffer.byteLength(text) <= maximum) return text;
  const suffix = `-${stableHash(text)}`;
  let start = "";
  let bytes = suffix.length;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maximum) break;
    start += character;
  }
  return start + suffix;
}
