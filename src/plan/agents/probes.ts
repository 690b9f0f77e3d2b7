import { type ApiRule, choice, fields, list, text, textLike } from "../../config/api-fields";
import type { AgentConfiguration } from "../../config/configuration";
import { nearest } from "../../config/did-you-mean";
import type { Finding } from "../../kube/finding";
import { listAll } from "../../kube/message-text";
import { getMapping, isStringList, type Mapping, type Value } from "../../yaml/value";
import { mergePatch } from "../merge-patch";
import type { AgentPort } from "./agent-type";
import { invalid } from "./image-version";
import { isOnlyInPod } from "./port-problems";

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
  /** The required field. */
  readonly required: string;
  /** Reports whether the value of the required field is valid. */
  readonly accepts: (value: Value, portNames: readonly string[]) => boolean;
  /** What the required field must be. */
  readonly expected: (portNames: readonly string[]) => string;
  /** The other fields. */
  readonly optional: Readonly<Record<string, ApiRule>>;
}

const isPortNumber = (value: Value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;

/** A port can be a number, or a name that the container declares. The API accepts any name, but the kubelet doesn't. */
const connecting = {
  required: "port",
  accepts: (value: Value, portNames: readonly string[]) =>
    typeof value === "string" ? portNames.includes(value) : isPortNumber(value),
  expected: (portNames: readonly string[]) => {
    const names = [...new Set(portNames)].map((name) => `"${name}"`);
    return names.length === 0 ? "a port number" : `a port number or a port name of the agent: ${listAll(names, "or")}`;
  },
};

const httpHeaders = list(
  fields({
    known: { name: textLike(/^[-A-Za-z0-9]+$/, "a header name of letters, digits and `-`"), value: text },
    required: ["name", "value"],
  }),
);

/** The handlers with their fields (kubernetes `pkg/apis/core/validation/validation.go`, `validateHandler`). */
const handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  [
    "exec",
    {
      required: "command",
      accepts: (value) => isStringList(value) && value.length > 0,
      expected: () => "a list of strings with at least one element",
      optional: {},
    },
  ],
  ["grpc", { required: "port", accepts: isPortNumber, expected: () => "a port number", optional: { service: text } }],
  ["httpGet", { ...connecting, optional: { path: text, scheme: choice("HTTP", "HTTPS"), host: text, httpHeaders } }],
  ["tcpSocket", { ...connecting, optional: { host: text } }],
]);

/**
 * Returns an error for each probe that the API or the kubelet rejects once the configuration's patch is merged over the
 * default, or that always fails. The schema checks the fields that don't depend on the default.
 *
 * @param ports every port that the agent listens on.
 */
export function probeProblems(
  agent: AgentConfiguration,
  health: HealthCheck | undefined,
  ports: readonly AgentPort[],
): Finding[] {
  // Without a setting of its own, the startup probe connects as the default of the other one does.
  return Object.entries(probes(agent, health, agent.native === true)).flatMap(([field, probe]) => {
    const problem = probeProblem(probe, ports);
    return problem === undefined ? [] : [invalid(`spec.agent.${field}`, problem).finding];
  });
}

function probeProblem(probe: Mapping, ports: readonly AgentPort[]): string | undefined {
  const used = [...handlers].filter(([name]) => probe[name] !== undefined);
  const [first] = used;
  if (first === undefined)
    return `The probe must have one of ${listAll([...handlers.keys()])}. To remove the probe, set it to null.`;
  if (used.length > 1) {
    return `The probe must have only one handler, but it has ${listAll(used.map(([name]) => name))}. Set all but one of them to null.`;
  }
  const [name, handler] = first;
  const settings = getMapping(probe, name);
  return fieldProblem(name, handler, settings, ports) ?? unreachable(name, settings, ports);
}

function fieldProblem(
  name: string,
  { required, accepts, expected, optional }: Handler,
  settings: Mapping,
  ports: readonly AgentPort[],
): string | undefined {
  const known = [required, ...Object.keys(optional)];
  // The key isn't quoted, because it could be a secret with a missing colon.
  const unknown = Object.keys(settings).find((field) => !known.includes(field));
  if (unknown !== undefined) {
    const suggestion = nearest(unknown, known);
    const hint = suggestion === undefined ? `. Its fields are ${known.join(", ")}.` : `; did you mean "${suggestion}"?`;
    return `${name} has an unknown field${hint}`;
  }
  const portNames = ports.flatMap((port) => port.name ?? []);
  if (!accepts(settings[required] ?? null, portNames)) return `${name}.${required} must be ${expected(portNames)}.`;
  const [problem] = Object.entries(optional).flatMap(([field, rule]) =>
    settings[field] === undefined ? [] : rule(settings[field], [name, field]),
  );
  return problem === undefined ? undefined : `${problem.path} ${problem.message}.`;
}

/** The kubelet connects to the pod's address, unless the probe names a host. */
function unreachable(name: string, settings: Mapping, ports: readonly AgentPort[]): string | undefined {
  if (settings["host"] !== undefined) return undefined;
  const target = ports.find(
    ({ port, name: portName, protocol }) =>
      protocol === "TCP" && (settings["port"] === port || (portName !== undefined && settings["port"] === portName)),
  );
  if (target === undefined || !isOnlyInPod(target)) return undefined;
  return `${name}.port is the agent's port "${target.use}", which listens only on ${target.host}, but the kubelet connects from outside the pod. Use a port that listens on every address of the pod.`;
}
