import { certManagerOf } from "../../config/configuration";
import { get } from "../../yaml/value";
import { phaseOf, syncWave, waveOf } from "../apply-order";
import { type Check, warning } from "./check";

const path = "spec.collector.tls.clientCertificate.certManager.annotations";

/**
 * Warns if the configuration's annotations put the Certificate after its workload in Argo CD. Argo CD applies it once the
 * workload is healthy, but the workload's pods wait for its Secret. A CronJob, or a workload without replicas, is always
 * healthy (argo-cd `resource_customizations/batch/CronJob/health.lua`).
 */
export const certificateOrder: Check = (context) => {
  const { object, kind } = context.workload;
  const certManager = certManagerOf(context.configuration);
  if (certManager === undefined || kind.kind === "CronJob" || get(object.value, "spec", "replicas") === 0) return [];
  const { annotations } = certManager;
  if (annotations[syncWave] === undefined || phaseOf(annotations) !== phaseOf(object.annotations)) return [];
  const [certificateWave, wave] = [waveOf(annotations), waveOf(object.annotations)];
  if (certificateWave <= wave) return [];
  const message = `The Certificate is in sync wave ${certificateWave}, but the workload is in wave ${wave}. The workload's pods can't start without the Certificate's Secret, and Argo CD waits for them before it applies the Certificate, so the first sync never completes. Remove ${syncWave} from ${path}, or set it to ${wave} or lower.`;
  return [{ ...warning(context, "warn-certificate-after-workload", path, message), cause: path }];
};
