import { get, getMapping, isMapping, type Mapping, type Value } from "../yaml/value";
import { formatPath, type Path, parsePath } from "./json-path";
import { parseIssuer } from "./parse-issuer";
import { parseLabelSelector } from "./parse-label-selector";
import { type Problem, ruleMessage } from "./problem";
import { unknownField, wrongType } from "./schema-errors";

/** The value of a typed field (undefined if the field is omitted), or a message about what is wrong with the text. */
type ReadResult = { readonly value: Value | undefined } | { readonly message: string };
type Reader = (text: string) => ReadResult;

/** A key of the ConfigMap form. */
interface Key {
  /** The path of the TracingSidecar's field. */
  readonly field: string;
  /** Converts the text to the field's value. If omitted, the text is the value. */
  readonly read?: Reader;
}

const certificate = "spec.collector.tls.clientCertificate";

/** The keys of the ConfigMap form. A field comes before the fields inside it: `toConfigMapProblem` relies on that. */
const keys: Readonly<Record<string, Key>> = {
  name: { field: "metadata.name" },
  collector: { field: "spec.collector.endpoint" },
  selector: { field: "spec.selector", read: readSelector },
  kinds: {
    field: "spec.selector.kinds",
    read: (text) => ({ value: text.split(",").map((kind) => kind.trim()) }),
  },
  namespace: { field: "spec.namespace" },
  issuer: { field: `${certificate}.certManager.issuerRef`, read: readIssuer },
  image: { field: "spec.agent.image" },
  agent: { field: "spec.agent.type" },
  imagePullSecret: { field: "spec.imagePullSecrets", read: (text) => ({ value: [{ name: text }] }) },
  podMonitor: { field: "spec.podMonitor", read: readPodMonitor },
  state: { field: "spec.state" },
};

/**
 * Converts a ConfigMap to the TracingSidecar that it is a short form of.
 *
 * @returns the TracingSidecar, not yet validated, and a problem for each key that is unknown or can't be converted.
 */
export function fromConfigMap(configMap: Mapping): { readonly sidecar: Value; readonly problems: readonly Problem[] } {
  const data = get(configMap, "data") ?? {};
  const problems: Problem[] = [];
  let sidecar: Mapping = {
    apiVersion: "tracing-sidecar.dev/v1alpha1",
    kind: "TracingSidecar",
    metadata: {},
    spec: { selector: {}, collector: {} },
  };
  if (!isMapping(data)) return { sidecar, problems: [{ path: "data", message: wrongType(["object"], data) }] };

  for (const name of Object.keys(data)) {
    if (Object.hasOwn(keys, name)) continue;
    const path = formatPath(["data", name]);
    problems.push({ path, message: unknownField(name, Object.keys(keys)) });
  }
  for (const [name, { field, read }] of Object.entries(keys)) {
    const value = get(data, name);
    if (value === undefined) continue;
    const result = read === undefined ? { value } : readText(value, read);
    if ("message" in result) problems.push({ path: `data.${name}`, message: result.message });
    else if (result.value !== undefined) sidecar = withField(sidecar, field.split("."), result.value);
  }
  return { sidecar, problems };
}

/** Moves a problem with a TracingSidecar's field to the ConfigMap's key that the field came from, if there is one. */
export function toConfigMapProblem(problem: Problem): Problem {
  const matches = Object.entries(keys).filter(
    ([, { field }]) =>
      problem.path === field || (/^[.[]/.test(problem.path.slice(field.length)) && problem.path.startsWith(field)),
  );
  const name = matches.at(-1)?.[0];
  return name === undefined ? problem : { ...problem, path: `data.${name}` };
}

/**
 * Returns the path of a TracingSidecar's field in the configuration as the user wrote it.
 *
 * @param kind the configuration's kind. In a ConfigMap, the fields are keys of its data.
 */
export function writtenPath(path: string, kind: string | undefined): Path {
  return parsePath(kind === "ConfigMap" ? toConfigMapProblem({ path, message: "" }).path : path);
}

function readText(value: Value, read: Reader): ReadResult {
  if (typeof value === "string") return read(value);
  // A host that generates the ConfigMap quotes "true". In a file written by a user, `podMonitor: true` is a boolean.
  return typeof value === "boolean" ? read(String(value)) : { message: wrongType(["string"], value) };
}

function readSelector(text: string): ReadResult {
  const selector = parseLabelSelector(text);
  return "unreadable" in selector
    ? {
        message: `${JSON.stringify(selector.unreadable)} must have the form \`a=b\`, \`a!=b\`, \`a in (b,c)\`, \`a notin (b,c)\`, \`a\`, or \`!a\``,
      }
    : { value: selector };
}

function readIssuer(text: string): ReadResult {
  const issuer = parseIssuer(text);
  if (issuer !== undefined) return { value: issuer };
  return {
    message: ruleMessage(
      "must be the name of an issuer, or its kind and name, such as `ClusterIssuer/my-private-ca`",
      JSON.stringify(text),
    ),
  };
}

function readPodMonitor(text: string): ReadResult {
  switch (text.toLowerCase()) {
    case "true":
    case "yes":
    case "on":
      return { value: {} };
    case "false":
    case "no":
    case "off":
      return { value: undefined };
    default:
      return { message: ruleMessage("must be true or false", JSON.stringify(text)) };
  }
}

/** Returns a mapping with the field at a path set, and with the mappings that contain it. */
function withField(mapping: Mapping, [key = "", ...rest]: readonly string[], value: Value): Mapping {
  return { ...mapping, [key]: rest.length === 0 ? value : withField(getMapping(mapping, key), rest, value) };
}
