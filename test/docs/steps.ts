import { blocks, commandsOf } from "./support";

/*
 * Commands of a document, with the output that it shows for them.
 */

/** The commands of a shell block. */
export interface Step {
  readonly commands: readonly string[];
  /** The text block that follows it. Undefined if there is none before the next shell block. */
  readonly output?: string;
}

/** Returns the shell blocks of a document. */
export function stepsOf(document: string): Step[] {
  const [, ...parts] = document.split(/^(?=```sh$)/m);
  return parts.map((part) => {
    const [output] = blocks(part, "text");
    return { commands: commandsOf(part), ...(output === undefined ? {} : { output }) };
  });
}

/**
 * Returns a regular expression for outputs that a text block shows. In the block, `...` stands for any text in a line, and
 * a line `...` for any number of lines. The number of spaces doesn't matter, and the last line break can be missing.
 */
export function patternOf(output: string): RegExp {
  const lines = output.split(/(?<=\n)/).map((line) => {
    if (line === "...\n") return "(?:.*\\n)*";
    const parts = line.trimEnd().split("...");
    return `${parts.map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&").replace(/ +/g, " +")).join(".*")} *\\n`;
  });
  return new RegExp(`^${lines.join("")}?$`);
}
