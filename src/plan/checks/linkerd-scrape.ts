import { inTemplate } from "../../kube/workload";
import { namespaceObject } from "../namespace";
import { podMetadata } from "../pod-metadata";
import { fieldAt } from "../workload-finding";
import { type Check, type CheckContext, namespaceWarning } from "./check";
import { scrapedPort } from "./metrics-port";

const inboundPolicy = "config.linkerd.io/default-inbound-policy";
const skipInbound = "config.linkerd.io/skip-inbound-ports";

/**
 * Warns if Linkerd's default inbound policy for the pod denies all requests, so that Prometheus can't scrape the agent (linkerd.io,
 * authorization policy). A Server can define another policy for the port, so nothing is reported if the namespace has one
 * in the input. The policies for authenticated clients aren't reported: Prometheus may be one.
 */
export const linkerdScrape: Check = (context) => {
  const port = scrapedPort(context)?.port;
  if (port === undefined || annotation(context, "linkerd.io/inject") !== "enabled") return [];
  if (annotation(context, inboundPolicy) !== "deny" || skips(annotation(context, skipInbound), port)) return [];
  if (context.index.listByKind("Server", context.workload.object.namespace).length > 0) return [];
  const message = `Linkerd's default inbound policy for the pod is "deny" (${inboundPolicy}), and the input has no Server that selects the agent's port ${port}, so Prometheus can't scrape the agent. Add a Server and an AuthorizationPolicy for the port, or add "${port}" to the pod's annotation ${skipInbound} (spec.pod.annotations in the configuration).`;
  const field = fieldAt(inTemplate(context.workload, "metadata.annotations"), inboundPolicy);
  return [namespaceWarning(context, "warn-mesh-blocks-scrape", field, message)];
};

/** Returns an annotation of the pod, or else of its Namespace. */
function annotation(context: CheckContext, key: string): string | undefined {
  return podMetadata(context, "annotations")[key] ?? namespaceObject(context)?.annotations[key];
}

/** Reports whether a list of ports and ranges, such as `25,9000-9010`, contains a port. */
function skips(list: string | undefined, port: number): boolean {
  return (list ?? "").split(",").some((entry) => {
    const [first, last = first] = entry.split("-").map(Number);
    return first !== undefined && last !== undefined && first <= port && port <= last;
  });
}
