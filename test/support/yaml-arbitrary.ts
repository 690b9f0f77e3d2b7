import * as fc from "fast-check";
import { Choices, layoutBytes } from "./choices";
import { Layout, type LayoutOptions, quirks } from "./layout";
import { plain, type Tree, type TreeMapping, Written } from "./tree";

/** Scalars whose spelling is lost, or changes type, when a tool parses the text and prints the values again. */
export const oddSpellings: readonly Written[] = [
  ["0644", 644],
  ["0o644", 420],
  ["0x1F", 31],
  ["1e3", 1000],
  ["+12", 12],
  ["1.0", 1],
  [".5", 0.5],
  ["6.02E+23", "6.02E+23"],
  ["9007199254740993", "9007199254740993"],
  ["-9007199254740993", "-9007199254740993"],
  [".inf", Number.POSITIVE_INFINITY],
  [".NaN", Number.NaN],
  ["2001-12-14", "2001-12-14"],
  ["2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"],
  ["190:20:30", "190:20:30"],
  ["1_000", "1_000"],
  ["yes", "yes"],
  ["NO", "NO"],
  ["on", "on"],
  ["y", "y"],
  ["0b11", "0b11"],
].map(([text, value]) => new Written(text as string, value as string | number));

/** Strings that must be quoted, and strings that are usually written as block scalars. */
export const oddStrings: readonly string[] = [
  "",
  " ",
  "null",
  "Null",
  "~",
  "true",
  "FALSE",
  "yes",
  "no",
  "on",
  "Off",
  "y",
  "N",
  "=",
  "<<",
  "-",
  "?",
  ":",
  "- a",
  "? a",
  ": a",
  "a: b",
  "a:",
  "a #b",
  "#a",
  "&a",
  "*a",
  "!a",
  "!!str a",
  "|",
  "|-",
  ">",
  "%a",
  "@a",
  "`a",
  "'",
  '"',
  "'a'",
  '"a"',
  "it's",
  "[",
  "]",
  "{",
  "}",
  "[a]",
  "{a: b}",
  "a,b",
  ",",
  "---",
  "...",
  "--- a",
  "0",
  "-0",
  "007",
  "0644",
  "0o7",
  "0x1F",
  "1e3",
  "1.",
  ".5",
  "+1",
  "-1",
  "1_000",
  "0b1",
  "190:20:30",
  "2001-12-14",
  "2001-12-14 21:59:43",
  ".inf",
  "-.INF",
  ".nan",
  "9007199254740993",
  "9999999999999999999999",
  " a",
  "a ",
  "a  b",
  "\t",
  "\ta",
  "a\tb",
  "a\t",
  "\n",
  "\n\n",
  "a\n",
  "a\nb",
  "a\n\n",
  "\na",
  " a\nb",
  "a\n b\n",
  "a\n\n\nb\n\n",
  "a\r\nb",
  "\r",
  "a \nb",
  "a\n ",
  "# a\n# b\n",
  "- a\n- b\n",
  "key: value\nother: |\n  text\n",
  '#!/bin/sh\nset -e\n\techo "$1"\n',
  "a\n\t\nb",
  "\\",
  "\\n",
  "a\\",
  "\u0000",
  "\u0007",
  "\u001b[0m",
  "\u007f",
  "\u0085",
  "\u00a0",
  "\u2028",
  "\u2029",
  "\ufeff",
  "\ufffe",
  "é",
  "日本語",
  "👍",
  "a👍\nb",
  "\ud7ff",
  "\ue000",
  "http://host:8080/path?a=b&c=d#e",
  "dns:///jaeger-collector:443",
  "$(VAR)",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the agent's own syntax
  "${POD_NAME:}",
  "{{ .Values.image }}",
  "50%",
  "100m",
  "a/b.c-d_e",
  "one two three four",
  "Some words, that fold. And more of them",
  "__proto__",
  "constructor",
  "toString",
  "x".repeat(200),
  `${"word ".repeat(40)}end`,
];

/** Any string: one of `oddStrings`, printable ASCII, any Unicode text, or a few lines. */
export const anyString: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...oddStrings),
  fc.string({ unit: "grapheme-ascii", maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 8 }),
  fc
    .array(fc.constantFrom("word", "two words", "", " indented", "- dash", "# hash", "a: b", "tab\there"), {
      minLength: 1,
      maxLength: 5,
    })
    .map((lines) => lines.join("\n")),
);

const anyKey: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("a", "b", "c", "name", "value", "spec", "app.kubernetes.io/name", "x-y_z") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "__proto__",
      "constructor",
      "<<",
      "8080",
      "true",
      "a b",
      "a: b",
      "",
      "- a",
      "é",
      "0x1F",
      "#",
      "*a",
      "'",
      '"',
    ),
  },
);

const anyScalar: fc.Arbitrary<Tree> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Tree>("a", "b", "web", "two words", "nginx:1.25") },
  { weight: 3, arbitrary: anyString },
  { weight: 2, arbitrary: fc.constantFrom<Tree>(...oddSpellings) },
  { weight: 2, arbitrary: fc.constantFrom<Tree>(null, true, false, 0, 1, -7, 8080, 0.25) },
);

/** Any data: a scalar, mapping or list, nested or empty. */
export const anyTree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree; mapping: TreeMapping; list: Tree[] }>((tie) => ({
  tree: fc.oneof({ depthSize: "small", withCrossShrink: true }, anyScalar, tie("mapping"), tie("list")),
  mapping: fc.dictionary(anyKey, tie("tree"), { maxKeys: 5, depthIdentifier: "tree" }),
  list: fc.array(tie("tree"), { maxLength: 4, depthIdentifier: "tree" }),
})).tree;

/** Any data whose root is a mapping or list that isn't empty. */
export const anyCollection: fc.Arbitrary<Tree> = fc.oneof(
  fc.dictionary(anyKey, anyTree, { minKeys: 1, maxKeys: 5 }),
  fc.array(anyTree, { minLength: 1, maxLength: 5 }),
);

/** A YAML text, and the data that it was generated from. */
export class YamlText {
  constructor(
    readonly text: string,
    readonly tree: Tree,
  ) {}

  get value() {
    return plain(this.tree);
  }

  toString(): string {
    return visible(this.text);
  }
}

/** Returns a text for a failure message, with carriage returns, tabs and trailing spaces made visible. */
export function visible(text: string): string {
  return `\n${text
    .replaceAll("\r", "␍")
    .replaceAll("\t", "␉")
    .replace(/ +$/gm, (spaces) => "·".repeat(spaces.length))}<end>\n`;
}

/** A YAML document of `tree`, in a random style among those that `options` allow. */
export function yamlText(
  tree: fc.Arbitrary<Tree> = anyTree,
  options: LayoutOptions = everyStyle,
): fc.Arbitrary<YamlText> {
  return fc
    .tuple(tree, layoutBytes)
    .map(([data, bytes]) => new YamlText(writeDocument(data, new Choices(bytes), options), data));
}

/** Allows every style that `Layout` knows. */
export const everyStyle: LayoutOptions = { flow: true, aliases: true, shadows: true, quirks };

function writeDocument(tree: Tree, choices: Choices, options: LayoutOptions): string {
  const layout = new Layout(choices, options);
  const head = choices.of(
    "",
    "",
    "",
    "# head\n",
    "\n",
    "---\n",
    "--- # comment\n",
    "# head\n---\n",
    "%YAML 1.1\n---\n",
  );
  const isFilled =
    typeof tree === "object" && tree !== null && !(tree instanceof Written) && Object.keys(tree).length > 0;
  const body = isFilled && !choices.chance(10) ? layout.block(tree as TreeMapping, 0) : layout.flow(tree, -1);
  const end = layout.endsWithBlockScalar
    ? "\n"
    : choices.of("\n", "\n", "", "\n\n", "\n# foot\n", "\n...\n", " # foot");
  return (head + layout.gap(0) + body + end).replace(/\n/g, lineBreaks(choices));
}

/** Chooses LF, CRLF or a mix for a text. Returns a function that gives the next line break. */
export function lineBreaks(choices: Choices): () => string {
  const style = choices.of("\n", "\n", "\n", "\r\n", "mixed");
  return () => (style === "mixed" ? choices.of("\n", "\r\n") : style);
}
