import type { AgentConfiguration } from "../../config/configuration";
import type { Finding } from "../../kube/finding";
import { get, isMapping, isStringList, type Mapping, type Value } from "../../yaml/value";
import { mergePatch } from "../merge-patch";
import { invalid } from "./image-version";

/** An agent's health check: the path and the name of its container port. */
export interface HealthCheck {
  readonly path: string;
  readonly port: string;
}

/** The probes of an agent's container. Omitted if it has none. */
interface Probes {
  readonly livenessProbe?: Mapping;
  readonly startupProbe?: Mapping;
}

/**
 * Returns the probes of an agent's container: the defaults, with those of the configuration merged over them.
 *
 * Without a startup probe, a native sidecar counts as started as soon as its process is (KEP 753). With one, the next
 * container starts when the agent accepts spans. The health check is enough for this, and it doesn't depend on the
 * collector.
 *
 * @param health undefined if the agent has no health check.
 */
export function probes(agent: AgentConfiguration, health: HealthCheck | undefined, native: boolean): Probes {
  const httpGet = health === undefined ? {} : { httpGet: { path: health.path, port: health.port } };
  const startup = health === undefined ? {} : { ...httpGet, periodSeconds: 1, failureThreshold: 60 };
  const livenessProbe = merged(httpGet, agent.livenessProbe as Mapping | null | undefined);
  const startupProbe =
    native || agent.startupProbe !== undefined
      ? merged(startup, agent.startupProbe as Mapping | null | undefined)
      : undefined;
  return {
    ...(livenessProbe === undefined ? {} : { livenessProbe }),
    ...(startupProbe === undefined ? {} : { startupProbe }),
  };
}

function merged(probe: Mapping, patch: Mapping | null = {}): Mapping | undefined {
  const result = patch === null ? {} : mergePatch(probe, patch);
  return Object.keys(result).length === 0 ? undefined : result;
}

/** A way to probe a container. Exactly one must be set. */
interface Handler {
  readonly fields: readonly string[];
  /** Reports whether the value of the required field, the first one, is valid. */
  readonly accepts: (value: Value, portNames: readonly string[]) => boolean;
  /** What the required field must be. */
  readonly expected: (portNames: readonly string[]) => string;
}

const isPortNumber = (value: Value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;

/** A port can be a number, or a name that the container declares. The API accepts any name, but the kubelet doesn't. */
const connecting = {
  accepts: (value: Value, portNames: readonly string[]) =>
    typeof value === "string" ? portNames.includes(value) : isPortNumber(value),
  expected: (portNames: readonly string[]) => {
    const names = [...new Set(portNames)].map((name) => `"${name}"`);
    return names.length === 0 ? "a port number" : `a port number or a port name of the agent: ${names.join(" or ")}`;
  },
};

/** The handlers with their fields (kubernetes `pkg/apis/core/validation/validation.go`, `validateHandler`). */
const handlers: ReadonlyMap<string, Handler> = new Map([
  [
    "exec",
    {
      fields: ["command"],
      accepts: (value) => isStringList(value) && value.length > 0,
      expected: () => "a list of strings with at least one element",
    },
  ],
  ["grpc", { fields: ["port", "service"], accepts: isPortNumber, expected: () => "a port number" }],
  ["httpGet", { fields: ["port", "path", "scheme", "host", "httpHeaders"], ...connecting }],
  ["tcpSocket", { fields: ["port", "host"], ...connecting }],
]);

/**
 * Returns an error for each probe that the API or the kubelet rejects once the configuration's patch is merged over the
 * default. The schema checks the fields that don't depend on the default.
 *
 * @param portNames the names of the ports that the container declares.
 */
export function probeProblems(
  agent: AgentConfiguration,
  health: HealthCheck | undefined,
  portNames: readonly string[],
): Finding[] {
  return Object.entries(probes(agent, health, true)).flatMap(([field, probe]) => {
    const problem = probeProblem(probe, portNames);
    return problem === undefined ? [] : [invalid(`spec.agent.${field}`, problem).finding];
  });
}

function probeProblem(probe: Mapping, portNames: readonly string[]): string | undefined {
  const used = [...handlers].filter(([name]) => probe[name] !== undefined);
  const [first] = used;
  if (first === undefined)
    return `The probe must have one of ${[...handlers.keys()].join(", ")}. To remove the probe, set it to null.`;
  if (used.length > 1) {
    return `The probe must have only one handler, but it has ${used.map(([name]) => name).join(" and ")}. Set all but one of them to null.`;
  }
  const [name, { fields, accepts, expected }] = first;
  const settings = probe[name];
  const unknown = isMapping(settings) ? Object.keys(settings).find((field) => !fields.includes(field)) : undefined;
  // The key isn't quoted, because it could be a secret with a missing colon.
  if (unknown !== undefined) return `${name} has an unknown field. Its fields are ${fields.join(", ")}.`;
  const [required = ""] = fields;
  return accepts(get(settings, required) ?? null, portNames)
    ? undefined
    : `${name}.${required} must be ${expected(portNames)}.`;
}
