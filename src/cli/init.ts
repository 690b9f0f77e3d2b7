import { parseLabelSelector } from "../config/parse-label-selector";
import { oneLine } from "../krm/escape-line";
import { parseObject } from "../krm/item";
import type { KrmObject } from "../kube/object";
import { parseInOrder } from "../pipeline/parse-together";
import { readFunctionConfig } from "../pipeline/run";
import { parse } from "../yaml/parse";
import { toValue } from "../yaml/to-value";
import type { Mapping } from "../yaml/value";
import { detect } from "./init-detect";
import { type InitOptions, renderConfig } from "./init-template";
import { type Command, type Given, UsageError } from "./options";
import { Progress } from "./progress";
import { type ReadResult, readManifests } from "./read-files";
import { reasonOf, type System } from "./system";

export const initCommand: Command = {
  positionals: true,
  options: {
    name: { value: "NAME" },
    collector: { value: "HOST:PORT" },
    agent: { value: "jaeger or otelcol" },
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

/** Makes a configuration from flags and from what manifests show. */
export function init({ options, positionals: paths }: Given, host: System): number {
  const wishes = wishesOf(options);
  const output = options["output"] as string | undefined;
  const isThere = output !== undefined && host.files.kindOf(output) !== undefined;
  if (isThere && !options["force"]) throw new UsageError(`"${output}" is there already: --force replaces it`);

  const progress = new Progress(host.stderr, host.stderr.isTerminal);
  const gathered: ReadResult =
    paths.length === 0 ? { manifests: [], skipped: [] } : readManifests(paths, undefined, host, progress);
  progress.end();
  for (const { reason } of gathered.skipped) host.stderr.write(`warning: Skipped: ${oneLine(reason)}.\n`);
  const text = renderConfig(wishes, detect(objectsIn(gathered)));
  mustBeValid(text);
  if (output === undefined) {
    host.stdout.write(text);
    return 0;
  }
  try {
    if (isThere) host.files.replace(output, text);
    else host.files.create(output, text);
  } catch (error) {
    host.stderr.write(`error: "${output}" cannot be written: ${reasonOf(error)}\n`);
    return 1;
  }
  const files = paths.length === 0 ? "FILE|FOLDER" : paths.join(" ");
  host.stderr.write(`${output} was written; what it would do: tracing-sidecar -c ${output} --diff ${files}\n`);
  return 0;
}

function wishesOf(options: Given["options"]): InitOptions {
  const text = (name: string) => options[name] as string | undefined;
  const [collector, agent, selector, namespace] = [
    text("collector"),
    text("agent"),
    text("selector"),
    text("namespace"),
  ];
  if (agent !== undefined && agent !== "jaeger" && agent !== "otelcol")
    throw new UsageError(`--agent must be followed by jaeger or otelcol, not by "${agent}"`);
  const schema = text("schema") ?? "tracing.schema.json";
  if (oneLine(schema) !== schema) throw new UsageError("--schema must be followed by a path of one line");
  return {
    name: text("name") ?? "tracing",
    schema,
    podMonitor: options["pod-monitor"] === true,
    ...(collector === undefined ? {} : { collector }),
    ...(agent === undefined ? {} : { agent }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(selector === undefined ? {} : { selector: selectorOf(selector) }),
    ...(text("issuer") === undefined ? {} : { issuer: issuerOf(text("issuer") as string) }),
  };
}

function selectorOf(text: string): Mapping {
  const selector = parseLabelSelector(text);
  if ("unreadable" in selector)
    throw new UsageError(`--selector must be followed by labels as kubectl takes them, such as tier=front,tracing`);
  return selector as Mapping;
}

function issuerOf(text: string): Mapping {
  const [kind, name, ...others] = text.includes("/") ? text.split("/") : ["ClusterIssuer", text];
  if (!kind || !name || others.length > 0)
    throw new UsageError(`--issuer must be followed by a name, or by kind and name as in Issuer/my-private-ca`);
  return { name, kind };
}

function objectsIn({ manifests }: ReadResult): KrmObject[] {
  return manifests.flatMap(({ items }) => parseInOrder(items).map(parseObject));
}

/** What the user gave can be no configuration. */
function mustBeValid(text: string): void {
  const node = parse(text);
  const read = readFunctionConfig(node && toValue(node));
  if ("findings" in read) throw new UsageError(read.findings.map(({ message }) => message).join("; "));
}
