/** A JSON Schema, by keyword. */
export interface Schema {
  readonly $ref?: string;
  readonly [keyword: string]: unknown;
}

/** Reports whether a value is a mapping, as schemas are. */
export function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Returns the schema that a `$ref` refers to.
 *
 * @throws Error if there is none.
 */
export function definitionOf<T>(ref: string, definitions: Readonly<Record<string, T>>): T {
  const found = definitions[definitionName(ref)];
  if (found === undefined) throw new Error(`the schemas have no ${ref}`);
  return found;
}

/** Returns the name of the definition that a `$ref` refers to. */
export function definitionName(ref: string): string {
  return ref.slice("#/$defs/".length);
}

/** Merges a schema over the one that it refers to. */
export function resolveReference<T extends { readonly $ref?: string }>(
  { $ref, ...own }: T,
  definitions: Readonly<Record<string, T>>,
): Omit<T, "$ref"> {
  return $ref === undefined ? own : { ...resolveReference(definitionOf($ref, definitions), definitions), ...own };
}
