import { dirname } from "node:path";
import { parseIssuer } from "../config/parse-issuer";
import { parseLabelSelector } from "../config/parse-label-selector";
import { oneLine } from "../krm/escape-line";
import { InputError, parseObject } from "../krm/item";
import { type Finding, findingText, hasError, isProblem } from "../kube/finding";
import type { KrmObject } from "../kube/object";
import { parseInOrder } from "../pipeline/parse-together";
import { readFunctionConfig } from "../pipeline/run";
import { agentTypeNames, agentTypeOf, isAgentTypeName } from "../plan/agents/index";
import { parse } from "../yaml/parse";
import { toValue } from "../yaml/to-value";
import type { Mapping } from "../yaml/value";
import { type Destination, findDestination, hostAdvice } from "./init-destination";
import { type Detected, detect } from "./init-detect";
import { endpointChoices, type InitOptions, isNamespaceMissing, renderConfig } from "./init-template";
import { optionText, type ParsedArguments, UsageError } from "./parse-arguments";
import { placeText } from "./positions";
import { Progress } from "./progress";
import { type ReadResult, readManifests } from "./read-files";
import { brokenLink, type FileSystem, reasonOf, type System } from "./system";
import { pathWord } from "./write-command";

/**
 * The subcommand `init`: creates a configuration from options and manifests. Writes it to stdout, or to the file of
 * `--output`, which is stdout if it is `-`.
 *
 * @returns the exit status.
 * @throws InputError if a named file or stdin can't be read.
 * @throws UsageError if an option or a path is invalid, the file can't be created, or it already exists without `--force`.
 */
export function init({ options, positionals: paths }: ParsedArguments, system: System): number {
  const initOptions = toInitOptions(options);
  const target = optionText(options, "output");
  const output = target === "-" ? undefined : target;
  const exists = output !== undefined && isFile(output, system.files);
  if (exists && !options["force"]) throw new UsageError(`"${output}" already exists. Use --force to replace it.`, "");

  const destination = findDestination(output, paths, system.files);
  const read = readSources(paths, destination, system);
  const config = createConfig(initOptions, detect(objectsIn(read)), destination);
  const { stdout, stderr, files } = system;
  const print = (lines: readonly string[]) => {
    for (const line of lines) stderr.write(`${oneLine(line)}\n`);
  };
  print(problemLines(read, config, destination));
  const advice = hostAdvice(destination, output, files);
  if (output === undefined) {
    stdout.write(config.text);
    print(advice);
    return 0;
  }
  try {
    if (exists) files.replace(output, config.text);
    else files.create(output, config.text);
  } catch (error) {
    print([`error: can't write "${output}": ${reasonOf(error)}.`]);
    return 1;
  }
  const preview =
    config.missing.length === 0 ? "To preview its changes" : "To preview its changes after you set what is missing";
  print([`Wrote ${output}.`, ...advice, `${preview}${previewCommand(output, paths, destination)}`]);
  return 0;
}

/**
 * Reports whether the output is a file that exists.
 *
 * @throws UsageError if it is something else, such as a folder or a device, or if no file can be there.
 */
function isFile(output: string, files: FileSystem): boolean {
  const folder = dirname(output);
  const refuse = (reason: string): never => {
    throw new UsageError(`can't write "${output}": ${reason}`, "");
  };
  const kindOf = (path: string) => {
    try {
      return files.kindOf(path);
    } catch (error) {
      return refuse(reasonOf(error));
    }
  };
  const folderKind = kindOf(folder);
  if (folderKind === undefined) refuse(`the folder "${folder}" doesn't exist`);
  if (folderKind !== "folder") refuse(`"${folder}" isn't a folder`);
  const kind = kindOf(output);
  if (kind !== undefined && kind !== "file") refuse(reasonsNotToReplace[kind]);
  return kind === "file";
}

const notRegular = "it isn't a regular file. To print the configuration, use --output -";
const reasonsNotToReplace = {
  folder: "it is a folder",
  link: `it is ${brokenLink}`,
  pipe: notRegular,
  other: notRegular,
};

/**
 * Reads the manifests on the command line, and those that the kustomization builds.
 *
 * @throws InputError if a named file or stdin can't be read.
 */
function readSources(paths: readonly string[], { kustomization }: Destination, system: System): ReadResult {
  if (paths.length === 0) return { manifests: [], skipped: [], notices: [] };
  const progress = new Progress(system.stderr, system.stderr.isTerminal);
  const read = readManifests([...paths, ...(kustomization?.resources ?? [])], undefined, system, progress);
  progress.end();
  const unreadable = read.skipped.find(({ severity }) => severity === "error");
  if (unreadable !== undefined) throw new InputError(`${placeText(unreadable)}: ${unreadable.reason}`);
  return read;
}

/** Returns what was skipped, and what is wrong with the configuration or missing in it. */
function problemLines({ skipped, notices }: ReadResult, config: CreatedConfig, destination: Destination) {
  const { kustomization, kptfile } = destination;
  return [
    ...(kptfile?.problem === undefined ? [] : [`warning: ${kptfile.problem}.`]),
    ...skipped
      .filter(({ severity }) => severity === "warning")
      .map((file) => `warning: ${placeText(file)}: Skipped: ${file.reason}.`),
    ...config.warnings.map((warning) => `warning: ${findingText(warning, undefined)}`),
    ...config.missing.map((missing) => `notice: ${missing}`),
    ...(kustomization === undefined ? notices.map(({ message }) => `notice: ${message}.`) : []),
  ];
}

/** Returns the end of a sentence that says how to preview the changes. */
function previewCommand(output: string, paths: readonly string[], { kustomization }: Destination): string {
  if (kustomization !== undefined)
    return `, run: kubectl kustomize --enable-alpha-plugins ${pathWord(dirname(kustomization.path))}`;
  const how = paths.includes("-") ? ", pipe the same manifests to" : ", run";
  return `${how}: tracing-sidecar -c ${pathWord(output)} --diff ${paths.length === 0 ? "FILE|FOLDER" : paths.map(pathWord).join(" ")}`;
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
  const schema = text("schema");
  if (schema !== undefined && oneLine(schema) !== schema)
    throw new UsageError("--schema must be a path without line breaks or other control characters");
  return {
    name: text("name") ?? "tracing",
    podMonitor: options["pod-monitor"] === true,
    ...(schema === undefined ? {} : { schema }),
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

/** A configuration that was created. */
interface CreatedConfig {
  readonly text: string;
  readonly warnings: readonly Finding[];
  /** A sentence for each field that has to be filled in. */
  readonly missing: readonly string[];
}

/**
 * Creates the configuration with the first endpoint that the agent accepts.
 *
 * @throws UsageError if the configuration is invalid. Only the options can cause this.
 */
function createConfig(options: InitOptions, detected: Detected, destination: Destination): CreatedConfig {
  const candidates = endpointChoices(options, detected).map((choice) => {
    const text = renderConfig(options, detected, destination, choice);
    const hasEndpoint = choice.endpoint !== undefined;
    const missing = [
      ...(hasEndpoint ? [] : ["The collector's address is missing. Set spec.collector.endpoint in the configuration."]),
      ...(isNamespaceMissing(options, detected, destination, choice)
        ? ["The manifests don't name the namespace of every workload. Set spec.namespace in the configuration."]
        : []),
    ];
    return { text, missing, problems: problemsIn(text).filter((problem) => hasEndpoint || !isMissing(problem)) };
  });
  const isAccepted = ({ problems }: (typeof candidates)[number]) => problems.length === 0;
  const { text = "", problems = [], missing = [] } = candidates.find(isAccepted) ?? candidates.at(-1) ?? {};
  if (hasError(problems)) {
    const messages = problems.map((problem) => findingText(problem, undefined).replace(/\.$/, ""));
    throw new UsageError(messages.join("; "));
  }
  return { text, warnings: problems, missing };
}

/** Reports whether a finding is about the endpoint that has to be filled in. */
function isMissing({ configField }: Finding): boolean {
  return configField?.path === "spec.collector.endpoint";
}

/** Returns the errors in a configuration, and the errors and warnings about its endpoint. */
function problemsIn(text: string): readonly Finding[] {
  const node = parse(text);
  const config = readFunctionConfig(node && toValue(node));
  if ("findings" in config) return config.findings;
  return "sidecar" in config ? agentTypeOf(config.sidecar).checkEndpoint(config.sidecar).filter(isProblem) : [];
}
