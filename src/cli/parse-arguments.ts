import { type ParseArgsConfig, parseArgs } from "node:util";
import { nearest } from "../config/did-you-mean";

/** The command line is invalid, or refers to something that doesn't exist. The exit status is then 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  /** @param hint is appended to the message. Pass "" if the message itself shows how to fix the command line. */
  constructor(
    message: string,
    readonly hint = ". See --help.",
  ) {
    super(message);
  }
}

/** The arguments that a command accepts. */
export interface Command {
  /**
   * By their long names, without dashes. `short` is the letter of the short form. `value` describes the value in
   * messages, such as `FILE`; undefined if the option takes no value.
   */
  readonly options: Readonly<Record<string, { readonly short?: string; readonly value?: string }>>;
  /** True if the command accepts arguments that aren't options. */
  readonly positionals: boolean;
  /** Options of other tools, such as `-f`, with what to use instead. */
  readonly alternatives?: Readonly<Record<string, string>>;
}

/** The arguments of a command line. */
export interface ParsedArguments {
  /** By their long names: the value of an option, or true for one that takes no value. */
  readonly options: Readonly<Record<string, string | true>>;
  readonly positionals: readonly string[];
}

/** Returns the value of an option; undefined if the option isn't given or takes no value. */
export function optionText(options: ParsedArguments["options"], name: string): string | undefined {
  const value = options[name];
  return value === true ? undefined : value;
}

/**
 * Parses the arguments of a command.
 *
 * @throws UsageError if an option is unknown, lacks its value, has a value that it doesn't accept, or is given twice
 *   with a value, or if an argument isn't an option and the command accepts only options.
 */
export function parseArguments(args: readonly string[], command: Command): ParsedArguments {
  const { tokens } = parseArgs({
    args: [...args],
    options: parserOptions(command),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const options: Record<string, string | true> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") {
      if (!command.positionals) throw new UsageError(`unexpected argument "${token.value}"`);
      positionals.push(token.value);
    } else if (token.kind === "option") {
      options[token.name] = optionValue(token, command, options[token.name] !== undefined);
    }
  }
  return { options, positionals };
}

/** Returns the options in the form that Node's `parseArgs` expects. */
function parserOptions(command: Command): ParseArgsConfig["options"] {
  return Object.fromEntries(
    Object.entries(command.options).map(([name, { short, value }]) => [
      name,
      { type: value === undefined ? "boolean" : "string", ...(short === undefined ? {} : { short }) },
    ]),
  );
}

/** The fields of a token of `parseArgs` that are used here. */
interface OptionToken {
  readonly name: string;
  /** As the user wrote it: `-c` or `--config`. */
  readonly rawName: string;
  readonly value: string | undefined;
  /** True for `--config=FILE`, false for `--config FILE`. */
  readonly inlineValue: boolean | undefined;
}

function optionValue(token: OptionToken, command: Command, isRepeated: boolean): string | true {
  const { name, rawName, value, inlineValue } = token;
  const option = Object.hasOwn(command.options, name) ? command.options[name] : undefined;
  if (option === undefined) throw unknownOption(rawName, command);
  if (option.value === undefined) {
    if (value !== undefined) throw new UsageError(`${rawName} doesn't accept a value`);
    return true;
  }
  // `parseArgs` accepts the next option as a value: `-c --write`. A single dash is stdin.
  const isMissing = value === undefined || value === "" || (!inlineValue && /^-./.test(value));
  if (isMissing) throw new UsageError(`${rawName} requires a value: ${option.value}`);
  if (isRepeated) throw new UsageError(`${rawName} can be used only once`);
  return value;
}

function unknownOption(rawName: string, { options, alternatives = {} }: Command): UsageError {
  if (Object.hasOwn(alternatives, rawName))
    return new UsageError(`unknown option "${rawName}". ${alternatives[rawName]}`);
  const names = Object.keys(options).map((name) => `--${name}`);
  const suggestion = rawName.startsWith("--") ? nearest(rawName, names) : undefined;
  if (suggestion === undefined) return new UsageError(`unknown option "${rawName}"`);
  return new UsageError(`unknown option "${rawName}"; did you mean "${suggestion}"?`, "");
}
