import type { PrivateCaConfiguration } from "../../config/private-ca";
import type { Mapping } from "../../yaml/value";
import { generatedMetadata, privateCaOwnership } from "./metadata";

const group = "cert-manager.io";

/**
 * What makes a private CA in the cluster: the self-signed ClusterIssuer, the CA's Certificate in cert-manager's cluster
 * resource namespace, and the ClusterIssuer that signs with it (cert-manager's documentation, configuration/selfsigned).
 *
 * The Certificate asks for what a CA needs and no more, and keeps its key when it is renewed: a new one would take away
 * the trust in all that was signed before. cert-manager writes no path length (`pkg/util/pki/csr.go`).
 */
export function privateCaObjects(privateCa: PrivateCaConfiguration): readonly Mapping[] {
  const { names, namespace, commonName, duration, renewBefore } = privateCa;
  const { algorithm, size, encoding } = privateCa.privateKey;
  const { labels, annotations } = privateCa;
  const metadata = (name: string, ofNamespace?: string) =>
    generatedMetadata(privateCaOwnership(privateCa.name), ofNamespace, { name, labels, annotations });
  const head = (kind: string) => ({ apiVersion: `${group}/v1`, kind });
  return [
    { ...head("ClusterIssuer"), metadata: metadata(names.selfSignedIssuer), spec: { selfSigned: {} } },
    {
      ...head("Certificate"),
      metadata: metadata(names.certificate, namespace),
      spec: {
        isCA: true,
        commonName,
        secretName: names.secret,
        duration,
        ...(renewBefore === undefined ? {} : { renewBefore }),
        privateKey: {
          algorithm,
          size,
          ...(encoding === undefined ? {} : { encoding }),
          rotationPolicy: "Never",
        },
        usages: ["cert sign", "crl sign"],
        issuerRef: { name: names.selfSignedIssuer, kind: "ClusterIssuer", group },
      },
    },
    { ...head("ClusterIssuer"), metadata: metadata(names.issuer), spec: { ca: { secretName: names.secret } } },
  ];
}
