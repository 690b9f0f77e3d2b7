import { get, getString } from "../../yaml/value";
import { appContainers, type Check, inTemplate, warning } from "./check";

const variable = "JAEGER_AGENT_PORT";

/**
 * Of a Service `jaeger-agent` each pod of the namespace gets the variable JAEGER_AGENT_PORT, `tcp://10.0.0.1:5775`
 * (kubernetes `pkg/kubelet/envvars`), which Jaeger SDKs take for their own and cannot read as a port. A Service without
 * an address of its own makes no variables.
 */
export const serviceLink: Check = (context) => {
  const { workload, index } = context;
  const service = index.find("", "Service", workload.object.namespace, "jaeger-agent");
  if (service === undefined || workload.podSpec["enableServiceLinks"] === false) return [];
  if (getString(service.value, "spec", "type") === "ExternalName") return [];
  if (get(service.value, "spec", "clusterIP") === "None") return [];
  const open = appContainers(context).filter(({ env }) => !env.some((entry) => getString(entry, "name") === variable));
  if (open.length === 0) return [];
  const message = `The Service "jaeger-agent" gives the container ${open.map(({ name }) => `"${name}"`).join(", ")} a variable ${variable} that Jaeger SDKs cannot read: enableServiceLinks of the pod must be false, or spec.app.env of the configuration must set ${variable} to "6831".`;
  return [warning(context, "warn-service-link", inTemplate(context, "spec.enableServiceLinks"), message)];
};
