import type { Finding } from "../kube/finding";
import { listSome } from "../kube/message-text";
import { describe } from "../kube/object";
import { getOrInsert } from "../yaml/maps";

/** How many of the other objects with the same finding a message names. */
const maxNames = 10;

/** The findings with the same cause and message. */
interface SharedFinding {
  readonly first: Finding;
  readonly others: Finding[];
}

/**
 * Replaces findings that have the same cause, code, severity and message with the first of them, whose message then
 * also names the other objects. Findings without a `cause` are unchanged.
 *
 * @param findings in the order of the input. All findings of an object are next to each other.
 */
export function mergeSharedCauses(findings: readonly Finding[]): readonly Finding[] {
  const groups = new Map<string, SharedFinding>();
  const merged = findings.flatMap((finding): (Finding | SharedFinding)[] => {
    if (finding.cause === undefined) return [finding];
    const key = JSON.stringify([finding.cause, finding.code, finding.severity, finding.message]);
    const group = getOrInsert(groups, key, () => ({ first: finding, others: [] }));
    if (group.first === finding) return [group];
    if (!isSameObject(finding, group.others.at(-1) ?? group.first)) group.others.push(finding);
    return [];
  });
  return merged.map((one) => ("first" in one ? withOthers(one) : one));
}

function withOthers({ first, others }: SharedFinding): Finding {
  if (others.length === 0) return first;
  const names = listSome(others, maxNames, ({ object }) => (object === undefined ? "" : describe(object)));
  return { ...first, message: `${first.message} The same applies to ${names}.` };
}

function isSameObject(one: Finding, other: Finding): boolean {
  const identity = ({ object, file }: Finding) => JSON.stringify([object, file]);
  return identity(one) === identity(other);
}
