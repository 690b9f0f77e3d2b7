import { namesOf } from "../../kube/workload";
import { getList } from "../../yaml/value";
import { isNative } from "../agents/native-sidecar";
import { type Check, inTemplate, podMetadata, warning } from "./check";
import { hasSidecar } from "./istio-scrape";

/** Whether Istio's own sidecar is a native one; by itself that depends on Istio's release and settings. */
const nativeSidecar = "sidecar.istio.io/nativeSidecar";

/** The containers that Istio and Linkerd put into a pod. */
const proxies = ["istio-proxy", "linkerd-proxy"];

/**
 * Init containers start before the ordinary ones (KEP 753). A native agent therefore comes up before a mesh's proxy that
 * is an ordinary container, and until then the pod's traffic, already led to the proxy, goes nowhere.
 */
export const meshStart: Check = (context) => {
  const { configuration, workload } = context;
  if (!isNative(configuration, workload)) return [];
  const proxy = namesOf(getList(workload.podSpec, "containers")).find((name) => proxies.includes(name));
  const declined = podMetadata(context, "annotations")[nativeSidecar] === "false" && hasSidecar(context);
  if (proxy === undefined && !declined) return [];
  const what = proxy === undefined ? `Istio's sidecar (${nativeSidecar}: "false")` : `The mesh's container "${proxy}"`;
  const message = `${what} starts after the agent, which is a native sidecar, and until then the agent cannot reach the collector: the mesh's sidecar must be a native one too, or agent.native of the configuration must be false.`;
  const path = inTemplate(context, proxy === undefined ? "metadata.annotations" : "spec.containers");
  return [warning(context, "warn-mesh-start", path, message)];
};
