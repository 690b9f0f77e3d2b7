/*
 * Splits a ResourceList's text into its top-level sections without the YAML core: by the key lines in column 0, or in a
 * list that is one flow mapping, by the commas directly inside its braces.
 */

/** A top-level entry. `from` and `to` are offsets in the text; `to` is exclusive. */
interface Section {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/** Returns the text of a list's items, from the key `items` up to the next key. Throws an error if it isn't unique. */
export function itemsOf(text: string): string {
  const { from, to } = sectionOf(text, "items");
  const items = text.slice(from, to);
  // What follows a flow list isn't part of the items: results may be inserted before it.
  if (/^.?items.?:[ \t]*\[/.test(items)) return items.slice(0, items.lastIndexOf("]") + 1);
  // If the items come last, their final line break may have been added with the results after them.
  return items.replace(/\r?\n$/, "");
}

/** Returns the list with another functionConfig, written on one line. */
export function withConfiguration(text: string, configuration: unknown): string {
  const { from, to } = sectionOf(text, "functionConfig");
  const end = /\r?\n$/.exec(text.slice(from, to))?.[0] ?? "";
  return `${text.slice(0, from)}"functionConfig": ${JSON.stringify(configuration)}${end}${text.slice(to)}`;
}

function sectionOf(text: string, key: string): Section {
  const sections = isFlow(text) ? flowSections(text) : blockSections(text);
  const matches = sections.filter((section) => section.key === key);
  if (matches.length !== 1) throw new Error(`the top level must have one ${key}, but has ${matches.length}`);
  return matches[0] as Section;
}

function isFlow(text: string): boolean {
  return text.replace(/^(?:\s*(?:#.*|---)?\r?\n)*/, "").startsWith("{");
}

function blockSections(text: string): Section[] {
  const starts = [...text.matchAll(/^(["']?)([A-Za-z]+)\1[ \t]*:/gm)];
  return starts.map((start, i) => ({
    key: start[2] as string,
    from: start.index,
    to: starts[i + 1]?.index ?? text.length,
  }));
}

/** Strings, comments, brackets, commas, and other text. A quote inside a plain scalar doesn't start a string. */
const token =
  /(?<=(?:[[{,]|:\s|":|#.*\n|[&!]\S+\s)\s*)(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|(?<=\s)#.*|[[\]{},]|[^"'#[\]{},]+|["'#]/g;

function flowSections(text: string): Section[] {
  return flowEntries(text).flatMap(({ from, to }) => {
    const key = /["']?([A-Za-z]+)["']?\s*:/.exec(text.slice(from, to));
    return key === null ? [] : [{ key: key[1] as string, from: from + key.index, to }];
  });
}

/** Returns the ranges between the commas directly inside the outermost braces. */
function flowEntries(text: string): Omit<Section, "key">[] {
  const entries: Omit<Section, "key">[] = [];
  let depth = 0;
  let from = -1;
  for (const { 0: part, index } of text.matchAll(token)) {
    if (isClosing(part)) depth--;
    if (from >= 0 && endsEntry(part, depth)) {
      entries.push({ from, to: index });
      from = index + 1;
    }
    if (isOpening(part) && ++depth === 1) from = index + 1;
  }
  return entries;
}

/** @param depth The number of open brackets after `part`. */
function endsEntry(part: string, depth: number): boolean {
  return (depth === 1 && part === ",") || (depth === 0 && isClosing(part));
}

function isOpening(part: string): boolean {
  return part === "{" || part === "[";
}

function isClosing(part: string): boolean {
  return part === "}" || part === "]";
}

/**
 * Returns a text in which the indexes of objects in their files are all the same. An object keeps the index that an
 * earlier run gave it, so it can differ from the index that a single run would give it.
 */
export function withoutIndexes(text: string): string {
  return text.replaceAll(/(config\.kubernetes\.io\/index['"]? *: *)(["']?)\d+\2/g, "$1$2N$2");
}
