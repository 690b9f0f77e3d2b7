import { getList, getString } from "../../yaml/value";
import { type Check, inTemplate, namespaceObject, podMetadata, warning } from "./check";
import { containerRules, type Level, podRules } from "./pod-security-rules";

const enforce = "pod-security.kubernetes.io/enforce";

/** The Namespace's level refuses the pod as it will be: one finding for the pod, and one for each container. */
export const podSecurity: Check = (context) => {
  const namespace = namespaceObject(context);
  const name = namespace?.labels[enforce];
  if (namespace === undefined || (name !== "baseline" && name !== "restricted")) return [];
  const version = /^v1\.(\d+)$/.exec(namespace.labels[`${enforce}-version`] ?? "")?.[1];
  const level: Level = { restricted: name === "restricted", minor: version === undefined ? Infinity : Number(version) };
  const { podSpec } = context.workload;
  const find = (path: string, because: string, must: readonly string[]) => {
    if (must.length === 0) return [];
    const message = `The Namespace "${namespace.name}" enforces the Pod Security level "${name}", which refuses the pod${because}: ${must.join("; ")}.`;
    return [warning(context, "warn-pod-security", path, message)];
  };
  return [
    ...find(inTemplate(context, "spec"), "", podRules(podSpec, podMetadata(context, "annotations"), level)),
    ...["containers", "initContainers"].flatMap((list) =>
      getList(podSpec, list).flatMap((container) => {
        const own = getString(container, "name") ?? "";
        const path = inTemplate(context, `spec.${list}[${own}]`);
        return find(path, ` for its container "${own}"`, containerRules(container, podSpec, level));
      }),
    ),
    ...find(
      "spec.agent.securityContext",
      " for the agent as the configuration has it",
      containerRules(context.parts.container, podSpec, level),
    ),
  ];
};
