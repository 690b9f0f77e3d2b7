import type { ConfigField } from "../kube/finding";
import { get, isList, isMapping, type Value } from "../yaml/value";
import { formatPath, isOrdinaryKey, type Path } from "./json-path";
import type { Problem } from "./problem";
import { type Placeholder, parseValueTemplate } from "./value-template";

const containerEnv = "spec.app.env";

/** The lists of variables, and the mappings, whose values are templates. */
const fields = [
  containerEnv,
  "spec.agent.env",
  "spec.agent.tags",
  "spec.pod.labels",
  "spec.pod.annotations",
  "spec.podMonitor.labels",
  "spec.podMonitor.annotations",
  "spec.collector.tls.clientCertificate.certManager.labels",
  "spec.collector.tls.clientCertificate.certManager.annotations",
];

/** Fields in which every text, at any depth, is a template. */
const deepFields = [
  "spec.collector.tls.clientCertificate.certManager.patch",
  "spec.podMonitor.patch",
  "spec.podMonitor.relabelings",
  "spec.podMonitor.metricRelabelings",
];

const clientCertificate = "spec.collector.tls.clientCertificate";

/** Texts, and lists of texts, in which only variables can be in braces. */
const nameFields = [
  "spec.agent.volumeName",
  "spec.agent.mountPath",
  "spec.podMonitor.name",
  `${clientCertificate}.secretName`,
  ...["name", "secretName", "commonName", "uris", "dnsNames"].map((name) => `${clientCertificate}.certManager.${name}`),
  ...["commonName", "uris", "dnsNames"].map((name) => `${clientCertificate}.csi.${name}`),
];

/** Like `nameFields`, for texts that can contain only `{name}` and `{namespace}`. */
const addressFields = ["spec.collector.endpoint", "spec.collector.tls.serverName"];

/**
 * Returns a problem for each misspelled variable in the values of a TracingSidecar, and for `{container}` where no
 * container is meant. No message quotes more than the word in braces, because the value may be a secret.
 *
 * @param sidecar need not be valid.
 */
export function valueProblems(sidecar: Value): Problem[] {
  const texts = [
    ...fields.flatMap((field) => valuesOf(sidecar, field.split(".")).map((text) => ({ ...text, field }))),
    ...[...deepFields, ...nameFields, ...addressFields].flatMap((field) =>
      textsIn(get(sidecar, ...field.split(".")), field.split(".")).map((text) => ({ ...text, field })),
    ),
  ];
  return texts.flatMap(({ value, field, ...place }) =>
    parseValueTemplate(value).flatMap((part) => {
      const message = typeof part === "string" ? undefined : messageOf(part, field);
      return message === undefined ? [] : [{ ...place, message }];
    }),
  );
}

/** A text in the configuration. */
interface Text extends ConfigField {
  readonly value: string;
}

/** Returns every text in a value, with its path. */
export function textsIn(value: Value | undefined, path: Path): readonly Text[] {
  if (typeof value === "string") return [{ ...fieldAt(path), value }];
  if (isList(value)) return value.flatMap((entry, index) => textsIn(entry, [...path, index]));
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, entry]) => textsIn(entry, [...path, key]));
}

/** Returns the field at a path. Messages show the path up to the first key that may be a secret. */
function fieldAt(path: Path): ConfigField {
  const hidden = path.findIndex((key) => typeof key === "string" && !isOrdinaryKey(key));
  return hidden === -1 ? { path: formatPath(path) } : { path: formatPath(path.slice(0, hidden)), at: path };
}

/** Returns the texts in a list of variables or in a mapping, with their paths. */
function valuesOf(sidecar: Value, field: readonly string[]): readonly Text[] {
  const found = get(sidecar, ...field);
  const entries: [Path, Value | undefined][] = isList(found)
    ? found.map((entry, index) => [[...field, index, "value"], get(entry, "value")])
    : isMapping(found)
      ? Object.entries(found).map(([key, value]) => [[...field, key], value])
      : [];
  return entries.flatMap(([path, value]) => (typeof value === "string" ? [{ ...fieldAt(path), value }] : []));
}

/** Returns what is wrong with a variable in a field, or undefined. */
function messageOf({ word, variable }: Placeholder, field: string): string | undefined {
  if (addressFields.includes(field) && variable !== "name" && variable !== "namespace") return undefined;
  const isName = nameFields.includes(field) || addressFields.includes(field);
  // Labels and names can't contain other braces.
  const literal = isName || field.endsWith(".labels") ? "" : `. For the literal text, write \`\\{${word}}\``;
  if (variable === "container" && field !== containerEnv)
    return `\`{container}\` can be used only in \`${containerEnv}\`${literal}`;
  if (word === variable) return undefined;
  return `unknown variable \`{${word}}\`; did you mean \`{${variable}}\`?${literal.slice(1)}`;
}
