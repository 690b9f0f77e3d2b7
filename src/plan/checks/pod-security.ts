import { inTemplate } from "../../kube/workload";
import { getList, getString } from "../../yaml/value";
import { namespaceObject } from "../namespace";
import { podMetadata } from "../pod-metadata";
import { type Check, namespaceWarning } from "./check";
import { containerRules, type Level, podRules } from "./pod-security-rules";

const enforceLabel = "pod-security.kubernetes.io/enforce";

/**
 * Warns if the Namespace's Pod Security level rejects the pod with the agent: one warning for the pod, and one for each
 * container.
 */
export const podSecurity: Check = (context) => {
  const namespace = namespaceObject(context);
  const name = namespace?.labels[enforceLabel];
  if (namespace === undefined || (name !== "baseline" && name !== "restricted")) return [];
  const version = /^v1\.(\d+)$/.exec(namespace.labels[`${enforceLabel}-version`] ?? "")?.[1];
  const level: Level = { restricted: name === "restricted", minor: version === undefined ? Infinity : Number(version) };
  const { workload } = context;
  const { podSpec } = workload;
  const warn = (
    path: string | undefined,
    reason: string,
    requirements: readonly string[],
    toChange = requirements.length === 1 ? "this field" : "these fields",
  ) => {
    if (requirements.length === 0) return [];
    const message = `The Namespace "${namespace.name}" enforces the Pod Security level "${name}", which rejects the pod${reason}: ${requirements.join("; ")}. Change ${toChange}.`;
    return [namespaceWarning(context, "warn-violates-pod-security", path, message)];
  };
  return [
    ...warn(inTemplate(workload, "spec"), "", podRules(podSpec, podMetadata(context, "annotations"), level)),
    ...["containers", "initContainers"].flatMap((list) =>
      getList(podSpec, list).flatMap((container) => {
        const containerName = getString(container, "name") ?? "";
        const path = inTemplate(workload, `spec.${list}[${containerName}]`);
        return warn(path, ` because of container "${containerName}"`, containerRules(container, podSpec, level));
      }),
    ),
    ...warn(
      undefined,
      " because of the agent's container",
      containerRules(context.parts.container, podSpec, level),
      "spec.agent.securityContext",
    ),
  ];
};
