import { parseQuantity } from "../kube/quantity";
import { get, type Value } from "../yaml/value";
import { formatPath, type Path } from "./json-path";
import type { Problem } from "./problem";

/** A quantity of 1, as `parseQuantity` returns it. */
const one = 1_000_000_000n;

const mebibyte = 1024n ** 2n * one;

const hugePages = "hugepages-";

interface Resources {
  readonly requests?: Readonly<Record<string, Value>>;
  readonly limits?: Readonly<Record<string, Value>>;
}

/**
 * Returns a problem for each request or limit of a container that the API would reject (kubernetes
 * `pkg/apis/core/validation/validation.go`, `validateResourceRequirements`).
 *
 * @param resources must match the schema, which checks names and quantities.
 * @param path the path of the mapping that has the fields.
 */
export function resourceProblems(resources: Resources, path: Path): Problem[] {
  const problemsOf = (part: keyof Resources, messageOf: (name: string, quantity: Value) => string | undefined) =>
    Object.entries(resources[part] ?? {}).flatMap(([name, quantity]) => {
      const message = messageOf(name, quantity);
      return message === undefined ? [] : [{ path: formatPath([...path, part, name]), message }];
    });
  return [
    ...problemsOf("limits", wrongUnit),
    ...problemsOf("limits", tooLittleMemory),
    ...problemsOf("requests", wrongUnit),
    ...problemsOf("requests", (name, request) => wrongRequest(name, request, get(resources.limits, name))),
    ...lonelyHugePages(resources, path),
  ];
}

/** Returns what is wrong with a quantity that isn't a multiple of the resource's unit. */
function wrongUnit(name: string, quantity: Value): string | undefined {
  if (isOvercommittable(name)) return undefined;
  const size = name.startsWith(hugePages) ? name.slice(hugePages.length) : undefined;
  const [amount, unit] = [parseQuantity(quantity), size === undefined ? one : parseQuantity(size)];
  if (amount === undefined || unit === undefined || amount % unit === 0n) return undefined;
  return size === undefined
    ? `"${quantity}" must be an integer, because ${name} is an extended resource`
    : `"${quantity}" must be a multiple of the page size, ${size}`;
}

/**
 * Returns a message for a memory limit that the API accepts, although no container starts with it: `128` and `128m` are
 * typos for `128Mi`. Zero means no limit.
 */
function tooLittleMemory(name: string, quantity: Value): string | undefined {
  const amount = parseQuantity(quantity);
  if (name !== "memory" || amount === undefined || amount === 0n || amount >= mebibyte) return undefined;
  return `"${quantity}" must be at least 1Mi, because no container starts with less. Without a suffix, the unit is bytes; m means thousandths; for mebibytes, use Mi`;
}

/** Returns what is wrong with a request next to the limit for the same resource. */
function wrongRequest(name: string, request: Value, limit: Value | undefined): string | undefined {
  if (limit === undefined)
    return isOvercommittable(name)
      ? undefined
      : `requires an equal limit, because ${name} can't be overcommitted. Add it to \`limits\``;
  const [requested, most] = [parseQuantity(request), parseQuantity(limit)];
  if (requested === undefined || most === undefined) return undefined;
  if (!isOvercommittable(name) && requested !== most)
    return `"${request}" must equal the limit, "${limit}", because ${name} can't be overcommitted`;
  return requested > most ? `"${request}" must be at most the limit, "${limit}"` : undefined;
}

/** Returns a problem if there are huge pages but neither cpu nor memory. */
function lonelyHugePages({ requests, limits }: Resources, path: Path): Problem[] {
  const names = Object.keys({ ...requests, ...limits });
  const isComplete = !names.some((name) => name.startsWith(hugePages)) || names.some(isComputeResource);
  return isComplete
    ? []
    : [{ path: formatPath(path), message: "must include cpu or memory if it includes huge pages" }];
}

function isComputeResource(name: string): boolean {
  return name === "cpu" || name === "memory";
}

/** Reports whether a limit can exceed the request (kubernetes `pkg/apis/core/helper/helpers.go`). */
function isOvercommittable(name: string): boolean {
  return !name.startsWith(hugePages) && (!name.includes("/") || name.includes("kubernetes.io/"));
}
