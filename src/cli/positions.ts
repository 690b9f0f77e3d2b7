import { writtenPath } from "../config/config-map";
import { parseItem } from "../krm/item";
import type { Manifest } from "../krm/manifest";
import { readPath } from "../kube/field-path";
import type { ConfigField, Finding, ObjectField } from "../kube/finding";
import type { FilePosition, Identity } from "../kube/object";
import { offsetOf } from "../yaml/locate";
import { getOrInsert } from "../yaml/maps";
import type { Node } from "../yaml/node";
import { positionAt, UnknownAliasError } from "../yaml/yaml-error";

/** The configuration of a run: its file, and what is in it. */
export interface ConfigSource {
  readonly path: string;
  readonly text: string;
  /** Offsets are within `text`. Undefined if the file isn't a single YAML document. */
  readonly node?: Node;
  /** Undefined if it has no name. */
  readonly object?: Identity;
}

/** A place in a file. Lines and columns are counted from 1. */
export interface Place {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
}

/** Formats a place for messages: `tracing.yaml:9:12`, or less if less is known. */
export function placeText({ path, line, column }: Place): string {
  return [path, line, column].filter((part) => part !== undefined).join(":");
}

/** Compares places by file, and within a file by line and column. No place comes first. */
export function comparePlaces(one: Place | undefined, other: Place | undefined): number {
  const [path, otherPath] = [one?.path ?? "", other?.path ?? ""];
  if (path !== otherPath) return path < otherPath ? -1 : 1;
  const [line, column] = [one?.line ?? 0, one?.column ?? 0];
  return line - (other?.line ?? 0) || column - (other?.column ?? 0);
}

/** Finds the places in files that findings are about. */
export class Positions {
  readonly #manifests: ReadonlyMap<string, Manifest>;
  readonly #config: ConfigSource | undefined;
  /** The offsets at which lines start, by path. */
  readonly #starts = new Map<string, readonly number[]>();

  constructor(manifests: readonly Manifest[], config: ConfigSource | undefined) {
    this.#manifests = new Map(manifests.map((manifest) => [manifest.path, manifest]));
    this.#config = config;
  }

  /**
   * Returns the place of a finding: the field of the configuration with its column, or else the line of the object's field,
   * or else that of the object. Undefined if it is about no file.
   */
  placeOf({ file, field, configField, position }: Finding): Place | undefined {
    if (configField !== undefined && this.#config !== undefined) return placeInConfig(this.#config, configField);
    if (file === undefined) return undefined;
    const { path } = file;
    if (position !== undefined) return { path, ...position };
    const line = this.#lineOf(file, field);
    return { path, ...(line === undefined ? {} : { line }) };
  }

  #lineOf({ path, index }: FilePosition, field: ObjectField | undefined): number | undefined {
    const manifest = this.#manifests.get(path);
    const item = index === undefined ? undefined : manifest?.items[index];
    if (manifest === undefined || item === undefined || index === undefined) return undefined;
    const offset = field === undefined ? undefined : offsetOfField(manifest, index, field);
    return this.#lineAt(manifest, item.offset + (offset ?? contentStart(item.text)));
  }

  #lineAt({ path, text }: Manifest, offset: number): number {
    const starts = getOrInsert(this.#starts, path, () => lineStarts(text));
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}

function placeInConfig({ path, text, node, object }: ConfigSource, field: ConfigField): Place {
  if (node === undefined || field.path === "") return { path };
  const at = field.at ?? writtenPath(field.path, object?.kind);
  return { path, ...positionAt(text, offsetOf(text, node, at, field.isKey)) };
}

/** Returns the offset of a field within the text of its object; undefined if aliases refer to other objects of the file. */
function offsetOfField({ items }: Manifest, index: number, { path, at }: ObjectField): number | undefined {
  const item = items[index];
  if (item === undefined) return undefined;
  try {
    return offsetOf(item.text, parseItem(item).node, at ?? readPath(path));
  } catch (error) {
    if (error instanceof UnknownAliasError) return undefined;
    throw error;
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The offset of the content after comments, blank lines, directives and the document marker. */
function contentStart(text: string): number {
  return /^\ufeff?(?:(?:[ \t]*(?:#.*)?|%.*|---[ \t]*(?:#.*)?)\r?\n)*/.exec(text)?.[0].length ?? 0;
}
