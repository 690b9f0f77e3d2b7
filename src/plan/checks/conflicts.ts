import type { Configuration } from "../../config/configuration";
import { type Finding, objectAndFile } from "../../kube/finding";
import { describe, type Identity, toObject } from "../../kube/object";
import type { ResultCode } from "../../kube/result-codes";
import { secretWrittenBy } from "../../kube/secret-writer";
import { inTemplate, namesOf, type Workload } from "../../kube/workload";
import { get, getList, getString, type Mapping, type Value } from "../../yaml/value";
import type { AgentParts } from "../agents/agent-type";
import { isJaegerAgent } from "../agents/jaeger/adopted";
import type { ObjectIndex } from "../object-index";
import { workloadFinding } from "../workload-finding";

/** Names and ports of ours that the pod already has for something else. */
export function podConflicts(configuration: Configuration, workload: Workload, parts: AgentParts): Finding[] {
  const clash = (code: ResultCode, path: string, message: string) =>
    workloadFinding(workload, { code, severity: "error", path: inTemplate(workload, path), message });
  return [
    ...containerConflicts(configuration, workload, clash),
    ...volumeConflicts(workload, parts, clash),
    ...portConflicts(configuration, workload, parts, clash),
    ...metadataConflicts(configuration, workload, clash),
  ];
}

type CreateConflict = (code: ResultCode, path: string, message: string) => Finding;

function containerConflicts({ agent }: Configuration, { podSpec }: Workload, clash: CreateConflict): Finding[] {
  return ["containers", "initContainers", "ephemeralContainers"].flatMap((list) => {
    const there = getList(podSpec, list).find((container) => getString(container, "name") === agent.name);
    if (there === undefined) return [];
    const adopt = canAdopt(there, agent) ? ", or set spec.agent.adopt to true, which takes it over" : "";
    return [
      clash(
        "clash-container",
        `spec.${list}`,
        `A container "${agent.name}" is there already and is not ours: remove it, or set spec.agent.name of the configuration to another name${adopt}.`,
      ),
    ];
  });
}

function canAdopt(container: Value, { adopt }: Configuration["agent"]): boolean {
  return !adopt && isJaegerAgent(container);
}

function volumeConflicts(workload: Workload, { volumes }: AgentParts, clash: CreateConflict): Finding[] {
  const { podSpec, object } = workload;
  const claims = getList(object.value, "spec", "volumeClaimTemplates").flatMap(
    (claim) => getString(claim, "metadata", "name") ?? [],
  );
  const taken = namesOf(getList(podSpec, "volumes"));
  return namesOf(volumes).flatMap((name) => {
    const message = `A volume "${name}" is there already and is not ours: set spec.agent.volumeName of the configuration to another name.`;
    if (taken.includes(name)) return [clash("clash-volume", "spec.volumes", message)];
    if (!claims.includes(name)) return [];
    return [
      workloadFinding(workload, {
        code: "clash-volume",
        severity: "error",
        path: "spec.volumeClaimTemplates",
        message,
      }),
    ];
  });
}

function portConflicts(
  { agent }: Configuration,
  { podSpec }: Workload,
  { ports }: AgentParts,
  clash: CreateConflict,
): Finding[] {
  return ["containers", "initContainers"].flatMap((list) =>
    getList(podSpec, list).flatMap((container) =>
      getList(container, "ports").flatMap((port) => {
        const taken = ports.find(
          (ours) =>
            (get(port, "containerPort") === ours.port && (getString(port, "protocol") ?? "TCP") === ours.protocol) ||
            (ours.name !== undefined && getString(port, "name") === ours.name),
        );
        if (taken === undefined) return [];
        const name = namesOf([container])[0] ?? "";
        const what = `${taken.port}/${taken.protocol}${taken.name === undefined ? "" : ` (${taken.name})`}`;
        const adopt = canAdopt(container, agent)
          ? " It is a Jaeger agent: remove it, or set spec.agent.adopt to true, which takes it over."
          : "";
        const message = `The agent's port ${what} is taken by the container "${name}".${adopt}`;
        return [clash("clash-port", `spec.${list}`, message)];
      }),
    ),
  );
}

function metadataConflicts({ pod }: Configuration, { object, kind }: Workload, clash: CreateConflict): Finding[] {
  return (["labels", "annotations"] as const).flatMap((part) =>
    Object.entries(pod[part]).flatMap(([key, value]) => {
      const there = get(object.value, ...kind.template, "metadata", part, key);
      if (there === undefined || there === value) return [];
      const path = `spec.pod.${part}`;
      return [
        clash(
          "clash-metadata",
          `metadata.${part}`,
          `"${key}" is there with another value than ${path} of the configuration gives.`,
        ),
      ];
    }),
  );
}

/** Objects of the user's that stand where ours would: of the same name, or another producer of the Secret. */
export function objectConflicts(workload: Workload, generated: readonly Mapping[], around: ObjectIndex): Finding[] {
  return generated.map(toObject).flatMap((wanted) => {
    const findings: Finding[] = [];
    const clash = (code: ResultCode, message: string) =>
      findings.push(workloadFinding(workload, { code, severity: "error", path: "metadata.name", message }));
    const there = around.find(wanted.group, wanted.kind, wanted.namespace, wanted.name);
    if (there !== undefined) {
      clash(
        "clash-object",
        `${describe(there)} is there already and is not ours: rename it, or set another name template in the configuration.`,
      );
    }
    const secret = secretWrittenBy(wanted);
    for (const producer of secret === undefined ? [] : around.writersOfSecret(wanted.namespace, secret)) {
      if (producer === there) continue;
      clash(
        "clash-secret",
        `${describe(producer)} produces the Secret "${secret}" already: set spec.collector.tls.clientCertificate.certManager.secretName of the configuration to another name.`,
      );
    }
    return findings;
  });
}

/** Two workloads of this run that would get objects of one name, or write one Secret. */
export function duplicateObjects(
  configuration: Configuration,
  planned: readonly { readonly object: Identity; readonly plan: { readonly objects: readonly Mapping[] } }[],
): Finding[] {
  // By what it is and its namespace, then by name: a key of all three for each object would be as long as the object.
  const owners = new Map<string, Map<string, Identity>>();
  return planned.flatMap(({ object: workload, plan }) =>
    plan.objects.flatMap((object) => {
      const namespace = getString(object, "metadata", "namespace") ?? configuration.namespace ?? "";
      return keysOf(object).flatMap(([what, name]) => {
        const key = `${what} ${namespace}`;
        const named = owners.get(key) ?? new Map<string, Identity>();
        owners.set(key, named);
        const other = named.get(name);
        if (other === undefined) named.set(name, workload);
        if (other === undefined || other === workload) return [];
        const message =
          describe(other) === describe(workload)
            ? `${describe(workload)} is in the input twice${filesOf(other, workload)}, and both would get the ${what} "${name}": their names or namespaces must differ.`
            : `${describe(other)} and ${describe(workload)} would both get the ${what} "${name}": their names must differ, or the configuration's name templates must tell them apart (by {kind}, or in two configurations).`;
        const field = { path: "metadata.name" };
        return [{ ...objectAndFile(workload), code: "clash-generated", severity: "error", message, field } as const];
      });
    }),
  );
}

function filesOf(...objects: readonly Identity[]): string {
  const paths = new Set(objects.flatMap(({ file }) => file?.path ?? []));
  return paths.size === 0 ? "" : ` (${[...paths].join(", ")})`;
}

function keysOf(object: Mapping): [what: string, name: string][] {
  const wanted = toObject(object);
  const secret = secretWrittenBy(wanted);
  return [[wanted.kind, wanted.name], ...(secret === undefined ? [] : [["Secret", secret] as [string, string]])];
}
