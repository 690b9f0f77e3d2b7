import { labelValue, qualifiedName } from "../kube/name-rules";
import { getList, getMapping, getString, type Mapping, type Value } from "../yaml/value";
import {
  type ApiRule,
  choice,
  fields,
  flag,
  integer,
  list,
  mapping,
  notEmpty,
  removable,
  text,
  textLike,
} from "./api-fields";
import { defaultDuration, seconds } from "./duration";
import type { CertManager } from "./generated/tracing-sidecar/types";
import { formatPath } from "./json-path";
import type { Problem } from "./problem";

/*
 * The fields of a Certificate's spec that `certManager.patch` can set, and cert-manager 1.21's rules for them
 * (`pkg/apis/certmanager/v1/types_certificate.go`, `internal/apis/certmanager/validation/certificate.go`).
 */

const path = "spec.collector.tls.clientCertificate.certManager";

const ownFields = [
  "commonName",
  "uris",
  "dnsNames",
  "secretName",
  "issuerRef",
  "duration",
  "renewBefore",
  "privateKey",
] as const;

const onlySpec = `must be omitted: \`patch\` changes only the Certificate's \`spec\`. Set \`${path}.name\`, \`labels\`, and \`annotations\` instead`;

const refused = {
  ...Object.fromEntries(ownFields.map((name) => [name, `must be omitted: set \`${path}.${name}\` instead`])),
  isCA: "must be omitted: an agent's certificate isn't a CA. To add a CA, use a PrivateCA",
  nameConstraints: "must be omitted: only a CA's certificate has name constraints",
  literalSubject: "must be omitted: cert-manager doesn't accept it together with a commonName. Use `subject`",
  metadata: onlySpec,
  apiVersion: onlySpec,
  kind: onlySpec,
  status: onlySpec,
  spec: "must be omitted: the fields of the Certificate's `spec` are directly in `patch`",
};

const extendedUsages = [
  "any",
  "server auth",
  "client auth",
  "code signing",
  "email protection",
  "s/mime",
  "ipsec end system",
  "ipsec tunnel",
  "ipsec user",
  "timestamping",
  "ocsp signing",
  "microsoft sgc",
  "netscape sgc",
];

const keyUsages = [
  "signing",
  "digital signature",
  "content commitment",
  "key encipherment",
  "key agreement",
  "data encipherment",
  "cert sign",
  "crl sign",
  "encipher only",
  "decipher only",
];

/** Labels and annotations. Their values can be templates, so their length is checked when they are expanded. */
const labels = mapping(
  qualifiedName,
  removable((value, at) =>
    typeof value !== "string" || value.includes("{") || labelValue.matches(value)
      ? text(value, at)
      : textLike(/^$/, labelValue.description)(value, at),
  ),
);

const annotationKey = {
  description: `${qualifiedName.description}, and must not start with "cert-manager.io/"`,
  matches: (key: string) =>
    qualifiedName.matches(key) &&
    (!key.startsWith("cert-manager.io/") || key === "cert-manager.io/allow-direct-injection"),
};

function keystore(further: Readonly<Record<string, ApiRule>>): ApiRule {
  // The key has no default: without one, cert-manager finds no password.
  const passwordSecretRef = fields({ known: { name: notEmpty, key: notEmpty }, required: ["name", "key"] });
  return fields({ known: { create: flag, password: notEmpty, passwordSecretRef, ...further }, required: ["create"] });
}

const ipv4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** An address as Go's `net.ParseIP` reads it: without leading zeros in IPv4, and without a zone. */
const ipAddress: ApiRule = (value, at) => {
  const mistyped = text(value, at);
  if (mistyped.length > 0) return mistyped;
  const address = String(value);
  const isIp = ipv4.test(address) || (/^[0-9A-Fa-f:.]+$/.test(address) && URL.canParse(`http://[${address}]`));
  return isIp ? [] : [{ path: formatPath(at), message: "must be an IP address" }];
};

const windowDuration = textLike(/^(?:\d+(?:\.\d+)?[smh])+$/, "a duration such as `2h` or `1h30m`");

const words = /[^\s()<>[\]:;@\\,".]+(?:\.[^\s()<>[\]:;@\\,".]+)*/.source;

/** What cert-manager's webhook accepts, which reads an address with Go's `net/mail`. */
const emailAddress = new RegExp(`^${words}@(?:${words}|\\[[^\\s[\\]]+\\])$`);

const rest = fields({
  known: {
    subject: fields({
      known: {
        organizations: list(text),
        countries: list(text),
        organizationalUnits: list(text),
        localities: list(text),
        provinces: list(text),
        streetAddresses: list(text),
        postalCodes: list(text),
        serialNumber: text,
      },
    }),
    renewBeforePercentage: integer(1, 99),
    renewal: fields({
      known: {
        policy: choice("RenewBefore", "Disabled"),
        windows: list(
          fields({
            known: { timezone: text, windowDuration, cron: text },
            required: ["windowDuration", "cron"],
          }),
        ),
      },
      required: ["policy"],
    }),
    ipAddresses: list(ipAddress),
    emailAddresses: list(textLike(emailAddress, "an email address")),
    otherNames: list(
      fields({
        known: {
          oid: textLike(/^\d+(?:\.\d+)+$/, "an object identifier such as `1.3.6.1.4.1.311.20.2.3`"),
          utf8Value: notEmpty,
        },
        required: ["oid", "utf8Value"],
      }),
    ),
    secretTemplate: removable(
      fields({ known: { labels: removable(labels), annotations: mapping(annotationKey, text) } }),
    ),
    keystores: fields({
      known: {
        jks: keystore({ alias: text }),
        pkcs12: keystore({ profile: choice("LegacyRC2", "LegacyDES", "Modern2023", "Modern2026") }),
      },
    }),
    usages: removable(list(choice(...extendedUsages, ...keyUsages))),
    signatureAlgorithm: choice(
      "SHA256WithRSA",
      "SHA384WithRSA",
      "SHA512WithRSA",
      "ECDSAWithSHA256",
      "ECDSAWithSHA384",
      "ECDSAWithSHA512",
      "PureEd25519",
    ),
    encodeUsagesInRequest: flag,
    revisionHistoryLimit: integer(1),
    additionalOutputFormats: list(fields({ known: { type: choice("DER", "CombinedPEM") }, required: ["type"] })),
  },
  refused,
});

/** In seconds, as for `renewBefore`. */
const shortestRenewal = 300;

/** Returns a problem for each part of `certManager.patch` that cert-manager would reject, or that isn't possible. */
export function certificatePatchProblems(certManager: CertManager): readonly Problem[] {
  const patch: Mapping = certManager.patch;
  const problems = rest(patch, [...path.split("."), "patch"]);
  return problems.length > 0 ? problems : dependencies(certManager, patch);
}

/** Rules about several fields, of which each is valid by itself. */
function dependencies(certManager: CertManager, patch: Mapping): readonly Problem[] {
  const messages: Readonly<Record<string, string | undefined>> = {
    renewBeforePercentage: renewalProblem(certManager, patch["renewBeforePercentage"]),
    usages: usagesProblem(getList(patch, "usages").map(String)),
    additionalOutputFormats: formatsProblem(getList(patch, "additionalOutputFormats")),
    signatureAlgorithm: signatureProblem(certManager, getString(patch, "signatureAlgorithm")),
    "keystores.jks": keystoreProblem(getMapping(patch, "keystores", "jks")),
    "keystores.pkcs12": keystoreProblem(getMapping(patch, "keystores", "pkcs12")),
    "renewal.windows":
      getString(patch, "renewal", "policy") === "Disabled" && getList(patch, "renewal", "windows").length > 0
        ? "must be omitted with `policy: Disabled`"
        : undefined,
  };
  return Object.entries(messages).flatMap(([field, message]) =>
    message === undefined ? [] : [{ path: `${path}.patch.${field}`, message }],
  );
}

function renewalProblem({ duration, renewBefore }: CertManager, percentage: Value | undefined): string | undefined {
  if (typeof percentage !== "number") return undefined;
  if (renewBefore !== undefined) return `can't be used together with \`${path}.renewBefore\`. Remove one of them`;
  const renewal = (seconds(duration ?? defaultDuration) * (100 - percentage)) / 100;
  return renewal < shortestRenewal ? "must leave at least 5m between renewal and expiry" : undefined;
}

function usagesProblem(usages: readonly string[]): string | undefined {
  const isRestricted = usages.some((usage) => extendedUsages.includes(usage));
  if (!isRestricted || usages.includes("any") || usages.includes("client auth")) return undefined;
  return "must contain `client auth`: without it, the collector rejects the agent's certificate";
}

function formatsProblem(formats: readonly Value[]): string | undefined {
  const types = formats.map((format) => getString(format, "type"));
  return new Set(types).size < types.length ? "must contain each type at most once" : undefined;
}

function signatureProblem({ privateKey }: CertManager, signature: string | undefined): string | undefined {
  const algorithm = privateKey?.algorithm ?? "RSA";
  if (signature === undefined || signature.toUpperCase().includes(algorithm.toUpperCase())) return undefined;
  return `must match the key's algorithm, ${algorithm}`;
}

function keystoreProblem(keys: Mapping): string | undefined {
  const [password, reference] = ["password", "passwordSecretRef"].map((name) => Object.hasOwn(keys, name));
  if (!Object.hasOwn(keys, "create") || password !== reference) return undefined;
  return "must have exactly one of `password` and `passwordSecretRef`";
}
