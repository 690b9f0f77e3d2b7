import type { Mapping, Value } from "../../yaml/value";
import { mergePatch } from "../merge-patch";

/** The user ID in the images of the Jaeger agent and of the OpenTelemetry Collector. */
const agentUser = 10001;

/**
 * Returns the container's securityContext, which by default satisfies the Pod Security level "restricted".
 *
 * The user ID is normally left to the image, because OpenShift assigns one from a range and rejects any other.
 * `runAsUser` is set only if `runAsNonRoot` alone would keep the container from starting: the image has no USER, or the
 * pod sets root.
 *
 * @param imageHasUser true if the agent's image has a USER other than root.
 * @param podUser `runAsUser` of the pod's securityContext.
 * @param override `spec.agent.securityContext`, merged over the defaults.
 */
export function securityContext(imageHasUser: boolean, podUser: Value | undefined, override: Mapping): Mapping {
  const needsUser = !imageHasUser || podUser === 0;
  return mergePatch(
    {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      ...(needsUser ? { runAsUser: agentUser } : {}),
      seccompProfile: { type: "RuntimeDefault" },
    },
    override,
  );
}
