import { lineBreakOf } from "../yaml/style";

/**
 * Files as one stream of documents. One alone is its own bytes; between two there is a line `---` where the second does
 * not bring one.
 */
export function joined(texts: readonly string[]): string[] {
  const written = texts.filter((text) => texts.length === 1 || text !== "");
  return written.map((text, i) => {
    const lineBreak = lineBreakOf(text);
    const isLast = i === written.length - 1;
    const end = isLast || text.endsWith("\n") ? "" : lineBreak;
    if (i === 0) return text + end;
    const own = text.startsWith("\ufeff") ? text.slice(1) : text;
    // A directive needs the end of the document before it.
    const start = /^(?:[ \t]*(?:#.*)?\r?\n)*(?=(---(?=\s|$))|(%))?/.exec(own);
    const separator = start?.[1] !== undefined ? "" : start?.[2] !== undefined ? `...${lineBreak}` : `---${lineBreak}`;
    return separator + own + end;
  });
}
