import { requireBoundedSize, requireUniqueKeys } from "../yaml/guards";
import type { Node } from "../yaml/node";
import { toValue } from "../yaml/to-value";
import type { Value } from "../yaml/value";
import { YamlError } from "../yaml/yaml-error";
import { InputError, type ItemSource, locationText } from "./item";
import { type ItemList, readItemList, type TopLevelChunk } from "./item-list";

/** Versions of the wire format; kustomize functions-spec. The output keeps the one that came in. */
const apiVersions = ["config.kubernetes.io/v1", "config.kubernetes.io/v1beta1", "config.kubernetes.io/v1alpha1"];

/** A ResourceList as text and trees. */
export interface ResourceList extends ItemList {
  readonly functionConfig: Value | undefined;
  /** Why the functionConfig must not be read. */
  readonly configProblem?: string;
}

/**
 * Reads a ResourceList.
 *
 * @throws InputError where the text is no ResourceList.
 */
export function readResourceList(text: string): ResourceList {
  if (text.trim() === "") throw new InputError(`the input is empty; ${expected}`);
  let config: Node | undefined;
  let configProblem: string | undefined;
  const list = readItemList(
    { whole: text, from: 0, to: text.length },
    (top, chunks) => {
      mustBeResourceList(top("apiVersion"), top("kind"));
      config = top("functionConfig");
      configProblem = config && problemOf({ text }, config, chunks);
    },
    "ResourceList",
    expected,
  );
  const functionConfig = config && (toValue(config) ?? undefined);
  return { ...list, functionConfig, ...(configProblem === undefined ? {} : { configProblem }) };
}

/** Why a functionConfig must not be read: it is read whole, so it must be of a size and say everything once. */
export function problemOf(
  source: Pick<ItemSource, "text" | "path">,
  config: Node,
  chunks: readonly TopLevelChunk[] = [],
): string | undefined {
  try {
    requireBoundedSize(config, source.text);
    requireUniqueKeys(config);
    return undefined;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    const chunk = chunks.find(({ mapping }) => mapping.entries.some(({ value }) => value === config));
    return `the functionConfig cannot be used: ${error.message}${locationText(source, (chunk?.offset ?? 0) + error.offset)}`;
  }
}

const expected = "it must be a ResourceList, as kpt and kustomize send it on stdin";

function mustBeResourceList(apiVersion: Node | undefined, kind: Node | undefined): void {
  if (kind === undefined || toValue(kind) !== "ResourceList") {
    throw new InputError(`the input is no ResourceList; ${expected}`);
  }
  const version = apiVersion && toValue(apiVersion);
  if (typeof version !== "string" || !apiVersions.includes(version)) {
    throw new InputError(`the ResourceList's apiVersion must be one of ${apiVersions.join(", ")}`);
  }
}
