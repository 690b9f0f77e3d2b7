import { maxCommonNameBytes } from "../../config/common-name";
import { fitText } from "./fit-text";

/** Returns a text that fits in a commonName: the text itself if it is short enough, and otherwise see `fitText`. */
export function fitCommonName(text: string): string {
  return fitText(text, maxCommonNameBytes);
}
