import { appContainers, type Check, inTemplate, warning } from "./check";

/** A preset's variables go before those of a source that is not in the input, and could be in it. */
export const envFrom: Check = (context) =>
  appContainers(context).flatMap(({ name, preset, unknownSources }) => {
    if (preset.length === 0 || unknownSources.length === 0) return [];
    const several = unknownSources.length > 1;
    const message = `The container "${name}" takes variables from ${unknownSources.join(" and ")} (envFrom), which ${several ? "are" : "is"} not in the input: where ${several ? "they set" : "it sets"} one of ${preset.join(", ")}, that of spec.app.presets goes before it. ${several ? "They" : "It"} must be in the input, or spec.app.containers of the configuration must leave the container out.`;
    return [warning(context, "warn-env-from", inTemplate(context, `spec.containers[${name}].envFrom`), message)];
  });
