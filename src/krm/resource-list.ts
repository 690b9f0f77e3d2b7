import { listAll } from "../kube/message-text";
import type { Node } from "../yaml/node";
import { requireBoundedSize, requireUniqueKeys } from "../yaml/preconditions";
import { toValue } from "../yaml/to-value";
import type { Value } from "../yaml/value";
import { YamlError } from "../yaml/yaml-error";
import { InputError, type ItemSource } from "./item";
import { type ItemList, readItemList, type TopLevelChunk } from "./item-list";

/** The versions of the wire format (kustomize functions-spec). The output keeps the version of the input. */
const apiVersions = ["config.kubernetes.io/v1", "config.kubernetes.io/v1beta1", "config.kubernetes.io/v1alpha1"];

/** A ResourceList as text and trees. */
export interface ResourceList extends ItemList {
  /** Undefined if it is omitted or null. */
  readonly functionConfig: Value | undefined;
  /** Why the functionConfig must not be used; undefined if it can be. */
  readonly configProblem?: InputError;
}

/**
 * Reads a ResourceList. Its items are returned as text, to be parsed one by one.
 *
 * @throws InputError if the text isn't a ResourceList.
 */
export function readResourceList(text: string): ResourceList {
  if (text.trim() === "") throw new InputError(`the input is empty; expected ${expected}`);
  let config: Node | undefined;
  let configProblem: InputError | undefined;
  const list = readItemList(
    { whole: text, from: 0, to: text.length },
    (top, chunks) => {
      requireResourceList(top("apiVersion"), top("kind"));
      config = top("functionConfig");
      configProblem = config && functionConfigProblem({ text }, config, chunks);
    },
    "ResourceList",
    expected,
  );
  const functionConfig = config && (toValue(config) ?? undefined);
  return { ...list, functionConfig, ...(configProblem === undefined ? {} : { configProblem }) };
}

/**
 * Returns why a functionConfig must not be used, or undefined if it can be. It is converted to plain data as a whole,
 * so its size must be bounded and its keys must be unique.
 *
 * @param source the text that contains the functionConfig.
 * @param chunks the chunks of the ResourceList. Offsets of `config` are relative to the chunk that contains it, or to
 *   the source if this is omitted.
 */
export function functionConfigProblem(
  source: Pick<ItemSource, "text" | "path">,
  config: Node,
  chunks: readonly TopLevelChunk[] = [],
): InputError | undefined {
  try {
    requireBoundedSize(config, source.text);
    requireUniqueKeys(config);
    return undefined;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const chunk = chunks.find(({ mapping }) => mapping.entries.some(({ value }) => value === config));
    const subject = source.path === undefined ? "invalid configuration: " : "";
    return new InputError(`${subject}${error.message}`, source, (chunk?.offset ?? 0) + error.offset);
  }
}

const expected =
  "a ResourceList, which kpt and kustomize send. To process manifests, run tracing-sidecar -c CONFIG FILE...";

function requireResourceList(apiVersion: Node | undefined, kind: Node | undefined): void {
  if (kind === undefined || toValue(kind) !== "ResourceList") {
    throw new InputError(`the input isn't ${expected}`);
  }
  const version = apiVersion && toValue(apiVersion);
  if (typeof version !== "string" || !apiVersions.includes(version)) {
    throw new InputError(`the ResourceList's apiVersion must be ${listAll(apiVersions, "or")}`);
  }
}
