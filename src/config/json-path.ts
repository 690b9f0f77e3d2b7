import { isList, isMapping, type Value } from "../yaml/value";

/** A way into data: mapping keys, and indexes of lists. */
export type Path = readonly (string | number)[];

/** Reads a JSON Pointer against the data it points into, which tells an index from a key. */
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

/** The value at a path that is known to be there. */
export function valueAt(path: Path, data: Value): Value {
  return path.reduce<Value>((current, key) => (current as Record<string | number, Value>)[key] as Value, data);
}

/** A path as messages write it: `spec.env[0].name`, and `spec.labels["a.b/c"]` where a key is no plain word. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}
