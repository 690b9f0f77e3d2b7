/**
 * Returns the description of a page for search engines: its first paragraph as plain text. Empty if it has none.
 *
 * @param markdown the text of the page. It can start with front matter.
 */
export function descriptionOf(markdown: string): string {
  const blocks = markdown.replace(/^---\n[\s\S]*?\n---\n/, "").split(/\n\s*\n/);
  return plainText(blocks.map((block) => block.trim()).find(isParagraph) ?? "");
}

/** Reports whether a block starts with text, and not with a heading, a list, a table, a code block, an image, or HTML. */
function isParagraph(block: string): boolean {
  return /^(?:[\p{L}\d`*_"(]|\[(?!!))/u.test(block) && !/^(?:```|[*_-]\s|\d+[.)]\s)/.test(block);
}

/** Returns the text of Markdown that is in one line: without the syntax of links, code, and emphasis. */
function plainText(markdown: string): string {
  return markdown
    .replace(/\s+/g, " ")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\*\*|`/g, "")
    .trim();
}
