import { getString, getStrings, type Value } from "../yaml/value";
import { locationAnnotationNames, packagePathAnnotation } from "./location-annotations";

/** The fields that identify an object in a message or a result. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty if the object has none. */
  readonly name: string;
  /** If the object has no name: the prefix of the name that the API server generates. */
  readonly generateName?: string;
  readonly namespace?: string;
}

/** The file that an object was read from. */
export interface FilePosition {
  /** Relative to the package if kpt runs the function. */
  readonly path: string;
  /** The object's position in the file, from 0. */
  readonly index?: number;
}

/** An object's identity and metadata, without its content. */
export interface Identity extends ObjectReference {
  /** The API group, empty for the core group. */
  readonly group: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly file?: FilePosition;
  /** The path of the subpackage within the package that runs the function, if kpt reports it. */
  readonly packagePath?: string;
}

/** An object as plain data. */
export interface KrmObject extends Identity {
  readonly value: Value;
}

/** Returns an object without its content, so that the content can be freed. */
export function identityOf({ value: _, ...identity }: KrmObject): Identity {
  return identity;
}

/** Returns the part of an apiVersion before the slash, or an empty string for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

/**
 * Reads an item's identity. A field that is missing or has another type becomes an empty string, so an item that isn't
 * a Kubernetes object matches nothing and passes through.
 */
export function toObject(value: Value): KrmObject {
  const apiVersion = getString(value, "apiVersion") ?? "";
  const namespace = getString(value, "metadata", "namespace");
  const annotations = getStrings(value, "metadata", "annotations");
  const [current, older] = locationAnnotationNames;
  const path = annotations[current.path] ?? annotations[older.path];
  const index = annotations[current.index] ?? annotations[older.index];
  const packagePath = annotations[packagePathAnnotation];
  const name = getString(value, "metadata", "name") ?? "";
  const generateName = name === "" ? getString(value, "metadata", "generateName") : undefined;
  return {
    apiVersion,
    group: groupOf(apiVersion),
    kind: getString(value, "kind") ?? "",
    name,
    ...(generateName ? { generateName } : {}),
    ...(namespace ? { namespace } : {}),
    labels: getStrings(value, "metadata", "labels"),
    annotations,
    ...(path === undefined
      ? {}
      : { file: { path, ...(index !== undefined && /^\d{1,9}$/.test(index) ? { index: Number(index) } : {}) } }),
    ...(packagePath === undefined ? {} : { packagePath }),
    value,
  };
}

/**
 * Formats an object's name for messages: `Deployment shop/web`, or `Deployment web` if it has no namespace. With
 * `generateName: migrate-`, it is `Job shop/migrate-*`.
 */
export function describe({ kind, namespace, name, generateName }: ObjectReference): string {
  const shown = generateName === undefined ? name || "(without a name)" : `${generateName}*`;
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${shown}`;
}

/** Returns an object's name, or what all names that the API server generates for it have in common: `migrate`. */
export function baseName({ name, generateName = "" }: ObjectReference): string {
  return name || generateName.replace(/[-.]+$/, "");
}
