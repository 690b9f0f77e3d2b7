import { decodeUtf8 } from "../krm/decode-utf8";
import { InputError, withLocation } from "../krm/item";
import { functionConfigProblem } from "../krm/resource-list";
import type { Finding } from "../kube/finding";
import { withoutLocation } from "../kube/host-annotations";
import { toObject } from "../kube/object";
import { type FunctionConfig, readFunctionConfig } from "../pipeline/run";
import { documentsOf } from "../yaml/documents";
import type { Node } from "../yaml/node";
import { parse } from "../yaml/parse";
import { toValue } from "../yaml/to-value";
import { YamlError } from "../yaml/yaml-error";
import { UsageError } from "./parse-arguments";
import { type FileSystem, reasonOf } from "./system";

/**
 * Returns the path of the configuration that is used if the command line names none: `tracing.yaml` in the working
 * folder, if its kind is TracingSidecar or PrivateCA.
 */
export function findDefaultConfig(files: FileSystem): string | undefined {
  const path = "tracing.yaml";
  try {
    if (files.kindOf(path) !== "file") return undefined;
    const node = parse(decodeUtf8(files.read(path)) ?? "");
    const { group, kind } = toObject(node === undefined ? null : toValue(node, new Set(["apiVersion", "kind"])));
    return group === "tracing-sidecar.dev" && ["TracingSidecar", "PrivateCA"].includes(kind) ? path : undefined;
  } catch (error) {
    if (error instanceof YamlError || (error as NodeJS.ErrnoException).code !== undefined) return undefined;
    throw error;
  }
}

/**
 * Reads the file of the configuration. It must be one YAML document that is valid as the functionConfig of a host.
 *
 * @returns the configuration, or everything that is wrong with it.
 * @throws UsageError if the file can't be read.
 */
export function readConfigurationFile(
  path: string,
  files: FileSystem,
): FunctionConfig | { readonly findings: readonly Finding[] } {
  let bytes: Uint8Array;
  try {
    bytes = files.read(path);
  } catch (error) {
    throw new UsageError(`can't read the configuration "${path}": ${reasonOf(error)}`, "");
  }
  const invalid = (message: string) => ({
    findings: [{ code: "invalid-config", severity: "error", message, file: { path } } as const],
  });
  const text = decodeUtf8(bytes);
  if (text === undefined) return invalid("the configuration must be UTF-8");
  let nodes: Node[];
  try {
    nodes = documentsOf(text).flatMap(
      ({ from, to }) => withLocation({ text, path }, from, () => parse(text.slice(from, to))) ?? [],
    );
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return invalid(error.message);
  }
  const [node, second] = nodes;
  if (node === undefined || second !== undefined)
    return invalid(`the configuration must be a single YAML document, but the file contains ${nodes.length}`);
  const problem = functionConfigProblem({ text, path }, node);
  if (problem !== undefined) return invalid(problem);
  const read = readFunctionConfig(toValue(node));
  if ("findings" in read) return { findings: read.findings.map((finding) => ({ ...finding, file: { path } })) };
  if ("sidecar" in read) return read;
  const { file: _, ...object } = withoutLocation(read.privateCa.object);
  return { privateCa: { ...read.privateCa, object } };
}
