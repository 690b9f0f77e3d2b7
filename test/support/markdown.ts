import assert from "node:assert/strict";

/** Returns the fenced block after `<!-- example: NAME -->`. Fails if the document has none. */
export function exampleOf(document: string, name: string): string {
  const block = new RegExp(`<!-- example: ${name} -->\n\`\`\`\\w+\n(.*?)^\`\`\`$`, "ms").exec(document)?.[1];
  assert.ok(block !== undefined, `the document must have the example ${name}`);
  return block;
}

/** Returns the rows of the table with this header row, each as its cells, without the header. Fails if it doesn't exist. */
export function rowsOf(document: string, heading: string): string[][] {
  const [, table] = document.split(`\n${heading}\n`);
  assert.ok(table !== undefined, `the document must have the table ${heading}`);
  const [rows = ""] = table.split("\n\n");
  const cells = (row: string) => row.split(/ *\| */).slice(1, -1);
  return rows.trimEnd().split("\n").slice(1).map(cells);
}
