import { type Configuration, certManagerOf } from "../config/configuration";
import type { Workload } from "../kube/workload";
import { earlyHookOf, phaseOf } from "./apply-order";
import type { Skip } from "./skip";

/** What to do about a workload that can't have a Certificate of its own. */
const otherCertificate = "select it with another configuration that uses csi or secretName for the client certificate";

/**
 * Returns why the client certificate of a workload can't come from a Certificate of cert-manager. Undefined if it can, or
 * if the configuration doesn't use one.
 */
export function withoutCertificate(workload: Workload, configuration: Configuration): Skip | undefined {
  const certManager = certManagerOf(configuration);
  if (certManager === undefined) return undefined;
  const skip = generatedName(workload) ?? hook(workload, certManager.annotations);
  return skip === undefined ? undefined : { ...skip, dependsOnConfiguration: true };
}

/**
 * The API server generates another name for each object that is created from the manifest, and the Certificate could be
 * created only once.
 */
function generatedName({ object }: Workload): Skip | undefined {
  if (object.generateName === undefined) return undefined;
  const reason = `it has a generateName instead of a name, so no Certificate can be generated for it. Give it a name, or ${otherCertificate}`;
  return { code: "skipped-generated-name", reason };
}

/**
 * Helm and Argo CD wait until a hook has ended, and then apply the objects that aren't hooks. Such a hook would wait
 * forever for the Secret of a Certificate that is applied later. Neither tool waits for a CronJob.
 */
function hook({ object, kind }: Workload, certificateAnnotations: Readonly<Record<string, string>>): Skip | undefined {
  const annotation = earlyHookOf(object.annotations);
  if (annotation === undefined || kind.kind === "CronJob" || phaseOf(certificateAnnotations) < 0) return undefined;
  const reason = `it is a hook (${annotation}) that runs before its Certificate is applied, so its pod would wait forever for the Secret. To trace it, ${otherCertificate}. To leave it untraced, annotate it with tracing-sidecar.dev/inject: "false"`;
  return { code: "skipped-hook", reason };
}
