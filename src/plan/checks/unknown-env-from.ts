import { listAll } from "../../kube/message-text";
import { type Check, containerField, notice } from "./check";

/**
 * Reports if variables of a preset or of `otherSignals` could override those of an `envFrom` source: the source isn't in
 * the input, so its variables aren't known.
 */
export const unknownEnvFrom: Check = (context) =>
  context.appContainers.flatMap((container) => {
    const { name, optional, env } = container;
    const { unknownSources } = env;
    if (optional.length === 0 || unknownSources.length === 0) return [];
    const several = unknownSources.length > 1;
    const message = `Container "${name}" uses envFrom with ${listAll(unknownSources)}, which ${several ? "aren't" : "isn't"} in the input. If ${several ? "they set" : "it sets"} ${listAll(optional, "or")}, spec.app in the configuration overrides the value. Add the ${several ? "sources" : "source"} to the input, or leave the container out of spec.app.containers.`;
    return [notice(context, "notice-unknown-env-from", containerField(context, container, "envFrom"), message)];
  });
