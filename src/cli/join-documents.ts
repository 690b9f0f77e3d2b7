import { lineBreakOf } from "../yaml/style";

/**
 * Files as one stream of documents. One alone is its own bytes; between two there is a line `---` where the second does
 * not bring one.
 */
export function joinDocuments(texts: readonly string[]): string[] {
  const written = texts.filter((text) => texts.length === 1 || text !== "");
  return written.map((text, i) => {
    const lineBreak = lineBreakOf(text);
    const isLast = i === written.length - 1;
    const end = isLast || text.endsWith("\n") ? "" : lineBreak;
    if (i === 0) return text + end;
    const own = text.startsWith("\ufeff") ? text.slice(1) : text;
    const head = /^(?:[ \t]*(?:#.*)?\r?\n)*/.exec(own)?.[0].length ?? 0;
    // A directive needs the end of the document before it.
    const separator = /^---(?:\s|$)/.test(own.slice(head, head + 4))
      ? ""
      : `${own[head] === "%" ? "..." : "---"}${lineBreak}`;
    return separator + own + end;
  });
}
