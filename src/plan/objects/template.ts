/** What the variables of a template stand for; undefined where it is not known. */
export interface TemplateVariables {
  readonly [name: string]: string | undefined;
  readonly name: string;
  readonly namespace: string | undefined;
  /** In lower case. */
  readonly kind: string;
  /** The name of the agent's container. */
  readonly agent: string;
}

/** The text, or the first variable without a value: `known` tells the namespace of a workload that has none from a typo. */
export type Expanded = { readonly text: string } | { readonly variable: string; readonly known: boolean };

/** Replaces `{name}`, `{namespace}`, `{kind}` and `{agent}`. Another word in braces is an unknown variable. */
export function expand(template: string, variables: TemplateVariables): Expanded {
  const parts: string[] = [];
  let from = 0;
  for (let open = template.indexOf("{"); open >= 0; open = template.indexOf("{", from)) {
    const close = template.indexOf("}", open);
    if (close < 0) break;
    const variable = template.slice(open + 1, close);
    const known = Object.hasOwn(variables, variable);
    const value = known ? variables[variable] : undefined;
    if (value === undefined) return { variable, known };
    parts.push(template.slice(from, open), value);
    from = close + 1;
  }
  parts.push(template.slice(from));
  return { text: parts.join("") };
}
