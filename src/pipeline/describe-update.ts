import { printPath, type Step } from "../kube/field-path";
import { parseImage } from "../kube/image";
import { listSome } from "../kube/message-text";
import { addedAnnotation, recordAnnotation } from "../kube/own-annotations";
import { parse } from "../yaml/parse";
import { toValue } from "../yaml/to-value";
import { getString, isList, isMapping, isStringList, type Mapping, sameValue, type Value } from "../yaml/value";
import { YamlError } from "../yaml/yaml-error";

/** How many differences a message names. */
const maxDifferences = 3;

/** Where the fields of an object are that a message names shortly. */
export interface UpdateContext {
  /** The path of the pod's spec, if the object has one, such as `spec.template.spec`. */
  readonly podSpecPath?: string;
  /** The names of the agent's containers. */
  readonly agents?: ReadonlySet<string>;
}

/**
 * Describes how an object changes: `image 0.158.0 → 0.165.0 and memory limit 128Mi → 256Mi`. Names only the first few
 * fields, the image and the resources first. The value of a field that can hold a secret isn't shown.
 *
 * @returns undefined if only the function's own annotations differ.
 */
export function describeUpdate(before: Value, after: Value, context: UpdateContext = {}): string | undefined {
  const described = differences(before, after, [], context).map((difference) => ({
    text: describeDifference(difference, context),
    rank: rankOf(difference.path),
  }));
  const sorted = described.sort((one, other) => one.rank - other.rank).map(({ text }) => text);
  return sorted.length === 0 ? undefined : listSome([...new Set(sorted)], maxDifferences, (text) => text);
}

/** A field with different values. */
interface Difference {
  readonly path: readonly Step[];
  /** Undefined if the field is new. */
  readonly before: Value | undefined;
  /** Undefined if the field was removed. */
  readonly after: Value | undefined;
  /** True for a list whose elements only have another order. */
  readonly isReordered?: true;
}

function differences(
  before: Value | undefined,
  after: Value | undefined,
  path: readonly Step[],
  context: UpdateContext,
): Difference[] {
  if (sameValue(before, after) || isOwnAnnotation(path)) return [];
  const [old, current] = [entriesOf(before, path, context), entriesOf(after, path, context)];
  if (old === undefined || current === undefined) return [{ path, before, after }];
  const steps = new Map([...current, ...old].map(([key, { step }]) => [key, step]));
  const within = [...steps].flatMap(([key, step]) =>
    differences(old.get(key)?.value, current.get(key)?.value, [...path, step], context),
  );
  if (within.length > 0) return within;
  if (steps.size === 0) return [{ path, before, after }];
  return isList(before) && isList(after) ? [{ path, before, after, isReordered: true }] : [];
}

function isOwnAnnotation(path: readonly Step[]): boolean {
  const last = path.at(-1);
  return path.at(-2) === "annotations" && (last === recordAnnotation || last === addedAnnotation);
}

/** A part of a collection. */
interface Entry {
  readonly step: Step;
  readonly value: Value;
}

type Entries = ReadonlyMap<string, Entry>;

/** Returns the parts of a collection that can be compared one by one; undefined if there are none. */
function entriesOf(value: Value | undefined, path: readonly Step[], context: UpdateContext): Entries | undefined {
  const [list, last] = path.slice(-2);
  if (isNamed(last) && elementLabels.has(list))
    return list === "env" && isOfAgent(path, context) ? settingsOf(getString(value, "value")) : undefined;
  if (value === undefined) return isNamed(last) ? undefined : new Map();
  if (isMapping(value)) return byKey(value);
  if (isStringList(value) && last === "args") return flagsOf(value);
  return isList(value) ? byName(value) : undefined;
}

function byKey(mapping: Mapping): Entries {
  return new Map(Object.entries(mapping).map(([key, value]) => [key, { step: key, value }]));
}

/** By name, or by index if not every element has a unique name. */
function byName(list: readonly Value[]): Entries {
  const names = list.map((element) => getString(element, "name"));
  const isNamed = new Set(names).size === list.length && !names.includes(undefined);
  const keys = isNamed ? names.map(String) : list.map((_, index) => String(index));
  return new Map(list.map((value, index) => [String(keys[index]), { step: { name: String(keys[index]) }, value }]));
}

/** Flags by their names. Other arguments could be the values of flags, so they aren't named. */
function flagsOf(args: readonly string[]): Entries | undefined {
  const flags = args.map((arg) => /^--?[A-Za-z][\w.-]*(?==)/.exec(arg)?.[0]);
  if (flags.includes(undefined) || new Set(flags).size < flags.length) return undefined;
  return new Map(args.map((value, index) => [String(flags[index]), { step: { name: String(flags[index]) }, value }]));
}

/** Reports whether an element of a container's list belongs to an agent's container. */
function isOfAgent(path: readonly Step[], { agents }: UpdateContext): boolean {
  const container = path.at(-3);
  return isNamed(container) && agents?.has(container.name) === true;
}

/** Returns the settings in the value of a variable that is a whole configuration: a mapping in YAML or JSON. */
function settingsOf(text: string | undefined): Entries | undefined {
  if (text === undefined) return undefined;
  try {
    const node = parse(text);
    const value = node === undefined ? null : toValue(node);
    return isMapping(value) ? byKey(value) : undefined;
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

function isNamed(step: Step | undefined): step is { readonly name: string } {
  return typeof step === "object";
}

/** Fields whose values can be secrets, or contain them. */
const secretFields =
  /^(?:annotations|args|command|data|env|exec|stringData)$|credential|header|param|pass(?:word|phrase)|proxy|token|url$/i;

function isSecret(path: readonly Step[]): boolean {
  return path.some((step) => !isNamed(step) && secretFields.test(step));
}

function describeDifference({ path, before, after, isReordered }: Difference, context: UpdateContext): string {
  const label = labelOf(path, context);
  if (isReordered) return `order of ${label}`;
  if (before === undefined) return `added ${label}`;
  if (after === undefined) return `removed ${label}`;
  const [old, current] = path.at(-1) === "image" ? withoutRepository(before, after) : [before, after];
  return !isSecret(path) && isPresentable(old) && isPresentable(current) ? `${label} ${old} → ${current}` : label;
}

/** Reports whether a value fits into a message, and has no query, as of a URL, which can contain a token. */
function isPresentable(value: Value): boolean {
  return typeof value !== "object" && /^[\x20-\x3e\x40-\x7e]{1,80}$/.test(String(value));
}

/** Shortens two images to their tags if they differ in nothing else. */
function withoutRepository(before: Value, after: Value): readonly [Value, Value] {
  const [old, current] = [before, after].map((image) => {
    const { tag, digest } = parseImage(String(image));
    if (tag === undefined || digest !== undefined) return undefined;
    return { tag, repository: String(image).slice(0, -tag.length) };
  });
  return old !== undefined && old.repository === current?.repository ? [old.tag, current.tag] : [before, after];
}

/** The image and the resources come first, because they matter most. */
function rankOf(path: readonly Step[]): number {
  if (path.at(-1) === "image") return 0;
  return path.includes("resources") ? 1 : 2;
}

/** Names a field as briefly as a reader of the manifest understands it. */
function labelOf(path: readonly Step[], { podSpecPath, agents }: UpdateContext): string {
  const inPod = podSpecPath === undefined ? undefined : within(path, podSpecPath);
  const [list, container, ...inContainer] = inPod ?? [];
  if ((list === "containers" || list === "initContainers") && isNamed(container)) {
    const field = inContainer.length === 0 ? undefined : fieldLabel(inContainer);
    if (field === undefined) return `${list === "containers" ? "container" : "init container"} ${container.name}`;
    return agents?.has(container.name) ? field : `${field} of container ${container.name}`;
  }
  return fieldLabel(inPod ?? within(path, "spec") ?? within(path, "metadata") ?? path);
}

/** Returns the rest of a path within another one; undefined if it isn't within it. */
function within(path: readonly Step[], outer: string): readonly Step[] | undefined {
  const length = outer.split(".").length;
  return path.length > length && printPath(path.slice(0, length)) === outer ? path.slice(length) : undefined;
}

/** The names of elements, by their list. */
const elementLabels: ReadonlyMap<Step | undefined, string> = new Map([
  ["args", "argument"],
  ["env", "variable"],
  ["imagePullSecrets", "pull secret"],
  ["ports", "port"],
  ["volumeMounts", "mount"],
  ["volumes", "volume"],
]);

function fieldLabel(path: readonly Step[]): string {
  const [first, second, third] = path;
  if (first === "resources" && (second === "limits" || second === "requests") && typeof third === "string")
    return `${third === "cpu" ? "CPU" : third} ${second.slice(0, -1)}`;
  const element = elementLabels.get(first);
  if (element !== undefined && isNamed(second)) {
    const settings = path.slice(2);
    return settings.length === 0 ? `${element} ${second.name}` : `${printPath(settings)} in ${second.name}`;
  }
  const last = path.at(-1);
  const parent = path.at(-2);
  if ((parent === "labels" || parent === "annotations") && typeof last === "string")
    return `${parent.slice(0, -1)} ${last}`;
  return printPath(path);
}
