import type { Finding } from "../../kube/finding";
import { autoscaler } from "./autoscaler";
import { bypassesAgent } from "./bypasses-agent";
import type { Check, CheckContext } from "./check";
import { issuerElsewhere } from "./issuer-namespace";
import { meshScrape } from "./istio-scrape";
import { jobEnd } from "./job-end";
import { limitRange } from "./limit-range";
import { meshStart } from "./mesh-start-order";
import { networkPolicy } from "./network-policy";
import { otherInjector } from "./other-injector";
import { podSecurity } from "./pod-security";
import { resourceQuota } from "./resource-quota";
import { ingressReadsSecret } from "./secret-readers";
import { serviceLink } from "./service-link-env";
import { envFrom } from "./unknown-env-from";

/** The checks of one workload, for one run: some find out once what is the same for a whole namespace. */
export function checks(): (context: CheckContext) => Finding[] {
  const all: readonly Check[] = [
    bypassesAgent,
    envFrom,
    ingressReadsSecret,
    issuerElsewhere,
    podSecurity,
    networkPolicy(),
    autoscaler,
    resourceQuota(),
    limitRange(),
    otherInjector,
    serviceLink,
    meshScrape(),
    meshStart,
    jobEnd,
  ];
  return (context) => all.flatMap((check) => check(context));
}
