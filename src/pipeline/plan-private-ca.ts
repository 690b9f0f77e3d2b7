import type { PrivateCaConfiguration } from "../config/read-private-ca";
import { type ItemText, parseObject } from "../krm/item";
import type { Finding } from "../kube/finding";
import { fileKey, isFilteredByKpt, partialView } from "../kube/host-annotations";
import type { Identity } from "../kube/object";
import { objectConflicts } from "../plan/checks/conflicts";
import { indexObjects } from "../plan/object-index";
import { privateCaObjects } from "../plan/objects/private-ca";
import { classifyItems } from "./classify-items";
import { type Changes, privateCaChanges } from "./collect-changes";
import { generatedForPrivateCa, matchGenerated } from "./generated-objects";

/**
 * Plans a PrivateCA: its objects are added, updated or deleted, and nothing else changes. If a finding is an error,
 * nothing changes at all.
 *
 * @param prune if false, none of its objects is deleted.
 * @param parseTogether see `classifyItems`.
 */
export function planPrivateCa(
  items: readonly ItemText[],
  privateCa: PrivateCaConfiguration,
  { prune, parseTogether }: { readonly prune: boolean; readonly parseTogether: boolean },
): Changes {
  const classified = classifyItems(items, generatedForPrivateCa(privateCa.name), parseTogether);
  const { generated, parse } = classified;
  const workloads = classified.workloads.map(({ item }) => ({ ...parseObject(parse(item)), value: null }));
  const others = [...classified.others, ...workloads];
  const objects = privateCa.state === "absent" ? [] : privateCaObjects(privateCa);
  const filtered = [...others, ...generated.map(({ object }) => object)].find(isFilteredByKpt);
  const conflictContext = {
    object: privateCa.object,
    place: { configField: { path: "spec.names" } },
    nameFieldOf: () => "spec.names",
    secretField: "spec.names.secret",
  };
  const errors =
    filtered === undefined
      ? objectConflicts(objects, indexObjects(others, undefined), conflictContext).map(aboutConfiguration)
      : [partialView(filtered)];
  if (errors.length > 0) return { items: new Map(), findings: errors, describe: () => [] };

  const index = items.length - 1;
  const last = items[index];
  const generation = {
    object: privateCa.object,
    objects,
    ...(last === undefined ? {} : { after: { item: last, index } }),
  };
  const { update } = matchGenerated([generation], generated, others);
  const remaining = update.map(({ existing }) => existing.object);
  const source = { ...generation, object: chooseFile(privateCa, remaining, others) };
  const pruneReason = `the PrivateCA "${privateCa.name}" no longer needs it`;
  return privateCaChanges(items, classified, { source, others, privateCa: privateCa.object, prune, pruneReason });
}

/** Returns a finding without its object, which is the configuration itself. */
function aboutConfiguration({ object: _, file: __, ...finding }: Finding): Finding {
  return finding;
}

/**
 * Chooses the file of new objects. If some of the CA's objects already exist, it is the first of their files by name,
 * so that the next run chooses the same file wherever a user moved them. Otherwise it is a new file next to the
 * functionConfig's, named as kpt names files: kpt doesn't read a functionConfig from a file that holds other objects.
 *
 * @returns an identity in that file, with an index before all others.
 */
function chooseFile(
  { name, object: configuration }: PrivateCaConfiguration,
  remaining: readonly Identity[],
  others: readonly Identity[],
): Identity {
  const [existing] = remaining
    .filter(({ file }) => file !== undefined)
    .sort((one, other) => ((fileKey(one) ?? "") < (fileKey(other) ?? "") ? -1 : 1));
  if (existing?.file !== undefined) return { ...existing, file: { path: existing.file.path, index: -1 } };
  // If the configuration has no file in the package, an object of the outermost package shows how files are named.
  const outermost = others
    .filter(({ file }) => file !== undefined)
    .sort((one, other) => (one.packagePath ?? "").length - (other.packagePath ?? "").length)[0];
  const neighbor = configuration.file === undefined ? outermost : configuration;
  if (neighbor === undefined) return configuration;
  const configurationPath = configuration.file?.path ?? "";
  const folder = configurationPath.slice(0, configurationPath.lastIndexOf("/") + 1);
  const taken = new Set(others.map(fileKey));
  for (let count = 1; ; count++) {
    const path = `${folder}privateca_${name}${count === 1 ? "" : `_${count}`}.yaml`;
    const first = { ...neighbor, file: { path, index: -1 } };
    if (!taken.has(fileKey(first))) return first;
  }
}
