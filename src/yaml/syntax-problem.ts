import type { YAMLException } from "js-yaml";
import { lineStart } from "./ranges";
import { YamlError } from "./yaml-error";

/**
 * Converts js-yaml's exception. Its message contains a snippet of the source, its reason may quote the source, and its
 * position is often after the fault.
 */
export function syntaxError(text: string, { reason, mark }: Pick<YAMLException, "reason" | "mark">): YamlError {
  const offset = Math.min(mark?.position ?? 0, text.length);
  if (reason === badMappingIndentation) return new YamlError(misplacedText(text, offset), offset);
  // The key starts on a line above.
  if (reason === keyOnTwoLines) return new YamlError(missingColon, endOfContentBefore(text, offset));
  return new YamlError(messageFor(reason) ?? reason.replace(/["'].*["']/g, "…"), offset);
}

/** Returns the message for a reason of js-yaml's parser; undefined if the reason isn't known. */
export function messageFor(reason: string): string | undefined {
  return messages.find(([pattern]) => pattern.test(reason))?.[1];
}

const badMappingIndentation = "bad indentation of a mapping entry";
const keyOnTwoLines = "can not read a block mapping entry; a multiline key may not be an implicit key";
const missingColon = "a colon is missing after a key";
const notClosed = "a bracket or brace isn't closed";

/** js-yaml's reasons (`throwError` in its parser), and what is wrong. */
const messages: readonly (readonly [RegExp, string])[] = [
  [/^expected ':' after a mapping key|multiline key may not be an implicit key/, missingColon],
  [/^a whitespace character is expected after the key-value separator/, "a space is missing after a key's colon"],
  [/^bad indentation of a mapping entry/, "a line isn't indented like the other keys of its mapping"],
  [/^bad indentation of a sequence entry/, "a line isn't indented like the other elements of its list"],
  [/^deficient indentation/, "a bracket, brace, or quote isn't closed, or a line within it isn't indented enough"],
  [/^tab characters must not be used in indentation/, "a line is indented with a tab; use spaces"],
  [
    /^end of the stream or a document separator is expected/,
    "a line doesn't continue what precedes it; check its indentation, and that each key is followed by a colon and a space",
  ],
  [/^missed comma between flow collection entries/, "a comma is missing within brackets or braces"],
  [/^expected the node content, but found ','/, "an element is missing before a comma within brackets or braces"],
  [/^unexpected end of the stream within a flow collection/, notClosed],
  [/^unexpected end of the (?:stream|document) within a (?:single|double) quoted scalar/, "a quote isn't closed"],
  [/^expected valid JSON character/, "a quoted string contains a control character that YAML doesn't allow"],
  [/non-printable characters/, "it contains a control character that YAML doesn't allow"],
  [
    /^unknown escape sequence|^expected hexadecimal character/,
    "a backslash in double quotes starts an unknown escape sequence; write \\\\ for a backslash, or use single quotes",
  ],
  [
    /chomping mode identifier|^(?:bad explicit|repeat of an) indentation width|^a line break is expected/,
    "only +, -, and a digit from 1 to 9 can follow | or > on the same line",
  ],
  [/^name of an alias/, "an alias (*) has no name; put text that starts with * in quotes"],
  [/^alias node should not have/, "an alias (*) has an anchor or a tag"],
  [/^name of an anchor/, "an anchor (&) has no name; put text that starts with & in quotes"],
  [/^duplication of an anchor property/, "a value has two anchors"],
  [/^duplication of a tag property/, "a value has two tags"],
  [/^undeclared tag handle/, "a tag (!) has a prefix that no %TAG directive declares"],
  [
    /verbatim tag|^named tag handle|^tag suffix|^tag name/,
    "a tag (!) is invalid; put text that starts with ! in quotes",
  ],
  [/^unacceptable YAML version/, "the %YAML directive has a version other than 1.x"],
  [
    /directive|ill-formed tag|previously declared suffix/,
    "a directive (a line that starts with %) is invalid, or isn't followed by the line ---",
  ],
  [/^nesting exceeded/, "it is nested too deeply"],
  [/^can not read a document/, "it can't be read"],
];

/** Returns why text can't be where it is, in or after a value of a mapping. */
function misplacedText(text: string, offset: number): string {
  const char = text.charAt(offset);
  const before = text.slice(lineStart(text, offset), offset);
  if (char === ":" && /:\s/.test(before))
    return "a value contains a colon followed by a space; put the value in quotes, or start a new line";
  const isInValue = /:\s+$/.test(before);
  if (isInValue && /[@`%]/.test(char)) return `a value can't start with ${char}; put it in quotes`;
  if (isInValue && char === "-") return "a list must start on the line after its key";
  if (isInValue && /[\]}]/.test(char)) return "a closing bracket or brace has no opening one";
  if (/["'] +$/.test(before)) return "text follows a closing quote";
  return "a line isn't indented like the other keys of its mapping, or the key above it already has a value";
}

/** Returns the end of the last line before that of an offset that isn't blank or a comment; 0 if there is none. */
function endOfContentBefore(text: string, offset: number): number {
  for (let end = lineStart(text, offset); end > 0; ) {
    const start = lineStart(text, end - 1);
    const content = text.slice(start, end).trimEnd();
    if (content !== "" && !/^\s*#/.test(content)) return start + content.length;
    end = start;
  }
  return 0;
}
