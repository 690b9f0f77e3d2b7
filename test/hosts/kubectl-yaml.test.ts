import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { InputError, parseItem } from "../../src/krm/item";
import { readManifest } from "../../src/krm/manifest";
import { lacks, run, temporaryFolder } from "./support";

/*
 * kubectl and the command line read the same texts. Each form of a value is tried at several places of an object.
 * `kubectl annotate --local` reads files without a server, and goes on after one that it can't read.
 */

/** Forms of a value that follow its key or dash. The indentation of their lines is relative to the margin. */
const forms: readonly string[] = [
  // Flow collections over several lines, with any indentation.
  "[\n      a,\n    ]",
  "[\n  a,\n  b\n  ]",
  "[\na,\nb\n]",
  "[a,\n# comment\nb]",
  "[a, # comment\n b,\n]",
  "{\n  a: b\n  }",
  "{\na: b,\nc: {\nd: e\n}\n}",
  "{a: b,\n}",
  "{a:\nb}",
  '{"a"\n: b}',
  '{"a":b}',
  "{a}",
  "{a, b: c}",
  "{a: }",
  "[a, , b]",
  "[, a]",
  "[a b\nc]",
  "[a: b, c]",
  "[? a : b]",
  "[\n\ta,\n\tb\n\t]",
  "[\n \ta,\n      \tb\n    ]",
  "[\ta\t,\tb\t]",
  "{a:\tb}",
  "[a,\tb\n]",
  "[a\n\n\n]",
  "[\n\t]",
  "[\n\t\n]",
  "[a\n\t,\n b\n\t]",
  "{a: b\n\t}",
  "{\n\ta: b}",
  "{a:\n\tb}",
  "[a\n",
  "{a: b\n",
  "[a}",
  "[a]]",
  "[a] b",
  "[a]\n b",
  "[[a,\nb],\n[c]]",
  "[- a]",
  "[-a]",
  "[a#b]",
  "[a #b]\n",
  "[*a]",
  "[!!str 1]",
  "[&a b, *a]",
  "[|\n a\n]",
  // Quoted scalars over several lines.
  "'a\n  b'",
  "'a\nb'",
  "'a\n\n\nb'",
  "'a\n- b'",
  "'a\nb: c'",
  "'a\n# b'",
  "'a\n---\nb'",
  "'a\n--- b'",
  "'a\n...\nb'",
  "'a\n\tb'",
  "'a' b",
  "'a' # b",
  "'a'# b",
  "'a'\n  b",
  "'a\nb' c: d",
  "'a\nb'\n",
  "'it''s'",
  "'it's'",
  '"a\n  b"',
  '"a\nb"',
  '"a\\\nb"',
  '"a\\\n  b"',
  '"a \\\n  \\ b"',
  '"a\nb: c"',
  '"\\x41\\u0042\\U00000043"',
  '"\\q"',
  '"\\/"',
  '"\\e\\_\\N\\L\\P"',
  '"a\tb"',
  '"a',
  "'a",
  // Plain scalars.
  "a\n  b",
  "a\n      b\n\n      c",
  "a b # c",
  "a b# c",
  "a: b",
  "a:b",
  "a::",
  "- a",
  "-a",
  "--- a",
  "?a",
  "? a",
  ":a",
  ": a",
  "@a",
  "`a",
  "%a",
  "!a",
  "!!str a",
  "!!int a",
  "!!binary YQ==",
  "!<tag:yaml.org,2002:str> a",
  "&a b",
  "&a",
  "*a",
  "|a",
  ">a",
  "{{ a }}",
  "{{a}}",
  "a{{ b }}",
  "a {{ b }} c",
  "~",
  "''",
  "",
  "é",
  "\u{1f600}",
  "\u2028",
  "\u0085",
  "a\u00a0b",
  "\u0007",
  "a\tb",
  "\ta",
  "a\t# b",
  "0644",
  "1_000",
  "0o7",
  ".5",
  "+1",
  "1e3",
  ".inf",
  ".nan",
  "yes",
  "2001-01-01",
  "12:30:45",
  "<<",
  "=",
  // Block scalars.
  "|\n      a\n",
  "|-\n      a\n",
  "|+\n      a\n\n",
  "|2\n        a\n",
  "|9\n a\n",
  "|0\n      a\n",
  "|10\n      a\n",
  "|-2\n        a\n",
  "|2-\n        a\n",
  "|--\n      a\n",
  "| # comment\n      a\n",
  "|# comment\n      a\n",
  "|\n      a\n     b\n",
  "|\n      a\n  # comment\n",
  "|\n      a\n\n      b\n\n",
  "|\n\n\n      a\n",
  "|\n          \n      a\n",
  "|\n      a\n\tb\n",
  "|\n\ta\n",
  ">\n      a\n      b\n\n        c\n",
  "|",
  "|\n",
  // Collections below their key.
  "\n    - a\n    - b",
  "\n  - a\n  - b",
  "\n      a: b\n      c: d",
  "\n      a: b\n       c: d",
  "\n      a: b\n     c: d",
  "\n      a: b\n      a: c",
  "\n      ? a\n      : b",
  "\n      ? a",
  "\n      ? [a]\n      : b",
  "\n      a : b",
  "\n      'a' : b",
  "\n      a:\tb",
  "\n      a\n",
  "\n      &x a: b",
  "\n      !!str a: b",
  "\n      *x : b",
  "\n      - a\n      b: c",
  "\n      -\n        a: b",
  "\n      - - a\n        - b",
  "\n      -a",
  "\n      -\ta",
  "\n\ta: b",
  "\n      \ta: b",
  "\n      # comment\n      a: b",
  "\n  # comment\n      a: b",
  "\n# comment\n      a: b",
  "# comment\n      a: b",
  " # comment\n      a: b",
];

/** Places of a value in an object. `%` is the value. */
const places: readonly string[] = [
  "data:\n    key: %",
  "data:\n    key: %\n    next: a",
  "list:\n  - %\n  - next",
  "list:\n  - key: %\n    next: a",
];

/** The forms that only one of the two can read, with the reason. The command line follows YAML 1.2. */
const exceptions: readonly {
  readonly by: "the command line" | "kubectl";
  readonly forms: readonly string[];
  readonly reason: string;
}[] = [
  {
    by: "kubectl",
    forms: ["'a'# b", "|# comment\n      a\n"],
    reason: "go-yaml doesn't require white space before a comment",
  },
  {
    by: "the command line",
    forms: ['{"a"\n: b}'],
    reason: "go-yaml requires a key and its colon on one line",
  },
  {
    by: "the command line",
    forms: ["[\n\ta,\n\tb\n\t]", "[a\n\t,\n b\n\t]", "{a: b\n\t}"],
    reason: "after a plain scalar, go-yaml doesn't read a line that starts with a tab",
  },
  {
    by: "the command line",
    forms: [": a", "\ta", "\n      -\ta"],
    reason: "after a dash, go-yaml doesn't read an empty key or a tab",
  },
  { by: "the command line", forms: ['"\\/"'], reason: "go-yaml doesn't know this escape of YAML 1.2" },
  { by: "the command line", forms: ["!!int a"], reason: "kubectl converts values, the command line doesn't" },
  { by: "the command line", forms: [".inf", ".nan"], reason: "JSON has no such numbers" },
  { by: "the command line", forms: ["\n      ? [a]\n      : b"], reason: "JSON has only strings as keys" },
];

test("kubectl and the command line can read the same texts", (t) => {
  if (lacks(t, "kubectl")) return;
  const folder = temporaryFolder(t);
  const texts = forms.flatMap((form) => places.map((place) => ({ form, value: place.replace("%", () => form) })));
  texts.forEach(({ value }, i) => {
    writeFileSync(join(folder, `${i}.yaml`), objectOf(value, i));
  });
  const { stdout } = run("kubectl", ["annotate", "--local", "--dry-run=client", "--output=name", "-f", folder, "x=y"]);
  const read = new Set(stdout.split("\n").map((line) => line.replace("configmap/n", "")));
  assert.ok(read.size > texts.length / 4);
  const differences = texts.flatMap(({ form, value }, i) => {
    const ours = canRead(objectOf(value, i));
    const theirs = read.has(String(i));
    if (ours === theirs) return [];
    const by = ours ? "the command line" : "kubectl";
    if (exceptions.some((exception) => exception.by === by && exception.forms.includes(form))) return [];
    return [`${JSON.stringify(value)}: only ${by}`];
  });
  assert.deepEqual(differences, []);
});

function objectOf(value: string, index: number): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: n${index}}\n${value}\n`;
}

function canRead(text: string): boolean {
  try {
    const { items } = readManifest("form.yaml", text);
    for (const item of items) parseItem(item);
    return items.length === 1;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return false;
  }
}
