/**
 * A text for a line of a report: line breaks and other control characters, which a file's or an object's name can hold,
 * are escaped as in JSON. They could forge a line, or steer a terminal.
 */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, (char) =>
    char === "\n" ? "\\n" : `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
