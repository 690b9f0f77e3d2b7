import { has, type OtelcolVersion } from "./version";

/** The name of a variable that nothing sets. */
export const unsetVariable = "OTELCOL_UNSET";

/** A reference to the unset variable, with an empty default: the Collector expands it to nothing. */
const nothing = `\${env:${unsetVariable}:-}`;

/**
 * Returns a reference to an environment variable whose value is a text, whatever it contains. The Collector parses the value
 * of `${env:NAME}` as YAML, so that `1.10` becomes a number, `a: b` a mapping, and an empty value null. But it joins several
 * references as texts (`confmap/expand.go`).
 *
 * A value that ends with `$` escapes the second reference. The third one is for such a value: the Collector replaces all
 * references that are alike at once, also the escaped one. Before v0.161.0, it replaces none after an escaped one.
 */
export function textReference(variable: string, version: OtelcolVersion): string {
  const reference = `\${env:${variable}}`;
  return has(version, "envDefaults") ? `${reference}${nothing}${nothing}` : reference;
}
