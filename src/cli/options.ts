import { type ParseArgsConfig, parseArgs } from "node:util";
import { nearest } from "../config/did-you-mean";

/** The command line is not one that the program knows, or names what is not there. Ends with status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  /** @param hint what follows the message, where it does not say itself what would be right. */
  constructor(
    message: string,
    readonly hint = "; --help tells more",
  ) {
    super(message);
  }
}

/** The options of a command; `FILE` and the like stand for a value in messages. */
export interface Command {
  readonly options: Readonly<Record<string, { readonly short?: string; readonly value?: string }>>;
  readonly positionals: boolean;
}

/** What was given: a value, or true for an option that takes none. */
export interface Given {
  readonly options: Readonly<Record<string, string | true>>;
  readonly positionals: readonly string[];
}

/** @throws UsageError where an option is unknown, lacks its value, or is given twice with a value. */
export function readOptions(args: readonly string[], command: Command): Given {
  const known = Object.entries(command.options);
  const options: ParseArgsConfig["options"] = Object.fromEntries(
    known.map(([name, { short, value }]) => [
      name,
      { type: value === undefined ? "boolean" : "string", ...(short === undefined ? {} : { short }) },
    ]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true, allowPositionals: true });
  const given: Record<string, string | true> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (!command.positionals) throw new UsageError(`"${token.value}" is not expected here`);
      positionals.push(token.value);
    } else if (token.kind === "option") {
      const { name, rawName, value } = token;
      const option = command.options[name];
      if (option === undefined) throw unknown(rawName, command);
      if (option.value === undefined) {
        if (value !== undefined) throw new UsageError(`${rawName} takes no value`);
        given[name] = true;
      } else {
        const isMissing = value === undefined || value === "" || (!token.inlineValue && /^-./.test(value));
        if (isMissing) throw new UsageError(`${rawName} must be followed by ${option.value}`);
        if (given[name] !== undefined) throw new UsageError(`${rawName} must be given once`);
        given[name] = value;
      }
    }
  }
  return { options: given, positionals };
}

function unknown(rawName: string, { options }: Command): UsageError {
  const names = Object.keys(options).map((name) => `--${name}`);
  const near = rawName.startsWith("--") ? nearest(rawName, names) : undefined;
  if (near === undefined) return new UsageError(`unknown option "${rawName}"`);
  return new UsageError(`unknown option "${rawName}"; did you mean "${near}"?`, "");
}
