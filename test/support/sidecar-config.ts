import assert from "node:assert/strict";
import { load } from "js-yaml";
import type { Configuration } from "../../src/config/configuration";
import { readConfiguration } from "../../src/config/read-tracing-sidecar";
import { type Finding, findingText } from "../../src/kube/finding";
import type { Value } from "../../src/yaml/value";

export const yaml = (text: string): Value => load(text) as Value;

/** Returns the valid configuration. Fails if it has findings. */
export function configurationOf(functionConfig: Value | undefined): Configuration {
  const result = readConfiguration(functionConfig);
  if ("findings" in result) assert.fail(result.findings.map((finding) => findingText(finding, undefined)).join("\n"));
  return result.configuration;
}

/** Returns what is wrong with a functionConfig; an empty list if it is valid. */
export function findingsOf(functionConfig: Value | undefined): readonly Finding[] {
  const result = readConfiguration(functionConfig);
  return "findings" in result ? result.findings : [];
}

/** Returns what is wrong with a functionConfig, each as "FIELD: MESSAGE". */
export const messagesOf = (functionConfig: Value | undefined): string[] =>
  findingsOf(functionConfig).map((finding) => findingText(finding, undefined));

export const head = "apiVersion: tracing-sidecar.dev/v1alpha1\nkind: TracingSidecar\nmetadata: {name: tracing}\n";

/** The smallest valid TracingSidecar, with further fields of its spec in flow style. */
export const withSpec = (parts: string): Value =>
  yaml(`${head}spec: {selector: {}, collector: {endpoint: "collector:443"}${parts === "" ? "" : `, ${parts}`}}`);

/* The rules for names, as the messages say them. */

export const label = "must consist of lowercase letters, digits, and `-`, and start and end with a letter or digit";
export const subdomain =
  "must consist of lowercase letters, digits, `-`, and `.`, with a letter or digit at both ends and on both sides of each `.`";
export const qualifiedName =
  "must be a name of at most 63 letters, digits, `-`, `_`, and `.` that starts and ends with a letter or digit, optionally after a domain and `/`";
export const labelValue =
  "must consist of letters, digits, `-`, `_`, and `.`, and start and end with a letter or digit";
