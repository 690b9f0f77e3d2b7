import type { LabelSelector, LabelSelectorRequirement } from "../kube/label-selector";

/** A comma between requirements, but not one between values in parentheses. */
const separator = /,(?![^()]*\))/;

const key = "(?<key>[^\\s,=!<>()]+)";
const forms: readonly RegExp[] = [
  new RegExp(`^(?<not>!)?\\s*${key}$`),
  new RegExp(`^${key}\\s*(?<operator>==?|!=)\\s*(?<value>[^\\s,=!<>()]*)$`),
  new RegExp(`^${key}\\s+(?<operator>in|notin)\\s*\\((?<values>[^()]*)\\)$`),
];

/**
 * Parses kubectl's label selector syntax (`a=b,c!=d,e in (x,y),f notin (z),g,!h`). Names and values are not validated.
 * An empty selector matches everything.
 *
 * @returns the API's LabelSelector, or the first requirement that can't be parsed, as `unreadable`.
 */
export function parseLabelSelector(text: string): LabelSelector | { readonly unreadable: string } {
  const matchLabels: Record<string, string> = Object.create(null);
  const matchExpressions: LabelSelectorRequirement[] = [];
  if (text.trim() === "") return {};
  for (const part of text.split(separator)) {
    const requirement = toRequirement(part.trim());
    if (requirement === undefined) return { unreadable: part.trim() };
    const [value] = requirement.values ?? [];
    // Two different values for one key match nothing. The second must not replace the first.
    if (requirement.equals && value !== undefined && !Object.hasOwn(matchLabels, requirement.key)) {
      matchLabels[requirement.key] = value;
    } else {
      const { equals: _, ...expression } = requirement;
      matchExpressions.push(expression);
    }
  }
  return {
    ...(Object.keys(matchLabels).length === 0 ? {} : { matchLabels }),
    ...(matchExpressions.length === 0 ? {} : { matchExpressions }),
  };
}

/** Parses one requirement; undefined if it isn't one. `equals` is true for the form `a=b`. */
function toRequirement(text: string): (LabelSelectorRequirement & { readonly equals: boolean }) | undefined {
  const groups = forms.map((form) => form.exec(text)?.groups).find((found) => found !== undefined);
  if (groups === undefined) return undefined;
  const { key: name = "", not, operator, value = "", values = "" } = groups;
  switch (operator) {
    case undefined:
      return { key: name, operator: not === undefined ? "Exists" : "DoesNotExist", equals: false };
    case "in":
    case "notin":
      return {
        key: name,
        operator: operator === "in" ? "In" : "NotIn",
        values: values.split(",").map((item) => item.trim()),
        equals: false,
      };
    case "!=":
      return { key: name, operator: "NotIn", values: [value], equals: false };
    default:
      return { key: name, operator: "In", values: [value], equals: true };
  }
}
