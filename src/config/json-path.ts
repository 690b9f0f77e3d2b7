import { isList, isMapping, type Value } from "../yaml/value";

/** The path to a value in data: keys of mappings and indexes of lists. */
export type Path = readonly (string | number)[];

/**
 * Converts a JSON Pointer (RFC 6901) to a path.
 *
 * @param data the data that it points into, which shows whether a part is an index or a key.
 */
export function fromPointer(pointer: string, data: Value): Path {
  let current: Value | undefined = data;
  return pointer
    .split("/")
    .slice(1)
    .map((escaped) => {
      const key = escaped.replaceAll("~1", "/").replaceAll("~0", "~");
      if (isList(current)) {
        current = current[Number(key)];
        return Number(key);
      }
      current = isMapping(current) ? current[key] : undefined;
      return key;
    });
}

/** Returns the value at a path, which must exist. */
export function valueAt(path: Path, data: Value): Value {
  return path.reduce<Value>((current, key) => (current as Record<string | number, Value>)[key] as Value, data);
}

/** Formats a path for messages: `spec.env[0].name`, or `spec.labels["a.b/c"]` if a key isn't a plain word. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}
