import type { PrivateCaConfiguration } from "../../config/read-private-ca";
import type { Mapping } from "../../yaml/value";
import { generatedMetadata, privateCaOwnership } from "./metadata";
import type { ObjectKind } from "./object-generator";

const group = "cert-manager.io";

/** The kinds of the objects of a private CA. */
export const privateCaKinds = [
  { group, kind: "ClusterIssuer" },
  { group, kind: "Certificate" },
] as const satisfies readonly ObjectKind[];

/**
 * Returns the objects of a private CA: the self-signed ClusterIssuer, the CA's Certificate in cert-manager's cluster
 * resource namespace, and the ClusterIssuer that signs with that Certificate (cert-manager documentation,
 * configuration/selfsigned).
 *
 * The Certificate requests only the usages that a CA needs. Its renewal keeps the private key: with a new key, the
 * certificates signed before would no longer be trusted. cert-manager sets no path length (`pkg/util/pki/csr.go`). The
 * CA's Secret doesn't get the function's label, by which leftover Secrets are listed and deleted: it has the CA's key.
 */
export function privateCaObjects(privateCa: PrivateCaConfiguration): readonly Mapping[] {
  const { names, namespace, commonName, duration, renewBefore } = privateCa;
  const { algorithm, size, encoding } = privateCa.privateKey;
  const { labels, annotations } = privateCa;
  const metadata = (name: string, objectNamespace?: string) =>
    generatedMetadata(privateCaOwnership(privateCa.name), objectNamespace, { name, labels, annotations });
  const typeMeta = (kind: (typeof privateCaKinds)[number]["kind"]) => ({ apiVersion: `${group}/v1`, kind });
  return [
    { ...typeMeta("ClusterIssuer"), metadata: metadata(names.selfSignedIssuer), spec: { selfSigned: {} } },
    {
      ...typeMeta("Certificate"),
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
    { ...typeMeta("ClusterIssuer"), metadata: metadata(names.issuer), spec: { ca: { secretName: names.secret } } },
  ];
}
