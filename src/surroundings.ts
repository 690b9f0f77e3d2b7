import type { KrmObject } from "./krm/object";
import { getString } from "./yaml/value";

/** The objects around the workloads, found by what they are; built once, so that a run stays in line with its input. */
export interface Surroundings {
  find(group: string, kind: string, namespace: string | undefined, name: string): KrmObject | undefined;
  /** What writes a Secret: the Secret itself, or a Certificate. */
  producersOf(namespace: string | undefined, secretName: string): readonly KrmObject[];
}

/** @param defaultNamespace of objects that name none, because a later step sets it. */
export function surroundings(objects: readonly KrmObject[], defaultNamespace: string | undefined): Surroundings {
  const byIdentity = new Map<string, KrmObject>();
  const producers = new Map<string, KrmObject[]>();
  const namespaceOf = (namespace: string | undefined) => namespace ?? defaultNamespace ?? "";
  for (const object of objects) {
    const namespace = namespaceOf(object.namespace);
    byIdentity.set(`${object.group}|${object.kind}|${namespace}|${object.name}`, object);
    const secret = producedSecret(object);
    if (secret === undefined) continue;
    const key = `${namespace}|${secret}`;
    const others = producers.get(key);
    if (others === undefined) producers.set(key, [object]);
    else others.push(object);
  }
  return {
    find: (group, kind, namespace, name) => byIdentity.get(`${group}|${kind}|${namespaceOf(namespace)}|${name}`),
    producersOf: (namespace, secretName) => producers.get(`${namespaceOf(namespace)}|${secretName}`) ?? [],
  };
}

/** The name of the Secret that an object writes. */
export function producedSecret(object: Pick<KrmObject, "group" | "kind" | "name" | "value">): string | undefined {
  if (object.group === "" && object.kind === "Secret") return object.name;
  if (object.group === "cert-manager.io" && object.kind === "Certificate")
    return getString(object.value, "spec", "secretName");
  return undefined;
}
