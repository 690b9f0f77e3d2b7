import { getString, getStrings, type Value } from "../yaml/value";

/** What names an object in a message or a result. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** Where kpt read an object from: the path below the package and the place in the file, from 0. */
export interface FilePosition {
  readonly path: string;
  readonly index?: number;
}

/** An object of the list: what it is, without its content. */
export interface Identity extends ObjectReference {
  /** The API group, empty for the core group. */
  readonly group: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly file?: FilePosition;
  /** The path of the subpackage within the package that runs the function, where kpt says it. */
  readonly packagePath?: string;
}

/** An object of the list, as plain data. */
export interface KrmObject extends Identity {
  readonly value: Value;
}

/** What an object is, so that its content need not be kept. */
export function identityOf({ value: _, ...identity }: KrmObject): Identity {
  return identity;
}

/** The part of an apiVersion before the slash; empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

/**
 * Reads an item's identity. What is absent, or of another type, is an empty string: an item that is no Kubernetes
 * object matches nothing and passes through.
 */
export function toObject(value: Value): KrmObject {
  const apiVersion = getString(value, "apiVersion") ?? "";
  const namespace = getString(value, "metadata", "namespace");
  const annotations = getStrings(value, "metadata", "annotations");
  const path = annotations["internal.config.kubernetes.io/path"] ?? annotations["config.kubernetes.io/path"];
  const index = annotations["internal.config.kubernetes.io/index"] ?? annotations["config.kubernetes.io/index"];
  const packagePath = annotations["internal.config.kubernetes.io/package-path"];
  return {
    apiVersion,
    group: groupOf(apiVersion),
    kind: getString(value, "kind") ?? "",
    name: getString(value, "metadata", "name") ?? "",
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

/** `Deployment shop/web`, or `Deployment web` without a namespace: how messages name an object. */
export function describe(object: ObjectReference): string {
  return `${object.kind} ${object.namespace === undefined ? "" : `${object.namespace}/`}${object.name}`;
}
