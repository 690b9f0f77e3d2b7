import { lineBreakOf } from "../yaml/style";

/**
 * Joins the texts of files into one stream of YAML documents.
 *
 * @returns the pieces of the stream. A single text is returned unchanged. If there are several, empty ones are omitted,
 *   and the line `---` is added before each further one that doesn't start with it.
 */
export function joinDocuments(texts: readonly string[]): string[] {
  const joined = texts.filter((text) => texts.length === 1 || text !== "");
  return joined.map((text, i) => {
    const lineBreak = lineBreakOf(text);
    const isLast = i === joined.length - 1;
    const end = isLast || text.endsWith("\n") ? "" : lineBreak;
    if (i === 0) return text + end;
    const content = text.startsWith("\ufeff") ? text.slice(1) : text;
    const head = /^(?:[ \t]*(?:#.*)?\r?\n)*/.exec(content)?.[0].length ?? 0;
    // A directive must follow an explicit end of the previous document.
    const separator = /^---(?:\s|$)/.test(content.slice(head, head + 4))
      ? ""
      : `${content[head] === "%" ? "..." : "---"}${lineBreak}`;
    return separator + content + end;
  });
}
