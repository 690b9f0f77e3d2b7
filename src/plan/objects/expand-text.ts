/** The values of a template's variables. A value is undefined if it is unknown. */
export interface TemplateVariables {
  readonly [name: string]: string | undefined;
  readonly name: string;
  readonly namespace: string | undefined;
  /** The workload's kind in lower case. */
  readonly kind: string;
  /** The name of the agent's container. */
  readonly agent: string;
}

/**
 * The expanded text, or the first variable without a value. `known` is true for the namespace of a workload that has
 * none, and false for a typo.
 */
export type Expanded = { readonly text: string } | { readonly variable: string; readonly known: boolean };

/** Replaces each `{variable}` of a template with its value. Any other text in braces is an unknown variable. */
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
