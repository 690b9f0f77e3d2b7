import type { LabelSelector, LabelSelectorRequirement } from "../kube/label-selector";

/** Commas that separate requirements, and not the values in parentheses. */
const separator = /,(?![^()]*\))/;

const key = "(?<key>[^\\s,=!<>()]+)";
const forms: readonly RegExp[] = [
  new RegExp(`^(?<not>!)?\\s*${key}$`),
  new RegExp(`^${key}\\s*(?<operator>==?|!=)\\s*(?<value>[^\\s,=!<>()]*)$`),
  new RegExp(`^${key}\\s+(?<operator>in|notin)\\s*\\((?<values>[^()]*)\\)$`),
];

/**
 * Reads kubectl's label selector syntax (`a=b,c!=d,e in (x,y),f notin (z),g,!h`) as the API's LabelSelector. An empty
 * text matches everything. `invalidInputResult` is the first requirement that is none.
 */
export function parseLabelSelector(text: string): LabelSelector | { readonly unreadable: string } {
  const matchLabels: Record<string, string> = Object.create(null);
  const matchExpressions: LabelSelectorRequirement[] = [];
  if (text.trim() === "") return {};
  for (const part of text.split(separator)) {
    const requirement = toRequirement(part.trim());
    if (requirement === undefined) return { unreadable: part.trim() };
    const [value] = requirement.values ?? [];
    // Two different values of one key match nothing, and must not become the second alone.
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

/** One requirement; `equals` for those of the form `a=b`. */
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
        values: values.split(",").map((one) => one.trim()),
        equals: false,
      };
    case "!=":
      return { key: name, operator: "NotIn", values: [value], equals: false };
    default:
      return { key: name, operator: "In", values: [value], equals: true };
  }
}
