import { unknownValue } from "../config/did-you-mean";
import { dnsLabel } from "../kube/name-rules";
import { agentTypeNames } from "../plan/agents/index";
import { type Command, optionText, type ParsedArguments, UsageError } from "./parse-arguments";

/*
 * The options of every command. The code that reads an option implements it. The help texts are in help.ts.
 */

/** The command line without a subcommand, which renders manifests. */
export const renderCommand: Command = {
  positionals: true,
  options: {
    config: { short: "c", value: "FILE" },
    write: { short: "w" },
    diff: {},
    check: {},
    remove: {},
    strict: {},
    "keep-going": {},
    "no-prune": {},
    namespace: { short: "n", value: "NAMESPACE" },
    output: { value: "text, json, github, gitlab, or sarif" },
    quiet: { short: "q" },
    color: {},
    "no-color": {},
    help: { short: "h" },
    version: {},
  },
  alternatives: {
    "--dry-run": "To preview the changes, use --diff",
    "--delete": "To remove what was added, use --remove",
    "--in-place": "To change the files, use --write",
    "-i": "To change the files, use --write",
    "--filename": "Pass files and folders without an option",
    "-f": "Pass files and folders without an option",
    "--recursive": "Folders are always read recursively",
    "-R": "Folders are always read recursively",
    "-r": "Folders are always read recursively",
    "-o": "To choose the format of the report, use --output",
    "-v": "To print the version, use --version",
    "-V": "To print the version, use --version",
  },
};

/** The formats of `--output`. All except `text` replace the manifests on stdout with a report. */
const outputFormats = ["text", "json", "github", "gitlab", "sarif"] as const;

export type OutputFormat = (typeof outputFormats)[number];

/** What the options of `renderCommand` ask for. */
export interface RenderOptions {
  /** The path of the configuration. */
  readonly config: string;
  readonly write: boolean;
  readonly diff: boolean;
  readonly check: boolean;
  readonly remove: boolean;
  /** True if warnings are errors, as with `spec.strict`. */
  readonly strict: boolean;
  /** True if an error about an object doesn't prevent the changes of others. */
  readonly keepGoing: boolean;
  /** False if generated objects that are no longer needed are kept. */
  readonly prune: boolean;
  /** Replaces `spec.namespace`. Undefined if it isn't given. */
  readonly namespace: string | undefined;
  readonly output: OutputFormat;
  readonly quiet: boolean;
  /** True for `--color`, false for `--no-color`, undefined for neither. */
  readonly color: boolean | undefined;
}

/**
 * @param defaultConfig the path of the configuration if the options don't name one.
 * @throws UsageError if the options and paths can't be used together, or an option has an invalid value.
 */
export function toRenderOptions(
  { options, positionals: paths }: ParsedArguments,
  defaultConfig: string | undefined,
): RenderOptions {
  const isGiven = (name: string) => options[name] !== undefined;
  const config = optionText(options, "config") ?? defaultConfig;
  const output = outputOption(options);
  const [write, diff, check] = [isGiven("write"), isGiven("diff"), isGiven("check")];
  if (config === undefined)
    throw new UsageError('no configuration. Pass one with -c FILE, or create one with "tracing-sidecar init"');
  if (config === "-") throw new UsageError("the configuration can't be read from stdin. Pass a file with -c");
  if (write && (diff || check)) throw new UsageError("--write can't be used with --diff or --check");
  if (write && paths.includes("-")) throw new UsageError("--write can't be used with stdin. Pass files or folders");
  if (isGiven("color") && isGiven("no-color")) throw new UsageError("--color and --no-color can't be used together");
  if (diff) requireDiffFormat(output, check);
  const color = isGiven("color") ? true : isGiven("no-color") ? false : undefined;
  return {
    config,
    write,
    diff,
    check,
    color,
    remove: isGiven("remove"),
    strict: isGiven("strict"),
    keepGoing: isGiven("keep-going"),
    prune: !isGiven("no-prune"),
    namespace: namespaceOption(options),
    output,
    quiet: isGiven("quiet"),
  };
}

/** @throws UsageError if the format can't contain a diff. In SARIF, it belongs to the error about a file that isn't up to date. */
function requireDiffFormat(output: OutputFormat, check: boolean): void {
  if (output === "github" || output === "gitlab")
    throw new UsageError(`--diff can't be used with --output ${output}. Use --output text, json, or sarif`);
  if (output === "sarif" && !check) throw new UsageError("--diff requires --check with --output sarif");
}

/** @throws UsageError if the value isn't the name of a format. */
function outputOption(options: ParsedArguments["options"]): OutputFormat {
  const output = optionText(options, "output") ?? "text";
  const format = outputFormats.find((name) => name === output);
  if (format !== undefined) return format;
  const suggestion = unknownValue("output format", output, outputFormats);
  if (suggestion !== undefined) throw new UsageError(suggestion, "");
  throw new UsageError(`--output must be ${renderCommand.options["output"]?.value}, not "${output}"`);
}

/** @throws UsageError if the value isn't the name of a namespace. */
function namespaceOption(options: ParsedArguments["options"]): string | undefined {
  const namespace = optionText(options, "namespace");
  return namespace === undefined ? undefined : requireNamespaceName("--namespace", namespace);
}

/**
 * @param source the option or variable that has the value, for the message.
 * @throws UsageError if the value isn't the name of a namespace.
 */
export function requireNamespaceName(source: string, value: string): string {
  if (!dnsLabel.matches(value)) throw new UsageError(`${source} must be a valid namespace name, not "${value}"`);
  return value;
}

/** The options of `init`. */
export const initCommand: Command = {
  positionals: true,
  options: {
    name: { value: "NAME" },
    collector: { value: "HOST:PORT" },
    agent: { value: agentTypeNames.join(" or ") },
    issuer: { value: "NAME or KIND/NAME" },
    selector: { value: "LABELS" },
    namespace: { value: "NAMESPACE" },
    "pod-monitor": {},
    schema: { value: "PATH" },
    output: { short: "o", value: "FILE" },
    force: {},
    help: { short: "h" },
  },
};

/** The options of `completion`, `explain`, `help`, `schema`, and `version`. */
export const plainCommand: Command = { positionals: true, options: { help: { short: "h" } } };
