/*
 * The top level of a ResourceList as text, told apart without the core: by key lines in column 0, or in a list that is
 * one flow mapping by the commas between its brackets.
 */

interface Section {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

/** The bytes of a list's items: what stands between the key and the next one. */
export function itemsOf(text: string): string {
  const { from, to } = sectionOf(text, "items");
  const items = text.slice(from, to);
  // Results may come in front of what stands behind a flow list: it is not the items'.
  if (/^.?items.?:[ \t]*\[/.test(items)) return items.slice(0, items.lastIndexOf("]") + 1);
  // Where items come last, results behind them end the line that may have had no end.
  return items.replace(/\r?\n$/, "");
}

/** The list with another functionConfig, on one line. */
export function withConfiguration(text: string, configuration: unknown): string {
  const { from, to } = sectionOf(text, "functionConfig");
  const end = /\r?\n$/.exec(text.slice(from, to))?.[0] ?? "";
  return `${text.slice(0, from)}"functionConfig": ${JSON.stringify(configuration)}${end}${text.slice(to)}`;
}

function sectionOf(text: string, key: string): Section {
  const sections = isFlow(text) ? flowSections(text) : blockSections(text);
  const found = sections.filter((section) => section.key === key);
  if (found.length !== 1) throw new Error(`${key} stands ${found.length} times at the top level`);
  return found[0] as Section;
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

/** Strings, comments, brackets and commas, and what is none of these. A quote within a plain scalar starts no string. */
const token =
  /(?<=(?:[[{,]|:\s|":|#.*\n|[&!]\S+\s)\s*)(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|(?<=\s)#.*|[[\]{},]|[^"'#[\]{},]+|["'#]/g;

function flowSections(text: string): Section[] {
  const sections: Section[] = [];
  let depth = 0;
  let from = -1;
  for (const { 0: part, index } of text.matchAll(token)) {
    const opens = part === "{" || part === "[";
    const closes = part === "}" || part === "]";
    if (closes) depth--;
    if (from >= 0 && ((depth === 1 && part === ",") || (depth === 0 && closes))) {
      const key = /["']?([A-Za-z]+)["']?\s*:/.exec(text.slice(from, index));
      if (key !== null) sections.push({ key: key[1] as string, from: from + key.index, to: index });
      from = index + 1;
    }
    if (opens && ++depth === 1) from = index + 1;
  }
  return sections;
}
