import type { Annotation } from "./annotations";
import type { Output } from "./system";

/**
 * Prints annotations as workflow commands, which GitHub Actions reads from the log of a step:
 * `::error title=...,file=...,line=...::message`.
 */
export function githubCommands(annotations: readonly Annotation[]): string {
  return annotations
    .map(({ code, level, message, place: { path, line, column } }) => {
      const position = { file: path, line: String(line), ...(column === undefined ? {} : { col: String(column) }) };
      return githubCommand(level, { title: `tracing-sidecar: ${code}`, ...position }, message);
    })
    .join("");
}

/** Prints an error that prevents a report. */
export function githubFailure(message: string): string {
  return githubCommand("error", { title: "tracing-sidecar" }, message);
}

/** Prints a workflow command. */
function githubCommand(name: string, properties: Readonly<Record<string, string>>, message: string): string {
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(value)}`);
  return `::${name} ${list.join()}::${escapeData(message)}\n`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/**
 * Returns an output in whose texts GitHub Actions finds no workflow commands. It reads them from both streams of a step,
 * so a line of the report that starts with the path of a file could otherwise be one. The runner ignores leading space,
 * and accepts the older form `##[name]` anywhere in a line.
 */
export function withoutCommands(output: Output): Output {
  return {
    isTerminal: output.isTerminal,
    columns: output.columns,
    write: (text) =>
      output.write(text.replace(/^\s*::/gm, (start) => `${start.slice(0, -1)} :`).replaceAll("##[", "## [")),
  };
}
