import { get, getList, getMapping, getString, isMapping, type Mapping, type Value } from "../yaml/value";

/*
 * The fields of a JSON Schema, restricted to the keywords that the schemas of function-config use.
 */

/** Returns a node with what its `$ref` refers to. The node's own keys replace those of the definition. */
export function resolve(value: Value | undefined, root: Mapping): Mapping {
  if (!isMapping(value)) return {};
  const name = getString(value, "$ref")?.replace("#/$defs/", "");
  if (name === undefined) return value;
  const definitions = root["$defs"];
  return { ...resolve(isMapping(definitions) ? definitions[name] : undefined, root), ...value };
}

/** Returns the fields of an object, or of the elements of a list, in the order of the schema. */
export function fieldsOf(node: Mapping, root: Mapping): Map<string, Mapping> {
  const { properties, items } = node;
  if (isMapping(items)) return fieldsOf(resolve(items, root), root);
  const own = Object.entries(isMapping(properties) ? properties : {});
  const fields = new Map(own.map(([name, child]) => [name, resolve(child, root)] as const));
  for (const branch of ["oneOf", "anyOf"].flatMap((key) => getList(node, key)))
    for (const [name, child] of fieldsOf(resolve(branch, root), root)) if (!fields.has(name)) fields.set(name, child);
  return fields;
}

/** Returns the values of an object, or of the elements of a list, that has any keys; undefined if it has only its fields. */
export function anyValueOf({ items, additionalProperties }: Mapping, root: Mapping): Mapping | undefined {
  if (isMapping(items)) return anyValueOf(resolve(items, root), root);
  const hasAnyKeys = additionalProperties === true || isMapping(additionalProperties);
  return hasAnyKeys ? resolve(additionalProperties, root) : undefined;
}

/** Returns the type of a node for people, such as `[]string` or `map[string]string`. */
export function typeOf(node: Mapping, root: Mapping): string {
  if (isMapping(node["items"])) return `[]${typeOf(resolve(node["items"], root), root)}`;
  if (isMapping(node["additionalProperties"]))
    return `map[string]${typeOf(resolve(node["additionalProperties"], root), root)}`;
  const type = node["type"];
  if (typeof type === "string") return type;
  const types = [
    ...getList(node, "type"),
    ...["oneOf", "anyOf"].flatMap((key) => getList(node, key).map((branch) => typeOf(resolve(branch, root), root))),
  ];
  const named = [...new Set(types.filter((one) => typeof one === "string" && one !== "any"))];
  if (named.length > 0) return named.join(" or ");
  const [value] = valuesOf(node, root);
  return value === undefined ? (fieldsOf(node, root).size > 0 ? "object" : "any") : typeof value;
}

/** Reports whether an object must have a field. */
export function requires(node: Mapping, name: string): boolean {
  return getList(node, "required").includes(name);
}

/** Returns the default value of a field, or one for each condition of its mapping, such as ``VALUE with `type: jaeger` ``. */
export function defaultsOf(parent: Mapping, name: string, field: Mapping): readonly string[] {
  const conditional = getList(parent, "allOf").flatMap((rule) => {
    const value = get(rule, "then", "properties", name, "default");
    if (value === undefined) return [];
    const conditions = Object.entries(getMapping(rule, "if", "properties"));
    const texts = conditions.map(([key, condition]) => ` with \`${key}: ${getString(condition, "const")}\``);
    return [`${JSON.stringify(value)}${texts.join("")}`];
  });
  const { default: value } = field;
  return value === undefined ? conditional : [JSON.stringify(value)];
}

/** Returns the values that a field, or an element of a list, can have; none if it isn't limited to some. */
export function valuesOf(node: Mapping, root: Mapping): readonly Value[] {
  const { items, const: only } = node;
  if (isMapping(items)) return valuesOf(resolve(items, root), root);
  return only === undefined ? getList(node, "enum") : [only];
}
