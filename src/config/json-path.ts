import { get, isList, type Value } from "../yaml/value";

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
      const step = isList(current) ? Number(key) : key;
      current = current === undefined ? undefined : valueAt([step], current);
      return step;
    });
}

/** Returns the value at a path, or undefined if it doesn't exist. */
export function valueAt(path: Path, data: Value): Value | undefined {
  return path.reduce<Value | undefined>(
    (current, key) => (typeof key === "string" ? get(current, key) : isList(current) ? current[key] : undefined),
    data,
  );
}

/** Reports whether a key has an ordinary form. Any other key may be a secret, if the user forgot a colon. */
export function isOrdinaryKey(key: string): boolean {
  return /^[A-Za-z0-9._/-]+$/.test(key);
}

/** Formats a path for messages: `spec.env[0].name`, or `spec.labels["a.b/c"]` if a key isn't a plain word. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}

/** Returns the path that `formatPath` formatted. */
export function parsePath(text: string): Path {
  return [...text.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g)].map(([, index, quoted, key = ""]) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? key : String(JSON.parse(quoted));
  });
}
