import { inTemplate } from "../../kube/workload";
import { appContainers, type Check, warning } from "./check";

/**
 * Warns if a preset's variables could override those of an `envFrom` source: the source isn't in the input, so its
 * variables aren't known.
 */
export const unknownEnvFrom: Check = (context) =>
  appContainers(context).flatMap(({ name, preset, unknownSources }) => {
    if (preset.length === 0 || unknownSources.length === 0) return [];
    const several = unknownSources.length > 1;
    const message = `The container "${name}" takes variables from ${unknownSources.join(" and ")} (envFrom), which ${several ? "are" : "is"} not in the input: where ${several ? "they set" : "it sets"} one of ${preset.join(", ")}, that of spec.app.presets goes before it. ${several ? "They" : "It"} must be in the input, or spec.app.containers of the configuration must leave the container out.`;
    return [
      warning(
        context,
        "warn-unknown-env-from",
        inTemplate(context.workload, `spec.containers[${name}].envFrom`),
        message,
      ),
    ];
  });
