import type { Configuration } from "../../config/configuration";
import type { ExactStep } from "../../kube/field-path";
import { alsoAbout, type Finding, objectAndFile } from "../../kube/finding";
import { capitalize, listAll } from "../../kube/message-text";
import { describe, type Identity, toObject } from "../../kube/object";
import { scrapeLabel } from "../../kube/own-annotations";
import type { ResultCode } from "../../kube/result-codes";
import { inTemplate, namesOf, type Workload } from "../../kube/workload";
import { secretWrittenBy } from "../../kube/written-secret";
import { getOrInsert } from "../../yaml/maps";
import { get, getList, getString, type Mapping, type Value } from "../../yaml/value";
import type { AgentParts } from "../agents/agent-type";
import { existingType } from "../agents/existing-agents";
import { portNameField } from "../agents/port-problems";
import type { ObjectIndex } from "../object-index";
import { objectGenerators } from "../objects/index";
import type { ObjectKind } from "../objects/object-generator";
import { generatedObjectsOf, type Planned } from "../plan-types";
import { fieldAt, workloadFinding } from "../workload-finding";

/**
 * Reports an error for each name or port of the agent that the pod already uses for something else: containers,
 * volumes, ports, labels and annotations.
 */
export function podConflicts(configuration: Configuration, workload: Workload, parts: AgentParts): Finding[] {
  const conflict: CreateConflict = (code, message, path, ...within) =>
    workloadFinding(workload, {
      code,
      severity: "error",
      message,
      field: fieldAt(inTemplate(workload, path), ...within),
    });
  return [
    ...containerConflicts(configuration, workload, conflict),
    ...volumeConflicts(configuration, workload, parts, conflict),
    ...portConflicts(configuration, workload, parts, conflict),
    ...metadataConflicts(configuration, workload, conflict),
  ];
}

/** Creates a finding. `path` is a field of the pod template, and `within` the part of it that the message names. */
type CreateConflict = (code: ResultCode, message: string, path: string, ...within: readonly ExactStep[]) => Finding;

function containerConflicts({ agent }: Configuration, { podSpec }: Workload, conflict: CreateConflict): Finding[] {
  return ["containers", "initContainers", "ephemeralContainers"].flatMap((list) => {
    const existing = getList(podSpec, list).find((container) => getString(container, "name") === agent.name);
    if (existing === undefined) return [];
    const advice = adoptableType(existing, agent)
      ? "Remove it, change spec.agent.name, or set spec.agent.adopt to true to adopt it."
      : "Remove it, or change spec.agent.name.";
    return [
      conflict(
        "conflict-container",
        `Container "${agent.name}" already exists and isn't managed by tracing-sidecar. ${advice}`,
        `spec.${list}`,
        { name: agent.name },
      ),
    ];
  });
}

/** Returns the type of an existing agent that the configuration could adopt, but doesn't. */
function adoptableType(container: Value, { adopt }: Configuration["agent"]) {
  return adopt ? undefined : existingType(container)?.type;
}

function volumeConflicts(
  { agent }: Configuration,
  workload: Workload,
  { volumes }: AgentParts,
  conflict: CreateConflict,
): Finding[] {
  const { podSpec, object } = workload;
  const claims = getList(object.value, "spec", "volumeClaimTemplates").flatMap(
    (claim) => getString(claim, "metadata", "name") ?? [],
  );
  const existingNames = namesOf(getList(podSpec, "volumes"));
  return namesOf(volumes).flatMap((name) => {
    // The names of all other volumes start with the agent's name.
    const field = name === agent.volumeName ? "volumeName" : "name";
    const message = `Volume "${name}" already exists and isn't managed by tracing-sidecar. Rename it, or change spec.agent.${field}.`;
    if (existingNames.includes(name)) return [conflict("conflict-volume", message, "spec.volumes", { name })];
    if (!claims.includes(name)) return [];
    return [
      workloadFinding(workload, {
        code: "conflict-volume",
        severity: "error",
        message,
        field: { path: "spec.volumeClaimTemplates" },
      }),
    ];
  });
}

function portConflicts(
  { agent }: Configuration,
  { podSpec }: Workload,
  { ports }: AgentParts,
  conflict: CreateConflict,
): Finding[] {
  return ["containers", "initContainers"].flatMap((list) =>
    getList(podSpec, list).flatMap((container) =>
      getList(container, "ports").flatMap((port, index) => {
        const taken = takenBy(port, ports);
        if (taken.length === 0) return [];
        const message = portMessage(container, taken, adoptableType(container, agent));
        const [name = ""] = namesOf([container]);
        return [conflict("conflict-port", message, `spec.${list}`, { name }, "ports", index)];
      }),
    ),
  );
}

function portMessage(
  container: Value,
  taken: ReturnType<typeof takenBy>,
  adoptable: ReturnType<typeof adoptableType>,
): string {
  const name = namesOf([container])[0] ?? "";
  const [verb, pronoun] = taken.length > 1 ? ["are", "them"] : ["is", "it"];
  const what = capitalize(listAll(taken.map(({ title }) => title)));
  const advice =
    adoptable === undefined
      ? `Change ${pronoun} in the container, or in ${listAll(taken.map(({ field }) => field))}.`
      : `The container is ${adoptable.adoption.noun}. Remove it, or set spec.agent.adopt to true to adopt it.`;
  return `${what} ${verb} used by both container "${name}" and the agent. ${advice}`;
}

/** Returns what a container's port takes from the agent, its number or its name, with the field that changes the agent's. */
function takenBy(port: Value, ports: AgentParts["ports"]): { readonly title: string; readonly field: string }[] {
  const protocol = getString(port, "protocol") ?? "TCP";
  const sameNumber = ports.find((own) => own.port === get(port, "containerPort") && own.protocol === protocol);
  const sameName = ports.find(({ name }) => name !== undefined && name === getString(port, "name"));
  return [
    ...(sameNumber === undefined ? [] : [{ title: `port ${sameNumber.port}/${protocol}`, field: sameNumber.field }]),
    ...(sameName === undefined
      ? []
      : [{ title: `the port name "${sameName.name}"`, field: portNameField(sameName.use) }]),
  ];
}

function metadataConflicts({ pod }: Configuration, { object, kind }: Workload, conflict: CreateConflict): Finding[] {
  return (["labels", "annotations"] as const).flatMap((part) =>
    Object.entries(pod[part]).flatMap(([key, value]) => {
      const existing = get(object.value, ...kind.template, "metadata", part, key);
      if (existing === undefined || existing === value) return [];
      const path = `spec.pod.${part}`;
      const advice =
        key === scrapeLabel
          ? "It is reserved for spec.podMonitor.scope: namespace. Remove it from the pod template."
          : `Remove it from ${path} in the configuration, or use the same value.`;
      return [
        conflict(
          "conflict-pod-metadata",
          `The pod already has the ${part.slice(0, -1)} "${key}" with another value. ${advice}`,
          `metadata.${part}`,
          key,
        ),
      ];
    }),
  );
}

/** What generated objects are for, and how to resolve a conflict with one of them. */
export interface ConflictContext {
  /** The workload, or the configuration of a PrivateCA. */
  readonly object: Identity;
  /** The field to report: of the object, or of the configuration. */
  readonly place: Pick<Finding, "field" | "configField">;
  /** Returns the field of the configuration that names the generated objects of a kind. */
  readonly nameFieldOf: (kind: ObjectKind) => string;
  /** The field of the configuration that names the Secret. */
  readonly secretField: string;
}

/** Returns the field of a TracingSidecar that names the generated objects of a kind. */
export function nameFieldOf({ group, kind }: ObjectKind): string {
  return (
    objectGenerators.find((generator) => generator.group === group && generator.kind === kind)?.nameField ?? "spec"
  );
}

/** The field of a TracingSidecar that names the Secret of a Certificate. */
const secretField = "spec.collector.tls.clientCertificate.certManager.secretName";

/** Returns the context of objects that are generated for a workload. */
export function workloadConflictContext({ object }: Workload): ConflictContext {
  return {
    object,
    place: { field: { path: "metadata.name" } },
    nameFieldOf,
    secretField,
  };
}

/**
 * Reports an error for each generated object that conflicts with an object of the user: one with the same kind and
 * name, or another writer of the same Secret.
 */
export function objectConflicts(
  generated: readonly Mapping[],
  index: ObjectIndex,
  { object: subject, place, nameFieldOf, secretField }: ConflictContext,
): Finding[] {
  const conflict = (code: ResultCode, message: string): Finding => ({
    ...objectAndFile(subject),
    code,
    severity: "error",
    message,
    ...place,
  });
  return generated.map(toObject).flatMap((object) => {
    const existing = index.find(object.group, object.kind, object.namespace, object.name);
    const secret = secretWrittenBy(object);
    const writers = secret === undefined ? [] : index.writersOfSecret(object.namespace, secret);
    return [
      ...(existing === undefined ? [] : [existing]).map((other) =>
        conflict(
          "conflict-object",
          `${describe(other)} already exists and isn't managed by tracing-sidecar. Rename it, or change ${nameFieldOf(object)}.`,
        ),
      ),
      ...writers
        .filter((writer) => writer !== existing)
        .map((writer) =>
          conflict(
            "conflict-secret",
            `The Secret "${secret}" is already provided by ${describe(writer)}. Change ${secretField}.`,
          ),
        ),
    ];
  });
}

/**
 * Reports an error for each pair of workloads in the run that would get the same generated object, or that would write
 * the same Secret.
 *
 * @param planned all workloads of the run with the objects that are generated for them.
 */
export function duplicateObjects(configuration: Configuration, planned: readonly Planned[]): Finding[] {
  // Keyed by kind and namespace, then by name: a key of all three would be as long as the object itself.
  const owners = new Map<string, Map<string, Identity>>();
  return planned.flatMap(({ object: workload, plan }) =>
    generatedObjectsOf(plan).flatMap((object) => {
      const namespace = getString(object, "metadata", "namespace") ?? configuration.namespace ?? "";
      return keysOf(object).flatMap(([kind, name, nameField]) => {
        const ownersByName = getOrInsert(owners, `${kind} ${namespace}`, () => new Map<string, Identity>());
        const other = getOrInsert(ownersByName, name, () => workload);
        if (other === workload) return [];
        const message =
          describe(other) === describe(workload)
            ? `This workload is in the input twice${filesOf(other, workload)}, and both copies would get the ${kind} "${name}". Remove one of them, or change its name or namespace.`
            : `${describe(other)} and this workload would both get the ${kind} "${name}". Rename one of them, or make the name unique with {name} and {kind} in ${nameField}.`;
        const field = { path: "metadata.name" };
        return [
          {
            ...objectAndFile(workload),
            ...alsoAbout(other),
            code: "conflict-generated-name",
            severity: "error",
            message,
            field,
          } as const,
        ];
      });
    }),
  );
}

function filesOf(...objects: readonly Identity[]): string {
  const paths = new Set(objects.flatMap(({ file }) => file?.path ?? []));
  return paths.size === 0 ? "" : ` (${[...paths].join(", ")})`;
}

/**
 * Returns the kind and name of an object, and those of the Secret that is written for it, each with the field of the
 * configuration that sets the name.
 */
function keysOf(generated: Mapping): [kind: string, name: string, nameField: string][] {
  const object = toObject(generated);
  const secret = secretWrittenBy(object);
  return [
    [object.kind, object.name, nameFieldOf(object)],
    ...(secret === undefined ? [] : [["Secret", secret, secretField] as [string, string, string]]),
  ];
}
