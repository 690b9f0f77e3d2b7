import { posix } from "node:path";
import type { PrivateCaConfiguration } from "../config/private-ca";
import { type ItemText, parseObject } from "../krm/item";
import { type Finding, objectAndFile } from "../kube/finding";
import { fileKey, isFilteredByKpt, partialView } from "../kube/host-annotations";
import { describe, type Identity, toObject } from "../kube/object";
import { secretWrittenBy } from "../kube/secret-writer";
import { indexObjects } from "../plan/object-index";
import { privateCaObjects } from "../plan/objects/private-ca";
import type { Mapping } from "../yaml/value";
import { type Changes, privateCaChanges } from "./changes";
import { classifyItems } from "./classify";
import { generatedForPrivateCa, matchGenerated } from "./generated-objects";

/**
 * What a PrivateCA does to items: its objects are added, set or deleted, and nothing else is touched. With an error
 * among the findings nothing is.
 *
 * @param together see `classifyItems`.
 */
export function planPrivateCa(
  items: readonly ItemText[],
  privateCa: PrivateCaConfiguration,
  together: boolean,
): Changes {
  const inventory = classifyItems(items, generatedForPrivateCa(privateCa.name), together);
  const { generated, parse } = inventory;
  const workloads = inventory.workloads.map((index) => {
    const object = parseObject(parse(items[index] as ItemText));
    return { ...object, value: null };
  });
  const others = [...inventory.others, ...workloads];
  const hidden = [...others, ...generated.map(({ object }) => object)].find(isFilteredByKpt);
  const objects = privateCa.state === "absent" ? [] : privateCaObjects(privateCa);
  const errors = hidden === undefined ? conflictsOf(privateCa, objects, others) : [partialView(hidden)];
  if (errors.length > 0) return { items: new Map(), findings: errors };

  const asked = { object: privateCa.object, index: items.length - 1, plan: { objects } };
  const { update } = matchGenerated([asked], generated, others);
  const stay = update.map(({ there }) => there.object);
  const source = { ...asked, object: chooseFile(privateCa, stay, others) };
  const reason = `the PrivateCA "${privateCa.name}" is no longer to have it`;
  const { what, findings, ...changes } = privateCaChanges(items, inventory, source, others, reason);
  const code = generated.length === 0 ? "generated" : "updated";
  return { ...changes, findings: [...summary(privateCa, objects, what, code), ...findings] };
}

/** Objects of the user's that stand where those of the CA would: of the same name, or another producer of the Secret. */
function conflictsOf(
  privateCa: PrivateCaConfiguration,
  objects: readonly Mapping[],
  others: Parameters<typeof indexObjects>[0],
): Finding[] {
  const around = indexObjects(others, undefined);
  return objects.map(toObject).flatMap((wanted) => {
    const there = around.find(wanted.group, wanted.kind, wanted.namespace, wanted.name);
    const clash = (code: "clash-object" | "clash-secret", message: string): Finding => ({
      ...objectAndFile(privateCa.object),
      code,
      severity: "error",
      message,
      field: { path: "spec.names" },
    });
    const secret = secretWrittenBy(wanted);
    const producers = secret === undefined ? [] : around.writersOfSecret(wanted.namespace, secret);
    return [
      ...(there === undefined
        ? []
        : [
            clash(
              "clash-object",
              `${describe(there)} is there already and is not ours: rename it, or set another name.`,
            ),
          ]),
      ...producers
        .filter((producer) => producer !== there)
        .map((producer) =>
          clash(
            "clash-secret",
            `${describe(producer)} produces the Secret "${secret}" already: set spec.names.secret to another name.`,
          ),
        ),
    ];
  });
}

/**
 * Where new objects lie: with those that stay, in the first of their files by name where a user spread them, so that the
 * next run comes to the same; else in a file of their own beside that of the functionConfig,
 * named as kpt names files. The functionConfig's own file must hold nothing else, or kpt does not read it.
 */
function chooseFile(
  { name, object: configuration }: PrivateCaConfiguration,
  stay: readonly Identity[],
  others: readonly Identity[],
): Identity {
  const [there] = stay
    .filter(({ file }) => file !== undefined)
    .sort((one, other) => ((fileKey(one) ?? "") < (fileKey(other) ?? "") ? -1 : 1));
  if (there?.file !== undefined) return { ...there, file: { path: there.file.path, index: -1 } };
  // Where the configuration has no file in the package, one of the outermost package tells how files are named.
  const outermost = others
    .filter(({ file }) => file !== undefined)
    .sort((one, other) => (one.packagePath ?? "").length - (other.packagePath ?? "").length)[0];
  const guide = configuration.file === undefined ? outermost : configuration;
  if (guide === undefined) return configuration;
  const folder = posix.dirname(configuration.file?.path ?? "");
  const taken = new Set(others.map(fileKey));
  for (let count = 1; ; count++) {
    const path = posix.join(folder, `privateca_${name}${count === 1 ? "" : `_${count}`}.yaml`);
    const home = { ...guide, file: { path, index: -1 } };
    if (!taken.has(fileKey(home))) return home;
  }
}

function summary(
  privateCa: PrivateCaConfiguration,
  objects: readonly Mapping[],
  what: readonly string[],
  code: "generated" | "updated",
): Finding[] {
  if (what.length > 0) {
    const text = what.join("; ");
    const message = `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
    return [{ ...objectAndFile(privateCa.object), code, severity: "info", message }];
  }
  if (objects.length === 0) return [];
  const message = "The private CA was as configured already.";
  return [{ ...objectAndFile(privateCa.object), code: "unchanged", severity: "info", message }];
}
