import { type Generation, generation, nameOf, type Source, type Wanted } from "./generated";
import type { Inventory } from "./inventory";
import { type Deleted, deletionEdits } from "./krm/deletion";
import { edited, type Parse, readAfter } from "./krm/edited";
import { about, type Finding } from "./krm/finding";
import { bodyLength, type Item, type ItemText, objectOf } from "./krm/item";
import { type Identity, identityOf } from "./krm/object";
import { guarded } from "./krm/unsafe";
import { type ItemChange, placed } from "./krm/write";
import type { Treated } from "./treat";
import { mustKeepBlockScalars } from "./yaml/block-scalars";
import { mustBeEditable } from "./yaml/change";
import { documentsOf } from "./yaml/documents";
import { applyEdits, type Edit, movedBy } from "./yaml/edit";
import { YamlError } from "./yaml/error";
import { lastScalar, remarksEnd, takesLineBreak } from "./yaml/extent";
import { mustEndLinesPlainly } from "./yaml/limits";
import type { Node } from "./yaml/node";
import { parse as parseText } from "./yaml/parse";
import { reconcile } from "./yaml/reconcile";
import { detectStyle } from "./yaml/style";
import type { Mapping } from "./yaml/value";

/** What a run does to the items, by the index of the item, and what it says of it. */
export interface Changes {
  readonly items: ReadonlyMap<number, ItemChange>;
  /** Objects for a list without items. */
  readonly appended?: readonly Mapping[];
  readonly findings: readonly Finding[];
}

/** Brings the workloads' new texts together with the objects beside them. */
export function changesOf(items: readonly ItemText[], inventory: Inventory, treated: readonly Treated[]): Changes {
  const changes = new Map<number, ItemChange>();
  for (const { index, length, edits } of treated)
    if (length !== undefined && edits !== undefined) changes.set(index, { length, edits });
  const others = [...inventory.others, ...treated.map(({ object }) => object)];
  const known = ({ source, behind }: Wanted & { readonly behind: number }) => {
    const { index, length } = treated[source] as Treated;
    return index === behind ? length : undefined;
  };
  const reason = "its workload is gone, or is no longer to have it";
  const placed = place(items, inventory, generation(treated, inventory.generated, others), changes, reason, known);
  return { items: changes, findings: [...workloadFindings(treated, placed.said), ...placed.findings] };
}

/** The objects of a configuration that generates some of its own; `what` was done to them, and the `reason` of deletions. */
export function ownChangesOf(
  items: readonly ItemText[],
  inventory: Inventory,
  source: Source,
  others: readonly Identity[],
  reason: string,
): Changes & { readonly what: readonly string[] } {
  const changes = new Map<number, ItemChange>();
  const { added, ...rest } = generation([source], inventory.generated, others);
  // Without an item there is none that they could go behind.
  const appended = added.filter(({ behind }) => behind < 0);
  const behind = added.filter((wanted) => wanted.behind >= 0);
  const { said, findings } = place(items, inventory, { ...rest, added: behind }, changes, reason);
  const what = [...appended.map(({ object }) => `added ${nameOf(object)}`), ...(said.get(0) ?? [])];
  return { items: changes, appended: appended.map(placed), what, findings };
}

/**
 * Puts what becomes of the generated objects into `changes`, and tells what is to be said of it: by source, and of the
 * objects themselves.
 *
 * @param reason why an object is deleted.
 * @param known the length of the body that an object goes behind, where it is known.
 */
function place(
  items: readonly ItemText[],
  { parse }: Inventory,
  { added, kept, pruned }: Generation,
  changes: Map<number, ItemChange>,
  reason: string,
  known: (wanted: Generation["added"][number]) => number | undefined = () => undefined,
): { readonly said: ReadonlyMap<number, readonly string[]>; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const said = new Map<number, readonly string[]>();
  const say = ({ source, object }: Wanted, what: string) => {
    said.set(source, [...(said.get(source) ?? []), `${what} ${nameOf(object)}`]);
  };
  for (const wanted of kept) {
    const { index, object } = wanted.there;
    const text = items[index] as ItemText;
    const change = guarded(text, object, findings, () => reconciled(text, wanted.object, parse));
    if (change === undefined) continue;
    changes.set(index, change);
    say(wanted, "set");
  }
  const unfollowed = new Set<number>();
  for (const wanted of added) {
    const { behind } = wanted;
    if (unfollowed.has(behind)) continue;
    if (!canBeFollowed(items[behind] as ItemText, changes.get(behind), parse, findings)) {
      unfollowed.add(behind);
      continue;
    }
    const change = changes.get(behind) ?? {
      length: known(wanted) ?? bodyLength(parse(items[behind] as ItemText)),
    };
    changes.set(behind, { ...change, behind: [...(change.behind ?? []), wanted] });
    say(wanted, "added");
  }
  const deleted = new Map<number, Deleted>();
  for (const { index } of pruned) {
    const item = items[index] as ItemText;
    deleted.set(index, { item, length: bodyLength(parse(item)) });
  }
  for (const { index, object } of pruned) {
    const stretch = broughtTogether(items, index, deleted, changes, parse);
    if (stretch !== undefined && !isSafe(stretch, object, findings)) {
      deleted.delete(index);
      continue;
    }
    changes.set(index, { ...changes.get(index), length: (deleted.get(index) as Deleted).length, isDeleted: true });
    findings.push({
      ...about(identityOf(object)),
      code: "pruned",
      severity: "info",
      message: `Deleted: ${reason}.`,
    });
  }
  return { said, findings };
}

/** Whether something can be put behind an item, as it becomes; otherwise a finding tells why not. */
function canBeFollowed(item: ItemText, change: ItemChange | undefined, parse: Parse, findings: Finding[]): boolean {
  const { text, source } = item;
  const isEnded = text.endsWith("\n") || text[(documentsOf(text)[0]?.end ?? 0) - 1] === "\n";
  if (source.form === "flow" || isEnded) return true;
  const parsed = parse({ ...item, text: applyEdits(text, change?.edits ?? []) });
  const check = () => {
    const last = lastScalar(parsed.node);
    // A line break would be one more of its text.
    if (last === undefined || !takesLineBreak(last)) return true;
    const message = "nothing can be put behind it: its last line must end with a line break";
    throw new YamlError(message, text.length);
  };
  return guarded(item, objectOf(parsed), findings, check) ?? false;
}

/** Whether all that stays keeps what it says; otherwise a finding tells why not. */
function isSafe({ before, edits, after, read }: Stretch, object: Identity, findings: Finding[]): boolean {
  const check = () => {
    const node = readAfter(edits, () => read(after)) as Node;
    mustKeepBlockScalars(before, edits, { text: after, node });
    return true;
  };
  return guarded(before, object, findings, check) ?? false;
}

/** Lines of a source: from what stays up to what shows itself behind an item that is deleted. */
interface Stretch {
  /** The node is that of what stays, with which the text starts. */
  readonly before: Item;
  readonly edits: readonly Edit[];
  readonly after: string;
  readonly read: Above["read"];
}

/**
 * Where a deletion brings what is behind a deleted item to stand behind something that stays; undefined where it does
 * not.
 *
 * @param deleted all items that are deleted, by their index.
 */
function broughtTogether(
  items: readonly ItemText[],
  index: number,
  deleted: ReadonlyMap<number, Deleted>,
  changes: ReadonlyMap<number, ItemChange>,
  parse: Parse,
): Stretch | undefined {
  const item = items[index] as ItemText;
  if (item.source.form === "flow") return undefined;
  let first = index;
  while (deleted.has(first - 1) && follows(items[first - 1], items[first])) first--;
  const above = follows(items[first - 1], items[first]) ? first - 1 : undefined;
  // A new object comes to stand between.
  for (let i = above ?? first; i <= index; i++) if (changes.get(i)?.behind !== undefined) return undefined;
  const stays =
    above === undefined
      ? documentAbove(items[first] as ItemText)
      : itemAbove(items[above] as ItemText, changes.get(above)?.edits ?? [], parse);
  const node = stays?.read(stays.text);
  if (stays === undefined || node === undefined) return undefined;

  const between = Array.from({ length: index - first + 1 }, (_, i) => deleted.get(first + i) as Deleted);
  const whole = item.source.text;
  const bodyEnd = item.offset + (deleted.get(index) as Deleted).length;
  const text = stays.text + whole.slice(stays.end, remarksEnd(whole, bodyEnd));
  const offset = stays.end - stays.text.length;
  const edits = movedBy(-offset, deletionEdits(whole, between));
  const edited = applyEdits(text, edits);
  const after = edited.slice(0, documentsOf(edited)[0]?.to);
  return { before: { ...item, offset, text, node }, edits, after, read: stays.read };
}

/** Whether nothing but blank lines and comments is between two items of a file. */
function follows(above: ItemText | undefined, below: ItemText | undefined): boolean {
  if (above === undefined || below === undefined) return false;
  const { path, text } = above.source;
  if (path !== below.source.path || text !== below.source.text || above.source.form === "flow") return false;
  return remarksEnd(text, above.offset + above.text.length - 1) >= below.offset;
}

/** What stays above something that is deleted: its text, as it becomes, where it ended, and how such a text is read. */
interface Above {
  readonly text: string;
  readonly end: number;
  readonly read: (text: string) => Node | undefined;
}

function itemAbove(item: ItemText, edits: readonly Edit[], parse: Parse): Above {
  const read = (text: string) => parse({ ...item, text }).node;
  return { text: applyEdits(item.text, edits), end: item.offset + item.text.length, read };
}

/** The document above another one, which need not be an object; undefined above an element of a list. */
function documentAbove({ source, offset }: ItemText): Above | undefined {
  if (source.form !== "document" || offset === 0) return undefined;
  const from = documentsOf(source.text.slice(0, offset)).at(-1)?.from;
  return { text: source.text.slice(from, offset), end: offset, read: (text) => parseText(text) };
}

/** The change of a generated object that is there, or undefined where it is as wanted. */
function reconciled(text: ItemText, wanted: Wanted["object"], parse: Parse): ItemChange | undefined {
  const item = parse(text);
  mustBeEditable(item.node);
  if (item.node.kind !== "mapping") throw new YamlError("must be a mapping", item.node.start);
  mustEndLinesPlainly(item.text);
  const edits = reconcile(item.text, item.node, wanted, detectStyle(item.text, item.node));
  if (edits.length === 0) return undefined;
  edited(item, edits, parse);
  return { length: bodyLength(item), edits };
}

const messages = { removed: "took back what was added to it", injected: "injected", updated: "updated" } as const;

function workloadFindings(treated: readonly Treated[], said: ReadonlyMap<number, readonly string[]>): Finding[] {
  const findings: Finding[] = [];
  let unchanged = 0;
  treated.forEach(({ object, edits, injected, injectedBefore, adopted = [] }, workload) => {
    const objects = said.get(workload) ?? [];
    if (edits === undefined && objects.length === 0) {
      if (injectedBefore) unchanged++;
      return;
    }
    const code = !injected ? "removed" : injectedBefore ? "updated" : "injected";
    const [first = "", ...more] = [...(edits === undefined ? [] : [messages[code]]), ...objects];
    const message = `${[capital(first), ...more].join("; ")}.`;
    findings.push({ ...about(object), code, severity: "info", message }, ...adopted);
  });
  if (unchanged > 0) {
    const message = `${unchanged} ${unchanged === 1 ? "workload was" : "workloads were"} as configured already.`;
    findings.push({ code: "unchanged", severity: "info", message });
  }
  return findings;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
