import { unicodeEscape } from "../yaml/print";

/**
 * Escapes line breaks and other control characters as JSON does, so that the text fits on one line of a report. The
 * name of a file or an object can contain them, and could otherwise forge a line, control the terminal, or change the order
 * in which the text is shown.
 */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, (char) =>
    char === "\n" ? "\\n" : unicodeEscape(char),
  );
}
