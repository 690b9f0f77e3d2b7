import { type Configuration, certManagerOf } from "../../config/configuration";
import { alsoAbout, type Finding, objectAndFile } from "../../kube/finding";
import { describe, type Identity, toObject } from "../../kube/object";
import { secretWrittenBy } from "../../kube/written-secret";
import { generatedObjectsOf, type Planned, usageOf } from "../plan-types";
import type { Check } from "./check";

/*
 * The Secret that cert-manager writes for an agent contains a client certificate. Anything else that reads a Secret of
 * that name expects different content, most often a server certificate. A Secret that the user manages can be shared.
 */

/** Warns about Ingresses that would present the agent's client certificate. */
export const ingressReadsSecret: Check = ({ workload, configuration, index }) => {
  const certManager = certManagerOf(configuration);
  if (certManager === undefined) return [];
  const { secretName: secret } = certManager;
  return index
    .ingressesUsingSecret(workload.object.namespace, secret)
    .map((ingress) => finding(ingress, "spec.tls", secret, workload.object));
};

/**
 * Warns about pods that read the Secret of an agent's client certificate, other than through the agent's volume.
 *
 * @param planned all workloads of the run, with the Secrets that their pods read.
 */
export function otherSecretReaders(configuration: Configuration, planned: readonly Planned[]): Finding[] {
  // Looking for readers first is cheap, and usually there are none.
  const readers = planned.flatMap(({ object, plan }) => {
    const secrets = usageOf(plan)?.readsSecrets ?? [];
    return secrets.length === 0 ? [] : [{ object, secrets }];
  });
  if (readers.length === 0) return [];
  const key = ({ namespace }: Identity, secret: string) => `${namespace ?? configuration.namespace ?? ""}|${secret}`;
  const owners = new Map<string, Identity>();
  for (const { object, plan } of planned) {
    for (const generated of generatedObjectsOf(plan)) {
      const secret = secretWrittenBy(toObject(generated));
      if (secret !== undefined) owners.set(key(object, secret), object);
    }
  }
  if (owners.size === 0) return [];
  return readers.flatMap(({ object, secrets }) => {
    const reported = new Set<string>();
    return secrets.flatMap(({ secret, path }) => {
      const owner = owners.get(key(object, secret));
      if (owner === undefined || reported.has(`${path}|${secret}`)) return [];
      reported.add(`${path}|${secret}`);
      return [finding(object, path, secret, owner)];
    });
  });
}

function finding(reader: Identity, path: string, secret: string, owner: Identity): Finding {
  const message = `The Secret "${secret}" will contain the client certificate of the agent in ${describe(owner)}, but is also used here. Use another Secret here, or change spec.collector.tls.clientCertificate.certManager.secretName.`;
  const objects = { ...objectAndFile(reader), ...alsoAbout(owner) };
  return { code: "warn-shared-secret", severity: "warning", ...objects, message, field: { path } };
}
