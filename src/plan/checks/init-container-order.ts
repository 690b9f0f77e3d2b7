import { namesOf } from "../../kube/workload";
import { getList, getString } from "../../yaml/value";
import { isNative } from "../agents/native-sidecar";
import { type Check, containerField, warning } from "./check";

/**
 * Warns if an init container that the configuration names ends before the agent starts. Init containers run one after
 * the other, and before the ordinary containers. One that is itself a native sidecar continues to run.
 */
export const initContainerOrder: Check = (context) => {
  const { agentIndex = Number.POSITIVE_INFINITY, configuration, workload } = context;
  const initContainers = getList(workload.podSpec, "initContainers");
  const before = namesOf(
    initContainers.filter((one, index) => index < agentIndex && getString(one, "restartPolicy") !== "Always"),
  );
  return context.appContainers.flatMap((container) => {
    const { list, name } = container;
    if (list !== "initContainers" || !before.includes(name)) return [];
    const message = `Init container "${name}" ends before the agent starts, so it can't send spans to the agent. Set ${isNative(configuration, workload) ? "" : "spec.agent.native to true and "}spec.agent.position to first, or remove the container from spec.app.containers.`;
    return [warning(context, "warn-init-container-before-agent", containerField(context, container, "env"), message)];
  });
};
