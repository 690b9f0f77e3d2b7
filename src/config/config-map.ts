import { get, isMapping, type Mapping, type Value } from "../yaml/value";
import { formatPath } from "./json-path";
import { parseLabelSelector } from "./parse-label-selector";
import type { Problem } from "./problem";
import { unknownField, wrongType } from "./schema-errors";

/** A typed field's value (undefined: the field stays absent), or what must hold of the text. */
type Reading = { readonly value: Value | undefined } | { readonly message: string };
type Reader = (text: string) => Reading;

/** A key of the ConfigMap form: the typed field it stands for, and how its text is read where it is not the value. */
interface Key {
  readonly field: string;
  readonly read?: Reader;
}

const certificate = "spec.collector.tls.clientCertificate";

/** The keys of the ConfigMap form. A field above another one's comes first. */
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

/** The TracingSidecar that a ConfigMap stands for, not yet validated, and what of the ConfigMap cannot be read. */
export function fromConfigMap(configMap: Mapping): { readonly sidecar: Value; readonly problems: readonly Problem[] } {
  const data = get(configMap, "data") ?? {};
  const problems: Problem[] = [];
  const sidecar: Tree = {
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
    const given = get(data, name);
    if (given === undefined) continue;
    const result = read === undefined ? { value: given } : readText(given, read);
    if ("message" in result) problems.push({ path: `data.${name}`, message: result.message });
    else if (result.value !== undefined) set(sidecar, field.split("."), result.value);
  }
  return { sidecar, problems };
}

/** A problem of the typed form, at the ConfigMap's key that the field came from. */
export function toConfigMapProblem(problem: Problem): Problem {
  const below = Object.entries(keys).filter(
    ([, { field }]) =>
      problem.path === field || (/^[.[]/.test(problem.path.slice(field.length)) && problem.path.startsWith(field)),
  );
  const name = below.at(-1)?.[0];
  return name === undefined ? problem : { ...problem, path: `data.${name}` };
}

function readText(given: Value, read: Reader): Reading {
  if (typeof given === "string") return read(given);
  // Written by hand, `podMonitor: true` is no string; a host that writes the ConfigMap quotes it.
  return typeof given === "boolean" ? read(String(given)) : { message: wrongType(["string"], given) };
}

function readSelector(text: string): Reading {
  const selector = parseLabelSelector(text);
  return "unreadable" in selector
    ? {
        message: `${JSON.stringify(selector.unreadable)} must be of the form \`a=b\`, \`a!=b\`, \`a in (b,c)\`, \`a notin (b,c)\`, \`a\` or \`!a\``,
      }
    : { value: selector as Mapping };
}

function readIssuer(text: string): Reading {
  const parts = text.split("/");
  const [kind, name] = parts;
  if (parts.includes("") || parts.length > 2) {
    return {
      message: `${JSON.stringify(text)} must be an issuer's name, or its kind and name as in \`ClusterIssuer/my-private-ca\``,
    };
  }
  return { value: name === undefined ? { name: text } : { kind: kind as string, name } };
}

function readPodMonitor(text: string): Reading {
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
      return { message: `${JSON.stringify(text)} must be true or false` };
  }
}

/** The typed form while it is put together. */
interface Tree {
  [key: string]: Value | Tree;
}

function set(tree: Tree, [key = "", ...rest]: readonly string[], value: Value): void {
  if (rest.length === 0) {
    tree[key] = value;
    return;
  }
  tree[key] ??= {};
  set(tree[key] as Tree, rest, value);
}
