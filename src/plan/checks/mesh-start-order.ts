import { inTemplate } from "../../kube/workload";
import { getList } from "../../yaml/value";
import { isNative } from "../agents/native-sidecar";
import { meshProxyIn } from "../mesh-proxy";
import { podMetadata } from "../pod-metadata";
import { fieldAt } from "../workload-finding";
import { type Check, warning } from "./check";
import { hasIstioSidecar } from "./istio-sidecar";

/** Decides whether Istio's sidecar is a native sidecar. The default depends on Istio's release and settings. */
const nativeSidecar = "sidecar.istio.io/nativeSidecar";

/**
 * Warns if the agent is a native sidecar and the mesh's proxy is an ordinary container. Init containers start before
 * the ordinary ones (KEP 753), so the agent starts before the proxy. Until the proxy starts, the pod's traffic is
 * already redirected to it and doesn't get through.
 */
export const meshStartOrder: Check = (context) => {
  const { configuration, workload } = context;
  if (!isNative(configuration, workload)) return [];
  const proxy = meshProxyIn(getList(workload.podSpec, "containers"));
  const optsOut = podMetadata(context, "annotations")[nativeSidecar] === "false" && hasIstioSidecar(context);
  if (proxy === undefined && !optsOut) return [];
  const mesh =
    proxy === undefined ? `Istio's sidecar (${nativeSidecar}: "false")` : `The mesh's proxy (container "${proxy}")`;
  const message = `${mesh} starts after the agent, which is a native sidecar, so the agent can't reach the collector until then. Make the mesh's proxy a native sidecar too, or set spec.agent.native to false.`;
  const field =
    proxy === undefined
      ? fieldAt(inTemplate(workload, "metadata.annotations"), nativeSidecar)
      : fieldAt(inTemplate(workload, "spec.containers"), { name: proxy });
  return [warning(context, "warn-mesh-starts-after-agent", field, message)];
};
