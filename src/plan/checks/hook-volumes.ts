import { describe, type Identity } from "../../kube/object";
import { inTemplate } from "../../kube/workload";
import { getString, type Mapping } from "../../yaml/value";
import { earlyHookOf, phaseOf } from "../apply-order";
import { type Check, type CheckContext, notice } from "./check";

/**
 * Reports a hook of Helm or Argo CD that runs before the Secret or ConfigMap that its agent mounts is applied. The
 * hook waits forever if that doesn't exist yet, which the input doesn't show. Neither tool waits for a CronJob.
 */
export const hookVolumes: Check = (context) => {
  const { workload, parts } = context;
  const annotation = earlyHookOf(workload.object.annotations);
  if (annotation === undefined || workload.kind.kind === "CronJob") return [];
  return parts.volumes.flatMap((volume) => {
    const sources = sourcesOf(volume, context);
    const [first] = sources;
    if (first === undefined || sources.some(({ annotations }) => phaseOf(annotations) < 0)) return [];
    const name = describe(first);
    const message = `The agent needs ${name}, which is applied after this hook (${annotation}). Unless it already exists in the cluster, the hook waits forever. Make ${name} a hook that runs before this one, or annotate the workload with tracing-sidecar.dev/inject: "false".`;
    return [notice(context, "notice-hook-before-volume", inTemplate(workload, "spec.volumes"), message)];
  });
};

/** Returns the objects of the input that provide what a volume mounts. */
function sourcesOf(volume: Mapping, { workload, index }: CheckContext): readonly Identity[] {
  const { namespace } = workload.object;
  const secret = getString(volume, "secret", "secretName");
  if (secret !== undefined) return index.writersOfSecret(namespace, secret);
  const configMap = getString(volume, "configMap", "name");
  return configMap === undefined ? [] : [index.find("", "ConfigMap", namespace, configMap) ?? []].flat();
}
