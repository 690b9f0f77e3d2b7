import { toObject } from "../kube/object";
import { documentsOf } from "../yaml/documents";
import type { Node } from "../yaml/node";
import { parse } from "../yaml/parse";
import { toValue } from "../yaml/to-value";
import { YamlError } from "../yaml/yaml-error";
import { decodeUtf8 } from "./decode-utf8";
import { UsageError } from "./parse-arguments";
import { invalid, parseConfiguration, type ReadConfig } from "./parse-config";
import { type FileSystem, reasonOf } from "./system";

/**
 * Returns the path of the configuration that is used if the command line names none: `tracing.yaml` in the working folder,
 * unless it contains only other manifests. If it can't be read or parsed, the run that uses it reports why.
 */
export function findDefaultConfig(files: FileSystem): string | undefined {
  const path = "tracing.yaml";
  try {
    if (files.kindOf(path) !== "file") return undefined;
    const text = decodeUtf8(files.read(path)) ?? "";
    const nodes = documentsOf(text).flatMap(({ from, to }) => parse(text.slice(from, to)) ?? []);
    return nodes.length === 0 || nodes.some(isConfiguration) ? path : undefined;
  } catch (error) {
    if (error instanceof YamlError || (error as NodeJS.ErrnoException).code !== undefined) return path;
    throw error;
  }
}

function isConfiguration(node: Node): boolean {
  return toObject(toValue(node, new Set(["apiVersion", "kind"]))).group === "tracing-sidecar.dev";
}

/**
 * Reads the file of the configuration. It must be one YAML document that is valid as the functionConfig of a host.
 *
 * @throws UsageError if the file can't be read.
 */
export function readConfigurationFile(path: string, files: FileSystem): ReadConfig {
  let bytes: Uint8Array;
  try {
    bytes = files.read(path);
  } catch (error) {
    throw new UsageError(`can't read the configuration "${path}": ${reasonOf(error)}`, "");
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) return invalid({ path, text: "" }, "the configuration must be UTF-8");
  return parseConfiguration(path, text);
}
