import { InputError, withLocation } from "../krm/item";
import { functionConfigProblem } from "../krm/resource-list";
import type { Finding } from "../kube/finding";
import { withoutLocation } from "../kube/host-annotations";
import { identityOf, toObject } from "../kube/object";
import { type FunctionConfig, readFunctionConfig } from "../pipeline/run";
import { documentsOf } from "../yaml/documents";
import type { Node } from "../yaml/node";
import { parse } from "../yaml/parse";
import { toValue } from "../yaml/to-value";
import type { Position } from "../yaml/yaml-error";
import type { ConfigSource } from "./positions";

/** The configuration's file, and what it asks for or everything that is wrong with it. */
export interface ReadConfig {
  readonly source: ConfigSource;
  readonly read: FunctionConfig | { readonly findings: readonly Finding[] };
}

/**
 * Reads the text of a configuration. It must be one YAML document that is valid as the functionConfig of a host.
 *
 * @param path the file's name in messages and results.
 */
export function parseConfiguration(path: string, text: string): ReadConfig {
  let nodes: Node[];
  try {
    nodes = documentsOf(text).flatMap(({ from, to }) => {
      // Blank lines keep the offsets and lines of what follows.
      const before = text.slice(0, from).replace(/[^\r\n]/g, " ");
      return withLocation({ text, path }, 0, () => parse(before + text.slice(from, to))) ?? [];
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return invalid({ path, text }, error.reason, error.position);
  }
  const [node, second] = nodes;
  if (node === undefined || second !== undefined) {
    const message = `the configuration must be a single YAML document, but the file contains ${nodes.length}`;
    return invalid({ path, text }, message);
  }
  const problem = functionConfigProblem({ text, path }, node);
  if (problem !== undefined) return invalid({ path, text }, problem.reason, problem.position);
  const value = toValue(node);
  const object = identityOf(withoutLocation(toObject(value)));
  const source = { path, text, node, ...(object.kind && object.name ? { object } : {}) };
  const read = readFunctionConfig(value);
  if (!("privateCa" in read)) return { source, read };
  const { file: _, ...privateCaObject } = withoutLocation(read.privateCa.object);
  return { source, read: { privateCa: { ...read.privateCa, object: privateCaObject } } };
}

/** Returns the result for a configuration that can't be read. */
export function invalid(source: ConfigSource, message: string, position?: Position): ReadConfig {
  const file = { path: source.path };
  const finding = { code: "invalid-config", severity: "error", message, file } as const;
  return { source, read: { findings: [position === undefined ? finding : { ...finding, position }] } };
}
