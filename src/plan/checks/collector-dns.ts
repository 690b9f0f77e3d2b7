import { inTemplate } from "../../kube/workload";
import { get, getList, type Mapping } from "../../yaml/value";
import { needsDns, serviceNameOf } from "../endpoint-address";
import { type Check, type CheckContext, warning } from "./check";
import { collectorAddresses } from "./collector-addresses";

/**
 * Warns if the pod uses its node's DNS, but only the cluster's DNS can resolve the collector's name (kubernetes
 * `pkg/kubelet/network/dns/dns.go`, `getPodDNSType`).
 */
export const collectorDns: Check = (context) => {
  const { podSpec } = context.workload;
  const reason = nodeDnsReason(podSpec);
  if (reason === undefined) return [];
  const addresses = collectorAddresses(context) ?? [];
  const isOnlyInCluster = (host: string) => needsDns(host, podSpec) && isClusterName(host, context);
  if (addresses.length === 0 || !addresses.every(({ host }) => isOnlyInCluster(host))) return [];
  const message = `The pod uses its node's DNS, because ${reason}, but only the cluster's DNS can resolve the collector's name "${addresses[0]?.host}". Set dnsPolicy to ${get(podSpec, "hostNetwork") === true ? "ClusterFirstWithHostNet" : "ClusterFirst"}.`;
  return [warning(context, "warn-collector-not-resolved", inTemplate(context.workload, "spec.dnsPolicy"), message)];
};

/** Returns why a pod uses its node's DNS alone; undefined if it doesn't, or has DNS settings of its own. */
function nodeDnsReason(podSpec: Mapping): string | undefined {
  // These can be any server, and complete a name in any way.
  if (["nameservers", "searches"].some((field) => getList(podSpec, "dnsConfig", field).length > 0)) return undefined;
  const { dnsPolicy } = podSpec;
  if (dnsPolicy === "Default") return "dnsPolicy is Default";
  const isClusterFirst = [undefined, null, "", "ClusterFirst"].includes(dnsPolicy as string | null | undefined);
  return isClusterFirst && podSpec["hostNetwork"] === true
    ? "hostNetwork is true and dnsPolicy isn't ClusterFirstWithHostNet"
    : undefined;
}

/** Reports whether only the cluster's DNS can resolve a host. False if the name may also exist on the Internet. */
function isClusterName(host: string, { workload, index }: CheckContext): boolean {
  if (/^[^.]+$|\.svc(?:\.cluster\.local)?$/.test(host)) return true;
  const service = serviceNameOf(host);
  if (service === undefined) return false;
  const namespace = service.namespace ?? workload.object.namespace;
  if (index.find("", "Service", namespace, service.name) !== undefined) return true;
  const [, last = "", ...further] = host.split(".");
  if (further.length > 0) return false;
  return !topLevelDomain.test(last) || index.find("", "Namespace", undefined, last) !== undefined;
}

/**
 * The most common public and internal top-level domains, and those of all countries. `example.com` and
 * `collector.internal` aren't mistaken for a Service and its namespace.
 */
const topLevelDomain =
  /^(?:[a-z]{2}|com|net|org|edu|gov|mil|int|info|biz|name|pro|app|dev|cloud|tech|online|site|xyz|systems|tools|software|services|network|test|example|arpa|internal|local|localdomain|lan|home|corp|intranet|private)$/;
