import { listAll } from "../../kube/message-text";
import { inTemplate } from "../../kube/workload";
import { get, getString } from "../../yaml/value";
import { type Check, causedByNamespace, notice } from "./check";

const variable = "JAEGER_AGENT_PORT";

/**
 * Reports if a Service `jaeger-agent` would set the variable JAEGER_AGENT_PORT. The kubelet sets it in every pod of the
 * namespace, for example to `tcp://10.0.0.1:5775` (kubernetes `pkg/kubelet/envvars`). Jaeger SDKs use a variable of the
 * same name and can't parse this value as a port; whether the app uses one isn't known. A Service without a cluster IP sets no variables.
 */
export const serviceLinkEnv: Check = (context) => {
  const { workload, index, parts } = context;
  const service = index.find("", "Service", workload.object.namespace, "jaeger-agent");
  if (service === undefined || workload.podSpec["enableServiceLinks"] === false) return [];
  if (getString(service.value, "spec", "type") === "ExternalName") return [];
  if (get(service.value, "spec", "clusterIP") === "None") return [];
  const affected = context.appContainers.filter(({ env }) => env.variables.get(variable)?.field !== "env");
  if (affected.length === 0) return [];
  const port = parts.ports.find(({ use }) => use === "jaegerCompact")?.port ?? 6831;
  const message = `The Service "jaeger-agent" sets ${variable} in ${affected.length > 1 ? "containers" : "container"} ${listAll(affected.map(({ name }) => `"${name}"`))} to a value that Jaeger SDKs can't parse. Set enableServiceLinks of the pod to false, or set ${variable} to "${port}" in spec.app.env of the configuration.`;
  const path = inTemplate(workload, "spec.enableServiceLinks");
  return [causedByNamespace(context, notice(context, "notice-service-link-variable", path, message))];
};
