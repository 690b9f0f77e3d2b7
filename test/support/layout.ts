import type { Choices } from "./choices";
import {
  blockScalar,
  canBeFolded,
  canBeLiteral,
  canBePlain,
  canBeSingleQuoted,
  doubleQuoted,
  folded,
  singleQuoted,
} from "./scalar-layout";
import { entriesOf, isTreeMapping, plain, type Tree, type TreeMapping, Written } from "./tree";

/** What a layout may use beyond indentation, comments, quotes and block scalars. None of it changes the value. */
export interface LayoutOptions {
  /** Flow collections. */
  readonly flow?: boolean;
  /** Aliases and merge keys instead of data that already has an anchor. */
  readonly aliases?: boolean;
  /** Duplicate keys, of which the last one counts. */
  readonly shadows?: boolean;
  /** Rarely used syntax. */
  readonly quirks?: readonly Quirk[];
}

/** Rarely used syntax. */
export type Quirk =
  /** `? key`, and `: value` on the next line. */
  | "explicit-key"
  /** `!!str`, `!!map`, `!!seq`. */
  | "tag"
  /** `[a: b]` for a list of one mapping. */
  | "pair"
  /** A colon with nothing after it. */
  | "empty-value"
  /** A dash with nothing after it. */
  | "empty-element"
  /** `{a: }` and `{a: , b: c}`. */
  | "empty-flow-value"
  /** `{a, b: c}`. */
  | "key-alone"
  /** Lines of flow collections and quoted scalars that aren't indented further than their key. js-yaml doesn't read them. */
  | "shallow";

/** All quirks. */
export const quirks: readonly Quirk[] = [
  "explicit-key",
  "tag",
  "pair",
  "empty-value",
  "empty-element",
  "empty-flow-value",
  "key-alone",
  "shallow",
];

const comments = [
  "# comment",
  "#",
  "# - name: commented-out",
  "# key: value",
  "#'",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a setter of kpt
  "# kpt-set: ${image}",
  '# é "',
  "#[{",
];

/** Writes trees as YAML text, in a random style. Lines end with LF. */
export class Layout {
  readonly #choices: Choices;
  readonly #options: LayoutOptions;
  readonly #indent: number;
  readonly #sequenceIndent: number;
  readonly #dashWidth: number;
  readonly #commentRate: number;
  readonly #quirks: readonly Quirk[];
  /** Data that has an anchor, by its `keyOf`. */
  readonly #anchors = new Map<string, { name: string; tree: Tree }>();
  #anchorCount = 0;
  /** The minimum indentation of lines within flow collections and quoted scalars. */
  #leastIndent = 0;
  /** Set if the text so far ends with a block scalar: the column of its lines, and whether it keeps line breaks (`+`). */
  #openScalar: { readonly column: number; readonly keep: boolean } | undefined;

  constructor(choices: Choices, options: LayoutOptions = {}) {
    this.#choices = choices;
    this.#options = options;
    this.#indent = choices.of(2, 2, 4, 0);
    this.#sequenceIndent = choices.of(0, 2, 4, -1);
    this.#dashWidth = choices.of(2, 2, 4, 0);
    this.#commentRate = choices.of(0, 5, 20);
    this.#quirks = (options.quirks ?? []).filter(() => choices.chance(40));
  }

  /** Reports whether the text so far ends with a block scalar. The line break after it is part of its value. */
  get endsWithBlockScalar(): boolean {
    return this.#openScalar !== undefined;
  }

  /** Writes an element of a block list, with its dash at `column`. All of its lines are indented further. */
  element(tree: Tree, column: number): string {
    this.#leastIndent = column + 1;
    return this.#element(tree, column);
  }

  #element(tree: Tree, column: number): string {
    return `-${this.#valueAfter(tree, column, true)}`;
  }

  /** Writes an entry of a block mapping, with its key at `column`. */
  entry(key: string, tree: Tree, column: number): string {
    const written = tree instanceof Merge ? "<<" : this.#key(key, false);
    if (this.#quirk("explicit-key") && this.#choices.chance(4)) {
      return `?${this.#choices.of(" ", "  ")}${written}${this.#rest()}\n${this.gap(column)}${pad(column)}:${this.#valueAfter(tree, column, false)}`;
    }
    return `${written}${this.#choices.chance(2) ? " " : ""}:${this.#valueAfter(tree, column, false)}`;
  }

  /** Writes the colon and value of a block mapping's entry whose key is at `column`. */
  value(tree: Tree, column: number): string {
    return `:${this.#valueAfter(tree, column, false)}`;
  }

  /** Writes blank lines and comments, at any indentation, between two lines of block style; or nothing. */
  gap(column: number): string {
    if (!this.#choices.chance(this.#commentRate)) return "";
    let text = "";
    for (let lines = 1 + this.#choices.upTo(2); lines > 0; lines--) text += this.#gapLine(column, text === "");
    return text;
  }

  #gapLine(column: number, isFirst: boolean): string {
    const scalar = this.#openScalar;
    if (this.#choices.chance(30)) {
      // After a block scalar that keeps its line breaks, a blank line would become part of its value.
      if (scalar?.keep && isFirst) return "";
      return scalar === undefined && this.#choices.chance(20) ? "  \n" : "\n";
    }
    const indent = this.#choices.of(column, column, column + 2, 0, this.#choices.upTo(column + 6));
    return `${pad(scalar === undefined ? indent : Math.min(indent, scalar.column - 1))}${this.#comment()}\n`;
  }

  /** Writes a scalar or collection in flow style, on one or more lines that are indented by more than `column`. */
  flow(tree: Tree, column: number): string {
    return this.#flow(tree, this.#flowStyle(column));
  }

  #flowStyle(column: number): FlowStyle {
    const broken = this.#choices.chance(15);
    const json = this.#choices.chance(20);
    return { column, broken, json };
  }

  /** Writes a block mapping or list, without the indentation of its first line. */
  block(tree: TreeMapping | readonly Tree[], column: number): string {
    const parts = isTreeMapping(tree)
      ? this.#written(tree).map(
          ([key, value]) =>
            () =>
              this.entry(key, value, column),
        )
      : tree.map((element) => () => this.#element(element, column));
    return parts.map((part, i) => (i === 0 ? "" : `\n${this.gap(column)}${pad(column)}`) + part()).join("");
  }

  #valueAfter(tree: Tree, column: number, dash: boolean): string {
    this.#openScalar = undefined;
    const alias = tree instanceof Merge ? tree.text : this.#alias(tree);
    if (alias !== undefined) return ` ${alias}${this.#rest()}`;
    const { properties, name } = this.#properties(tree);
    const text = isFilled(tree)
      ? this.#collection(tree, column, dash, properties)
      : this.#scalarAfter(tree, column, dash, properties);
    this.#define(name, tree);
    return text;
  }

  #collection(tree: TreeMapping | readonly Tree[], column: number, dash: boolean, properties: string): string {
    if (this.#options.flow && this.#choices.chance(12)) {
      return `${properties} ${this.#flowCollection(tree, this.#flowStyle(column))}${this.#rest()}`;
    }
    if (dash && properties === "" && !this.#choices.chance(isTreeMapping(tree) ? 6 : 30)) {
      const spaces = pad((this.#dashWidth || 2 + this.#choices.upTo(3)) - 1);
      return spaces + this.block(tree, column + 1 + spaces.length);
    }
    const least = isTreeMapping(tree) || dash ? 1 : 0;
    const preferred = isTreeMapping(tree) ? this.#indent : this.#sequenceIndent;
    const isRandom = isTreeMapping(tree) ? preferred === 0 : preferred < 0;
    const below = column + Math.max(least, isRandom ? this.#choices.upTo(4) : preferred);
    return `${properties}${this.#rest(dash)}\n${this.gap(below)}${pad(below)}${this.block(tree, below)}`;
  }

  #scalarAfter(tree: Tree, column: number, dash: boolean, properties: string): string {
    const deeper = () => pad(column + 1 + this.#choices.upTo(5));
    const canBeEmpty = this.#quirk(dash ? "empty-element" : "empty-value");
    if (tree === null && canBeEmpty && this.#choices.chance(60)) return properties + this.#rest(dash);
    const tagged = properties.endsWith("!!str");
    if (typeof tree === "string" && canBeLiteral(tree)) {
      if (tree.includes("\n") ? !this.#choices.chance(15) : this.#choices.chance(3)) {
        const fold = canBeFolded(tree) && this.#choices.chance(40);
        return `${properties} ${this.#blockScalar(tree, fold, column)}`;
      }
    }
    const written = this.#scalar(tree, false, tagged);
    const indent = () => (/^["']/.test(written) ? this.#lineIndent(column) : deeper());
    const text =
      typeof tree === "string" && this.#choices.chance(10) ? folded(written, indent, this.#choices) : written;
    const space =
      this.#choices.chance(4) && text !== ""
        ? `${this.#rest(dash)}\n${deeper()}`
        : this.#choices.of(" ", " ", " ", "  ");
    return properties + space + text + this.#rest();
  }

  /** Returns the indentation of a line within a flow collection or quoted scalar whose key is at `column`. */
  #lineIndent(column: number): string {
    const least = this.#quirk("shallow") ? this.#leastIndent : column + 1;
    return pad(least + this.#choices.upTo(column + 4 - least));
  }

  #blockScalar(value: string, fold: boolean, column: number): string {
    const indent = this.#indent || 1 + this.#choices.upTo(4);
    const { header, lines, keep } = blockScalar(value, fold, indent, this.#choices);
    const rest = this.#rest();
    this.#openScalar = { column: column + indent, keep };
    return `${header}${rest}\n${lines.map((line) => (line === "" ? "" : pad(column + indent) + line)).join("\n")}`;
  }

  #scalar(tree: Tree, inFlow: boolean, tagged: boolean): string {
    if (tree instanceof Written) return tree.text;
    if (tree === null) return this.#choices.of("null", "~", "Null", "NULL");
    if (tree === true) return this.#choices.of("true", "true", "true", "True", "TRUE");
    if (tree === false) return this.#choices.of("false", "false", "false", "False", "FALSE");
    if (typeof tree === "number") return numberText(tree);
    if (typeof tree === "string") return this.#string(tree, inFlow, tagged);
    const gap = this.#choices.chance(10) ? " " : "";
    return Array.isArray(tree) ? `[${gap}]` : `{${gap}}`;
  }

  #string(value: string, inFlow: boolean, tagged: boolean): string {
    const style = this.#choices.upTo(9);
    if (style < 7 && (canBePlain(value, inFlow) || (tagged && /^\w+$/.test(value)))) return value;
    return style % 2 === 0 && canBeSingleQuoted(value) ? singleQuoted(value) : doubleQuoted(value, this.#choices);
  }

  #key(key: string, inFlow: boolean): string {
    const plain = canBePlain(key, inFlow) || /^[1-9][0-9]{0,4}$/.test(key);
    if (plain && !this.#choices.chance(5)) return key;
    return canBeSingleQuoted(key) && this.#choices.chance(30) ? singleQuoted(key) : doubleQuoted(key, this.#choices);
  }

  #flow(tree: Tree, style: FlowStyle): string {
    const alias = tree instanceof Merge ? tree.text : style.json ? undefined : this.#alias(tree);
    if (alias !== undefined) return alias;
    const { properties, name } = style.json ? noProperties : this.#properties(tree);
    const lead = properties === "" ? "" : `${properties.trimStart()} `;
    const text = isFilled(tree) ? this.#flowCollection(tree, style) : this.#flowScalar(tree, style.json, properties);
    this.#define(name, tree);
    return lead + text;
  }

  #flowScalar(tree: Tree, json: boolean, properties: string): string {
    if (json && !(tree instanceof Written)) return JSON.stringify(tree);
    return this.#scalar(tree, true, properties.endsWith("!!str"));
  }

  #flowCollection(tree: TreeMapping | readonly Tree[], style: FlowStyle): string {
    const { column, broken, json } = style;
    const line = () => `\n${this.#lineIndent(column)}`;
    const inner = this.#choices.chance(15) ? " " : "";
    const parts = isTreeMapping(tree)
      ? this.#written(tree).map(([key, value]) => this.#flowEntry(key, value, style))
      : tree.map((element) => this.#flowElement(element, style));
    const separator = () => (broken ? `,${this.#rest()}${line()}` : this.#choices.of(", ", ", ", ","));
    const joined = parts
      .map((part, i) => (i === 0 ? part : separatorBefore(separator(), parts[i - 1] as string) + part))
      .join("");
    const last = parts.at(-1) as string;
    const trailing = !json && this.#choices.chance(8) ? separatorBefore(",", last) : separatorBefore("", last);
    const [open, close] = isTreeMapping(tree) ? "{}" : "[]";
    return broken
      ? `${open}${line()}${joined}${trailing}${line()}${close}`
      : `${open}${inner}${joined}${trailing}${inner}${close}`;
  }

  #flowElement(element: Tree, style: FlowStyle): string {
    const pair = this.#quirk("pair") && !style.json && isTreeMapping(element) ? entriesOf(element) : [];
    const [key, value] = pair[0] ?? [];
    if (key !== undefined && value !== undefined && pair.length === 1 && this.#choices.chance(30)) {
      return `${this.#choices.of("", "? ")}${this.#key(key, true)}: ${this.#flow(value, style)}`;
    }
    return this.#flow(element, style);
  }

  #flowEntry(key: string, value: Tree, style: FlowStyle): string {
    const { json } = style;
    const written = value instanceof Merge ? "<<" : json ? JSON.stringify(key) : this.#key(key, true);
    if (value === null && !json && this.#choices.chance(30)) {
      if (this.#quirk("key-alone") && this.#choices.chance(50)) return written;
      if (this.#quirk("empty-flow-value")) return `${written}:`;
    }
    const space = written.endsWith('"') && this.#choices.chance(40) ? "" : " ";
    return `${written}:${space}${this.#flow(value, style)}`;
  }

  /** Returns a mapping's entries in random order, with some replaced by a merge key and some duplicated. */
  #written(tree: TreeMapping): [string, Tree][] {
    let entries = entriesOf(tree);
    if (this.#choices.chance(10)) entries.reverse();
    if (this.#choices.chance(10)) entries.push(...entries.splice(0, this.#choices.upTo(entries.length)));
    if (this.#options.aliases && this.#choices.chance(30)) {
      const source = [...this.#anchors.values()].find((candidate) => isPart(candidate.tree, tree));
      if (source !== undefined) {
        const merged = Object.keys(source.tree as TreeMapping);
        entries = entries.filter(([key]) => !merged.includes(key));
        entries.splice(this.#choices.upTo(entries.length), 0, ["<<", new Merge(`*${source.name}`, null)]);
      }
    }
    if (
      this.#options.shadows &&
      this.#choices.chance(3) &&
      entries[0] !== undefined &&
      !(entries[0][1] instanceof Merge)
    ) {
      entries.unshift([entries[0][0], this.#choices.of<Tree>("shadowed", null, ["shadowed"], [[]])]);
    }
    return entries;
  }

  #alias(tree: Tree): string | undefined {
    if (!this.#options.aliases || this.#anchors.size === 0) return undefined;
    const known = this.#anchors.get(keyOf(tree));
    return known !== undefined && this.#choices.chance(60) ? `*${known.name}` : undefined;
  }

  #properties(tree: Tree): { readonly properties: string; readonly name?: string } {
    // The value of a merge key is written without tag or anchor.
    if (tree instanceof Merge) return noProperties;
    const tag = this.#quirk("tag") && this.#choices.chance(4) ? tagOf(tree) : "";
    const anchors = this.#options.aliases ? (isTreeMapping(tree) ? 30 : 12) : 1;
    if (!this.#choices.chance(anchors)) return { properties: tag };
    const name = `a${++this.#anchorCount}`;
    return { properties: this.#choices.chance(50) ? `${tag} &${name}` : ` &${name}${tag}`, name };
  }

  #define(name: string | undefined, tree: Tree): void {
    if (name !== undefined) this.#anchors.set(keyOf(tree), { name, tree });
  }

  #quirk(quirk: Quirk): boolean {
    return this.#quirks.includes(quirk);
  }

  /** Writes the end of a line: nothing, spaces, or a comment. */
  #rest(afterDash = false): string {
    if (this.#choices.chance(this.#commentRate / 2)) {
      // go-yaml doesn't accept a tab after a dash.
      return (afterDash ? " " : this.#choices.of(" ", "   ", "\t")) + this.#comment();
    }
    return this.#choices.chance(2) ? "  " : "";
  }

  #comment(): string {
    return comments[this.#choices.upTo(comments.length - 1)] as string;
  }
}

/** How a collection is written in flow style. */
interface FlowStyle {
  /** All lines after the first are indented by more than this, except with the quirk `shallow`. */
  readonly column: number;
  /** True if each element is on a line of its own. */
  readonly broken: boolean;
  /** True if it is written as JSON. */
  readonly json: boolean;
}

/** The value of a merge key: an alias. */
class Merge extends Written {}

const noProperties: { readonly properties: string; readonly name?: string } = { properties: "" };

function pad(column: number): string {
  return " ".repeat(column);
}

function isFilled(tree: Tree): tree is TreeMapping | readonly Tree[] {
  return Array.isArray(tree) ? tree.length > 0 : isTreeMapping(tree) && entriesOf(tree).length > 0;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  return Number.isFinite(value) ? String(value) : value > 0 ? ".inf" : "-.inf";
}

/** Adds a space if needed: a comma directly after an alias or a key without a value would be read as part of it. */
function separatorBefore(separator: string, part: string): string {
  return /(?:\*\w+|:)$/.test(part) ? ` ${separator}` : separator;
}

function tagOf(tree: Tree): string {
  if (tree instanceof Written) return "";
  if (Array.isArray(tree)) return " !!seq";
  if (isTreeMapping(tree)) return " !!map";
  return typeof tree === "string" ? " !!str" : "";
}

/** Returns a string that is equal for equal data. A scalar's spelling doesn't matter. */
function keyOf(tree: Tree): string {
  return JSON.stringify(plain(tree), (_, value) => (typeof value === "number" ? `#${value}` : value));
}

/** Reports whether a mapping has all entries of `part`, and others too. */
function isPart(part: Tree, whole: TreeMapping): boolean {
  if (!isFilled(part) || !isTreeMapping(part)) return false;
  const entries = entriesOf(part);
  return (
    entries.length < entriesOf(whole).length &&
    entries.every(([key, value]) => whole[key] !== undefined && keyOf(whole[key] as Tree) === keyOf(value))
  );
}
