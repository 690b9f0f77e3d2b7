import { listAll, plural } from "../kube/message-text";
import { describe } from "../kube/object";
import { groupBy } from "../yaml/maps";
import type { Styler } from "./ansi";
import { isClusterScoped, type Leftover } from "./leftovers";

/**
 * Returns the lines that report leftovers: a notice, and the commands that delete them. Returns none if there are no
 * leftovers.
 */
export function leftoverNotice(unsorted: readonly Leftover[], style: Styler): string[] {
  if (unsorted.length === 0) return [];
  const leftovers = [...unsorted].sort(compare);
  const sentences = [
    `The cluster may still have ${count(leftovers)} that the manifests no longer contain: \`kubectl apply\` doesn't delete them.`,
    ...leftovers
      .filter(({ containsCaKey }) => containsCaKey)
      .map((secret) => `${describe(secret)} contains the key of a CA, which can't be restored.`),
    ...(leftovers.some((leftover) => leftover.namespace === undefined && !isClusterScoped(leftover))
      ? ["Add the namespace to the commands that don't name one, unless it is that of your current context."]
      : []),
    "After you apply the manifests, delete what nothing else uses:",
  ];
  return [
    `${style("cyan", "notice:")} ${sentences.join(" ")}\n`,
    ...deleteCommands(leftovers).map((command) => `  ${command}\n`),
  ];
}

/**
 * Sorts by namespace, kind and name. Certificates come before Secrets: while a Certificate exists, cert-manager creates
 * its Secret again.
 */
function compare(one: Leftover, other: Leftover): number {
  const [a, b] = [one, other].map(({ namespace = "", kind, name }) => [namespace, kind, name].join(" "));
  return (a as string) < (b as string) ? -1 : 1;
}

/** Returns the number of objects of each kind: `2 Certificates, 2 PodMonitors, and 1 Secret`. */
function count(leftovers: readonly Leftover[]): string {
  return listAll([...groupBy(leftovers, ({ kind }) => kind)].map(([kind, { length }]) => plural(length, kind)));
}

/**
 * Returns the commands that delete leftovers, one for each namespace and set of kinds: the objects of a workload usually
 * have the same name.
 */
function deleteCommands(leftovers: readonly Leftover[]): string[] {
  const byName = groupBy(leftovers, ({ namespace = "", name }) => `${namespace}/${name}`);
  const named = [...byName.values()].map((objects) => ({ ...objects[0], types: objects.map(typeOf).join() }));
  return [...groupBy(named, ({ namespace = "", types }) => `${namespace}/${types}`).values()].map((group) => {
    const [{ namespace, types }] = group;
    const flags = ["--ignore-not-found", ...(namespace === undefined ? [] : [`--namespace=${namespace}`])];
    return ["kubectl delete", ...flags, types, ...group.map(({ name }) => name)].join(" ");
  });
}

/** Returns a kind as kubectl prints it, which no other group's kind can be mistaken for: `certificate.cert-manager.io`. */
function typeOf({ kind, group }: Leftover): string {
  return [kind.toLowerCase(), ...(group === "" ? [] : [group])].join(".");
}
