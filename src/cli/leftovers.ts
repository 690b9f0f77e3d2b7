import { parseItem, parseObject, readObjectFast } from "../krm/item";
import { type Manifest, readManifest } from "../krm/manifest";
import { dnsLabel, dnsSubdomain } from "../kube/name-rules";
import { namedSecrets } from "../kube/named-secrets";
import { type KrmObject, type ObjectReference, toObject } from "../kube/object";
import { secretWrittenBy } from "../kube/written-secret";
import type { ReplacedObject } from "../pipeline/place-objects";
import { Anchors } from "../yaml/anchors";
import { getOrInsert } from "../yaml/maps";
import { get } from "../yaml/value";

/**
 * An object that a cluster may still have, although the manifests no longer contain it: `kubectl apply` doesn't delete it,
 * and cert-manager keeps the Secret of a deleted Certificate. Only the run that removes it from the manifests knows it.
 */
export interface Leftover extends ObjectReference {
  readonly group: string;
  /** Omitted unless it is the Secret of a CA. */
  readonly containsCaKey?: true;
}

/** A file of a run: as it was read, and its new text. */
interface File {
  readonly manifest: Manifest;
  readonly text: string;
}

/**
 * Returns the objects that the manifests no longer contain, and the Secrets that nothing in the manifests needs any
 * longer. Leaves out names that the API rejects: no cluster can have such objects, and a shell could misread them.
 *
 * @param replaced the generated objects that the run deleted or updated.
 * @param files all files of the run.
 * @param defaultNamespace the namespace of objects without one; undefined if unknown.
 */
export function findLeftovers(
  replaced: readonly ReplacedObject[],
  files: readonly File[],
  defaultNamespace: string | undefined,
): readonly Leftover[] {
  const inNamespace = <T extends ObjectReference>(object: T): T =>
    object.namespace === undefined && defaultNamespace !== undefined && !isClusterScoped(object)
      ? { ...object, namespace: defaultNamespace }
      : object;
  const candidates = new Map<string, Leftover>();
  for (const { before, after } of replaced) {
    const kept = new Set((after === undefined ? [] : createdBy(toObject(after))).map(inNamespace).map(keyOf));
    for (const object of createdBy(before).map(inNamespace))
      if (!kept.has(keyOf(object)) && isNameValid(object)) candidates.set(keyOf(object), object);
  }
  // Usually there are none. Then the new texts need not be read.
  if (candidates.size === 0) return [];
  /** The namespaces of the objects that refer to a Secret, by its name. */
  const referrers = new Map<string, Set<string | undefined>>();
  for (const object of objectsOf(files)) {
    const located = inNamespace(object);
    candidates.delete(keyOf(located));
    for (const name of namedSecrets(object))
      getOrInsert(referrers, name, () => new Set<string | undefined>()).add(located.namespace);
  }
  return [...candidates.values()].filter(({ kind, name, namespace }) => {
    const namespaces = kind === "Secret" ? referrers.get(name) : undefined;
    if (namespaces === undefined) return true;
    return namespace !== undefined && !namespaces.has(namespace) && !namespaces.has(undefined);
  });
}

/** Returns the object, and the Secret that cert-manager writes if it is a Certificate. */
function createdBy({ apiVersion, group, kind, name, namespace, value }: KrmObject): readonly Leftover[] {
  const ownNamespace = namespace === undefined ? {} : { namespace };
  const object = { apiVersion, group, kind, name, ...ownNamespace };
  const secret = secretWrittenBy({ group, kind, name, value });
  if (secret === undefined) return [object];
  const isCa = get(value, "spec", "isCA") === true;
  const containsCaKey = isCa ? ({ containsCaKey: true } as const) : {};
  return [object, { apiVersion: "v1", group: "", kind: "Secret", name: secret, ...ownNamespace, ...containsCaKey }];
}

/** Reports whether a generated object has no namespace. */
export function isClusterScoped({ kind }: Pick<ObjectReference, "kind">): boolean {
  return kind === "ClusterIssuer";
}

function isNameValid({ name, namespace }: Leftover): boolean {
  return dnsSubdomain.matches(name) && (namespace === undefined || dnsLabel.matches(namespace));
}

function keyOf({ group, kind, namespace = "", name }: Leftover): string {
  return `${kind}.${group}|${namespace}|${name}`;
}

/** Reads the objects of all files, as they are after the run. */
function* objectsOf(files: readonly File[]): Iterable<KrmObject> {
  for (const { manifest, text } of files) {
    const { items } = text === manifest.text ? manifest : readManifest(manifest.path, text);
    // An alias in an element of a list can refer to an earlier element. Items with anchors are never read fast.
    const anchors = new Anchors();
    for (const item of items) yield readObjectFast(item, "entire") ?? parseObject(parseItem(item, anchors));
  }
}
