import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { get, getList, getString, type Mapping } from "../../src/yaml/value";
import { root, succeed } from "../hosts/support";

/** A certificate and its key, as the keys of a Secret. */
export type KeyPair = Readonly<Record<"tls.crt" | "tls.key", string>>;

/** cert-manager's key usages, each with openssl's extension and name for it (cert-manager `pkg/api/util/usages.go`). */
const usages: Readonly<Record<string, readonly ["keyUsage" | "extendedKeyUsage", string]>> = {
  "client auth": ["extendedKeyUsage", "clientAuth"],
  "server auth": ["extendedKeyUsage", "serverAuth"],
  "digital signature": ["keyUsage", "digitalSignature"],
  "key encipherment": ["keyUsage", "keyEncipherment"],
};

/** The fields of a Certificate's `spec` that this authority applies, and those that don't affect the certificate. */
const knownFields: readonly string[] = [
  ...["commonName", "dnsNames", "usages", "duration", "privateKey", "isCA"],
  // What doesn't change the certificate.
  ...["secretName", "secretTemplate", "issuerRef", "renewBefore"],
];

/** The default duration of a Certificate: 90 days, in milliseconds. */
const defaultDuration = 2160 * 3_600_000;

const ellipticCurve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];

/** A certificate authority that uses openssl and signs like cert-manager's CA issuer. */
export class Authority {
  private constructor(private readonly folder: string) {}

  /** Returns the authority whose `ca.crt` and `ca.key` are in a folder. It also writes the files of what it issues there. */
  static in(folder: string): Authority {
    return new Authority(folder);
  }

  /** Creates an authority in the new folder `name`. `subject` is its common name. */
  static create(parent: string, name: string, subject = name): Authority {
    const folder = join(parent, name);
    mkdirSync(folder);
    const authority = new Authority(folder);
    const extensions = ["-addext", "basicConstraints=critical,CA:TRUE"];
    const files = ["-keyout", authority.key, "-out", authority.certificate, "-nodes"];
    succeed("openssl", ["req", "-x509", ...ellipticCurve, ...files, "-subj", `/CN=${subject}`, ...extensions]);
    return authority;
  }

  /** The path of the authority's own certificate. */
  get certificate(): string {
    return join(this.folder, "ca.crt");
  }

  /** The path of its private key. */
  get key(): string {
    return join(this.folder, "ca.key");
  }

  /** Issues a certificate with this name for one side of TLS. */
  issue(name: string, usage: "client auth" | "server auth"): KeyPair {
    return this.issueFor({ spec: { commonName: name, dnsNames: [name], usages: [usage] } });
  }

  /**
   * Issues a certificate for a Certificate like cert-manager's CA issuer (cert-manager
   * `pkg/util/pki/certificatetemplate.go`): with its name, usages, key and duration, and nothing else. Fails if it has a
   * field that isn't supported here.
   *
   * @param from The start of its validity.
   */
  issueFor(certificate: Mapping, from = new Date()): KeyPair {
    const spec = get(certificate, "spec");
    for (const field of Object.keys(spec as Mapping))
      assert.ok(knownFields.includes(field), `spec.${field} isn't supported`);
    const name = getString(spec, "commonName");
    const work = mkdtempSync(join(this.folder, "issued-"));
    const [key, request, issued] = ["tls.key", "tls.csr", "tls.crt"].map((file) => join(work, file)) as [
      string,
      string,
      string,
    ];
    const subject = name === undefined ? "/" : `/CN=${name.replace(/[\\/+]/g, "\\$&")}`;
    const configuration = join(work, "openssl.cnf");
    writeFileSync(configuration, configurationOf(work, extensionsOf(certificate)));
    writeFileSync(join(work, "index.txt"), "");
    const options = ["-config", configuration];
    const files = ["-keyout", key, "-out", request, "-nodes"];
    succeed("openssl", ["req", "-new", ...options, ...newKey(certificate), ...files, "-subj", subject]);
    const until = new Date(from.getTime() + (durationOf(certificate) ?? defaultDuration));
    const dates = ["-startdate", timeOf(from), "-enddate", timeOf(until)];
    const signer = ["-cert", this.certificate, "-keyfile", this.key];
    const output = ["-in", request, "-out", issued, "-notext", "-batch"];
    succeed("openssl", ["ca", ...options, ...signer, ...dates, ...output]);
    return { "tls.crt": readFileSync(issued, "utf8"), "tls.key": readFileSync(key, "utf8") };
  }

  /** Creates a subordinate authority, as cert-manager does for a Certificate with `isCA: true`. */
  subordinate(name: string): Authority {
    const pair = this.issueFor({ spec: { commonName: name, isCA: true } });
    const subordinate = new Authority(mkdtempSync(join(this.folder, "subordinate-")));
    writeFileSync(subordinate.certificate, pair["tls.crt"]);
    writeFileSync(subordinate.key, pair["tls.key"], { mode: 0o600 });
    return subordinate;
  }
}

/**
 * Returns a function that returns the authority that the script in examples/private-ca creates. It is created once for all
 * tests of a suite, because generating its key takes time.
 *
 * @param subject The distinguished name, in the script's syntax.
 */
export function exampleAuthority(subject: string): () => Authority {
  const parent = mkdtempSync(join(tmpdir(), "tracing-sidecar-"));
  const folder = join(parent, "private-ca");
  after(() => rmSync(parent, { recursive: true }));
  return () => {
    if (!existsSync(folder)) succeed("sh", [join(root, "examples/private-ca/create-ca.sh"), subject, folder]);
    return Authority.in(folder);
  };
}

/** Creates a self-signed client certificate. */
export function selfSigned(folder: string, name: string): KeyPair {
  const [certificate, key] = [join(folder, "self-signed.crt"), join(folder, "self-signed.key")];
  const files = ["-keyout", key, "-out", certificate, "-nodes"];
  const extensions = ["-addext", "extendedKeyUsage=clientAuth"];
  succeed("openssl", ["req", "-x509", ...ellipticCurve, ...files, "-subj", `/CN=${name}`, ...extensions]);
  return { "tls.crt": readFileSync(certificate, "utf8"), "tls.key": readFileSync(key, "utf8") };
}

/** Returns the duration of a Certificate in milliseconds, or undefined. It must be a Go duration of whole hours. */
export function durationOf(certificate: Mapping): number | undefined {
  const text = getString(certificate, "spec", "duration");
  if (text === undefined) return undefined;
  const hours = /^(\d+)h$/.exec(text)?.[1];
  assert.ok(hours !== undefined, text);
  return Number(hours) * 3_600_000;
}

/** Returns how long a certificate is valid, in milliseconds. */
export function validityOf(certificate: string): number {
  const { validFrom, validTo } = new X509Certificate(certificate);
  return Date.parse(validTo) - Date.parse(validFrom);
}

function newKey(certificate: Mapping): readonly string[] {
  const algorithm = getString(certificate, "spec", "privateKey", "algorithm") ?? "RSA";
  const size = get(certificate, "spec", "privateKey", "size");
  if (algorithm === "RSA") return ["-newkey", `rsa:${size ?? 2048}`];
  assert.deepEqual([algorithm, size ?? 256], ["ECDSA", 256]);
  return ellipticCurve;
}

function extensionsOf(certificate: Mapping): readonly string[] {
  const isCA = get(certificate, "spec", "isCA") === true;
  const requested = getList(certificate, "spec", "usages").map((usage) => {
    const extension = usages[String(usage)];
    assert.ok(extension !== undefined, `the usage ${usage} isn't supported`);
    return extension;
  });
  if (isCA) requested.push(["keyUsage", "keyCertSign"]);
  const names = getList(certificate, "spec", "dnsNames").map((name) => `DNS:${name}`);
  return [
    `basicConstraints = critical, CA:${isCA}`,
    "authorityKeyIdentifier = keyid",
    ...(isCA ? ["subjectKeyIdentifier = hash"] : []),
    ...(names.length > 0 ? [`subjectAltName = ${names.join(", ")}`] : []),
    ...(["keyUsage", "extendedKeyUsage"] as const).flatMap((extension) => {
      const values = requested.flatMap(([name, value]) => (name === extension ? [value] : []));
      return values.length > 0
        ? [`${extension} = ${extension === "keyUsage" ? "critical, " : ""}${values.join(", ")}`]
        : [];
    }),
  ];
}

function configurationOf(folder: string, extensions: readonly string[]): string {
  return `[ ca ]
default_ca = issuer

[ issuer ]
database = ${join(folder, "index.txt")}
new_certs_dir = ${folder}
rand_serial = yes
default_md = sha256
policy = any_name
x509_extensions = leaf

[ any_name ]
commonName = optional

[ req ]
distinguished_name = any_name

[ leaf ]
${extensions.join("\n")}
`;
}

/** Returns a time in openssl's format, in UTC: YYYYMMDDHHMMSSZ. */
function timeOf(moment: Date): string {
  return moment.toISOString().replace(/[-:T]|\.\d+/g, "");
}
