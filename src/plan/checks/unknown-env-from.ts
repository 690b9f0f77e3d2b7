import { inTemplate } from "../../kube/workload";
import { type Check, warning } from "./check";

/**
 * Warns if a preset's variables could override those of an `envFrom` source: the source isn't in the input, so its
 * variables aren't known.
 */
export const unknownEnvFrom: Check = (context) =>
  context.appContainers.flatMap(({ name, preset, env: { unknownSources } }) => {
    if (preset.length === 0 || unknownSources.length === 0) return [];
    const several = unknownSources.length > 1;
    const message = `Container "${name}" uses envFrom with ${unknownSources.join(" and ")}, which ${several ? "aren't" : "isn't"} in the input. If ${several ? "they set" : "it sets"} one of ${preset.join(", ")}, spec.app.presets overrides the value. Add ${several ? "them" : "it"} to the input, or leave the container out of spec.app.containers.`;
    return [
      warning(
        context,
        "warn-unknown-env-from",
        inTemplate(context.workload, `spec.containers[${name}].envFrom`),
        message,
      ),
    ];
  });
