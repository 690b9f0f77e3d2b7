import type { Finding } from "../../kube/finding";
import { autoscaler } from "./autoscaler";
import { sendsElsewhere } from "./bypasses-agent";
import type { Check, Subject } from "./check";
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
export function checks(): (subject: Subject) => Finding[] {
  const all: readonly Check[] = [
    sendsElsewhere,
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
  return (subject) => all.flatMap((check) => check(subject));
}
