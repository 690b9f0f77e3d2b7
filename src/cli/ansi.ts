import { styleText } from "node:util";
import type { Output } from "./system";

/** Returns a text with the escape codes of a style, or unchanged if colors are off. */
export type Styler = (style: "bold" | "dim" | "green" | "red" | "yellow" | "cyan", text: string) => string;

/**
 * Creates the styler of a stream. Colors depend on, in this order: `--color` or `--no-color`, NO_COLOR (no-color.org),
 * FORCE_COLOR (force-color.org), and whether the stream is a terminal.
 *
 * @param isRequested true for `--color`, false for `--no-color`, undefined if neither is given.
 */
export function createStyler(
  output: Pick<Output, "isTerminal">,
  env: Readonly<Record<string, string | undefined>>,
  isRequested: boolean | undefined,
): Styler {
  const hasColors =
    isRequested ??
    (env["NO_COLOR"]
      ? false
      : env["FORCE_COLOR"]
        ? env["FORCE_COLOR"] !== "0"
        : output.isTerminal && env["TERM"] !== "dumb");
  return hasColors ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}
