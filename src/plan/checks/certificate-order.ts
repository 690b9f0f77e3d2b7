import { certManagerOf } from "../../config/configuration";
import { get } from "../../yaml/value";
import { argoHook, hookWeight, phaseOf, setWaveOf, syncWave, waveOf } from "../apply-order";
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
  const problem = problemOf(certManager.annotations, object.annotations);
  if (problem === undefined) return [];
  const message = `${problem.what}. The workload's pods can't start without the Certificate's Secret, and Argo CD waits for them before it applies the Certificate, so the first sync never completes. ${problem.advice}.`;
  return [
    {
      ...warning(context, "warn-certificate-after-workload", undefined, message),
      configField: { path, at: [...path.split("."), problem.annotation] },
      cause: path,
    },
  ];
};

type Annotations = Readonly<Record<string, string>>;

/** Returns why Argo CD applies the Certificate after the workload, and what to do; undefined if it doesn't. */
function problemOf(certificate: Annotations, workload: Annotations) {
  const [certificatePhase, phase] = [phaseOf(certificate), phaseOf(workload)];
  // Without Argo CD's own annotation, Helm may apply the objects, and it doesn't wait for a Deployment by default.
  if (certificatePhase > phase && certificate[argoHook] !== undefined)
    return {
      what: `The Certificate is a hook that Argo CD applies after the workload (${argoHook})`,
      annotation: argoHook,
      advice: "Remove the annotation from the Certificate",
    };
  const [certificateWave = 0, wave] = [setWaveOf(certificate), waveOf(workload)];
  if (setWaveOf(certificate) === undefined || certificatePhase !== phase || certificateWave <= wave) return undefined;
  const setting = certificate[syncWave] === undefined ? hookWeight : syncWave;
  return {
    what: `The Certificate is in sync wave ${certificateWave}, but the workload is in wave ${wave}`,
    annotation: setting,
    advice: `Remove the Certificate's annotation ${setting}, or set it to ${wave} or lower`,
  };
}
