import { get, type Mapping, type Value } from "../../yaml/value";
import { mergePatch } from "./merge-patch";

/** The user that agent images of Jaeger and of the OpenTelemetry Collector name themselves. */
const agentUser = 10001;

/**
 * The container securityContext: Pod Security "restricted", the user's merged over it.
 *
 * The user stays the image's own, since OpenShift assigns one from a range and refuses any other. `runAsUser` is added
 * only where `runAsNonRoot` alone keeps the container from starting: an image without a USER, or a pod that sets root.
 */
export function securityContext(imageHasUser: boolean, podSpec: Value, override: Mapping): Mapping {
  const needsUser = !imageHasUser || get(podSpec, "securityContext", "runAsUser") === 0;
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
