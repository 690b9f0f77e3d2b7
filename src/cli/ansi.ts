import { styleText } from "node:util";
import type { Output } from "./system";

/** Writes text in a style, or as it is where the stream has none. */
export type Styler = (style: "bold" | "dim" | "green" | "red" | "yellow" | "cyan", text: string) => string;

/**
 * Colours for a stream: as `--color` or `--no-color` says, else as NO_COLOR and FORCE_COLOR say (no-color.org,
 * force-color.org), else on a terminal.
 */
export function createStyler(
  output: Pick<Output, "isTerminal">,
  env: Readonly<Record<string, string | undefined>>,
  wanted: boolean | undefined,
): Styler {
  const isColoured =
    wanted ??
    (env["NO_COLOR"]
      ? false
      : env["FORCE_COLOR"]
        ? env["FORCE_COLOR"] !== "0"
        : output.isTerminal && env["TERM"] !== "dumb");
  return isColoured ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}
