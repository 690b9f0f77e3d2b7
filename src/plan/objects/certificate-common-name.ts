import { maxCommonNameBytes } from "../../config/common-name";
import { fitText } from "./fit-text";

/** Shortens text to the maximum length of a commonName. See `fitText`. */
export function fitCommonName(text: string): string {
  return fitText(text, maxCommonNameBytes);
}
