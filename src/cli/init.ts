import { parseIssuer } from "../config/parse-issuer";
import { parseLabelSelector } from "../config/parse-label-selector";
import { oneLine } from "../krm/escape-line";
import { InputError, parseObject } from "../krm/item";
import { type Finding, hasError, isProblem } from "../kube/finding";
import type { KrmObject } from "../kube/object";
import { parseInOrder } from "../pipeline/parse-together";
import { readFunctionConfig } from "../pipeline/run";
import { agentTypeNames, agentTypeOf, isAgentTypeName } from "../plan/agents/index";
import { parse } from "../yaml/parse";
import { toValue } from "../yaml/to-value";
import type { Mapping } from "../yaml/value";
import { type Detected, detect } from "./init-detect";
import { endpointChoices, type InitOptions, renderConfig } from "./init-template";
import { optionText, type ParsedArguments, UsageError } from "./parse-arguments";
import { Progress } from "./progress";
import { type ReadResult, readManifests } from "./read-files";
import { reasonOf, type System } from "./system";

/**
 * The subcommand `init`: creates a configuration from options and manifests. Writes it to stdout, or to the file of
 * `--output`.
 *
 * @returns the exit status.
 * @throws InputError if a named file or stdin can't be read.
 * @throws UsageError if an option or a path is invalid, or the file already exists without `--force`.
 */
export function init({ options, positionals: paths }: ParsedArguments, system: System): number {
  const { stdout, stderr, files } = system;
  const initOptions = toInitOptions(options);
  const output = optionText(options, "output");
  const exists = output !== undefined && files.kindOf(output) !== undefined;
  if (exists && !options["force"]) throw new UsageError(`"${output}" already exists. Use --force to replace it.`, "");

  const progress = new Progress(stderr, stderr.isTerminal);
  const read: ReadResult =
    paths.length === 0
      ? { manifests: [], skipped: [], notices: [] }
      : readManifests(paths, undefined, system, progress);
  progress.end();
  const unreadable = read.skipped.find(({ severity }) => severity === "error");
  if (unreadable !== undefined) throw new InputError(unreadable.reason);
  for (const { reason, severity } of read.skipped)
    if (severity === "warning") stderr.write(`warning: Skipped: ${oneLine(reason)}.\n`);
  const { text, warnings } = createConfig(initOptions, detect(objectsIn(read)));
  for (const { message } of warnings) stderr.write(`warning: ${message}\n`);
  if (output === undefined) {
    stdout.write(text);
    return 0;
  }
  try {
    if (exists) files.replace(output, text);
    else files.create(output, text);
  } catch (error) {
    stderr.write(`error: can't write "${output}": ${reasonOf(error)}.\n`);
    return 1;
  }
  const pathArguments = paths.length === 0 ? "FILE|FOLDER" : paths.join(" ");
  stderr.write(`Wrote ${output}. To preview its changes, run: tracing-sidecar -c ${output} --diff ${pathArguments}\n`);
  return 0;
}

function toInitOptions(options: ParsedArguments["options"]): InitOptions {
  const text = (name: string) => optionText(options, name);
  const collector = text("collector");
  const agent = text("agent");
  const issuer = text("issuer");
  const selector = text("selector");
  const namespace = text("namespace");
  if (agent !== undefined && !isAgentTypeName(agent))
    throw new UsageError(`--agent must be ${agentTypeNames.map((name) => `"${name}"`).join(" or ")}, not "${agent}"`);
  const schema = text("schema") ?? "tracing.schema.json";
  if (oneLine(schema) !== schema)
    throw new UsageError("--schema must be a path without line breaks or other control characters");
  return {
    name: text("name") ?? "tracing",
    schema,
    podMonitor: options["pod-monitor"] === true,
    ...(collector === undefined ? {} : { collector }),
    ...(agent === undefined ? {} : { agent }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(selector === undefined ? {} : { selector: parseSelector(selector) }),
    ...(issuer === undefined ? {} : { issuer: parseIssuerOption(issuer) }),
  };
}

function parseSelector(text: string): Mapping {
  const selector = parseLabelSelector(text);
  if ("unreadable" in selector)
    throw new UsageError(
      `--selector must be a label selector as in kubectl, such as tier=front,tracing, not "${text}"`,
    );
  return selector;
}

/** Parses `KIND/NAME`, or `NAME`, which is a ClusterIssuer. */
function parseIssuerOption(text: string): Mapping {
  const issuer = parseIssuer(text);
  if (issuer === undefined)
    throw new UsageError(`--issuer must be NAME or KIND/NAME, such as Issuer/my-private-ca, not "${text}"`);
  return { name: issuer.name, kind: issuer.kind ?? "ClusterIssuer" };
}

function objectsIn({ manifests }: ReadResult): KrmObject[] {
  return manifests.flatMap(({ items }) => parseInOrder(items).map(parseObject));
}

/**
 * Creates the configuration with the first endpoint that the agent accepts.
 *
 * @throws UsageError if the configuration is invalid. Only the options can cause this.
 */
function createConfig(options: InitOptions, detected: Detected) {
  const candidates = endpointChoices(options, detected).map((choice) => {
    const text = renderConfig(options, detected, choice);
    return { text, problems: problemsIn(text) };
  });
  const isAccepted = ({ problems }: (typeof candidates)[number]) => problems.length === 0;
  const { text = "", problems = [] } = candidates.find(isAccepted) ?? candidates[0] ?? {};
  if (hasError(problems)) {
    const messages = problems.map(({ message }) => message.replace(/\.$/, ""));
    throw new UsageError(messages.join("; "));
  }
  return { text, warnings: problems };
}

/** Returns the errors in a configuration, and the errors and warnings about its endpoint. */
function problemsIn(text: string): readonly Finding[] {
  const node = parse(text);
  const config = readFunctionConfig(node && toValue(node));
  if ("findings" in config) return config.findings;
  return "sidecar" in config ? agentTypeOf(config.sidecar).checkEndpoint(config.sidecar).filter(isProblem) : [];
}
