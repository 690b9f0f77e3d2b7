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

/** Key usages as cert-manager names them, and the extension of openssl that holds each (cert-manager `pkg/api/util/usages.go`). */
const usages: Readonly<Record<string, readonly ["keyUsage" | "extendedKeyUsage", string]>> = {
  "client auth": ["extendedKeyUsage", "clientAuth"],
  "server auth": ["extendedKeyUsage", "serverAuth"],
  "digital signature": ["keyUsage", "digitalSignature"],
  "key encipherment": ["keyUsage", "keyEncipherment"],
};

/** What this authority does of a Certificate's `spec`, and the fields that say nothing of what is signed. */
const known: readonly string[] = [
  ...["commonName", "dnsNames", "usages", "duration", "privateKey", "isCA"],
  ...["secretName", "issuerRef", "renewBefore"],
];

/** What a Certificate without a duration is given: 90 days, in milliseconds. */
const defaultDuration = 2160 * 3_600_000;

const ellipticCurve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];

/** A certificate authority by openssl, which signs as cert-manager's CA issuer does. */
export class Authority {
  private constructor(private readonly folder: string) {}

  /** The authority whose `ca.crt` and `ca.key` a folder holds; what it issues leaves files there. */
  static in(folder: string): Authority {
    return new Authority(folder);
  }

  /** A new authority with a folder of its own; `subject` is its common name. */
  static create(parent: string, name: string, subject = name): Authority {
    const folder = join(parent, name);
    mkdirSync(folder);
    const made = new Authority(folder);
    const extensions = ["-addext", "basicConstraints=critical,CA:TRUE"];
    const files = ["-keyout", made.key, "-out", made.certificate, "-nodes"];
    succeed("openssl", ["req", "-x509", ...ellipticCurve, ...files, "-subj", `/CN=${subject}`, ...extensions]);
    return made;
  }

  /** The file with the authority's own certificate. */
  get certificate(): string {
    return join(this.folder, "ca.crt");
  }

  /** The file with its private key. */
  get key(): string {
    return join(this.folder, "ca.key");
  }

  /** A certificate of that name for one side of TLS. */
  issue(name: string, usage: "client auth" | "server auth"): KeyPair {
    return this.issueFor({ spec: { commonName: name, dnsNames: [name], usages: [usage] } });
  }

  /**
   * What cert-manager's CA issuer gives for a Certificate (cert-manager `pkg/util/pki/certificatetemplate.go`): the name,
   * usages, key and duration that it asks for, and nothing else; the test fails where it asks for what is not known here.
   *
   * @param from The first moment at which it is valid.
   */
  issueFor(certificate: Mapping, from = new Date()): KeyPair {
    const spec = get(certificate, "spec");
    for (const field of Object.keys(spec as Mapping)) assert.ok(known.includes(field), `spec.${field} is not known`);
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
    const given = ["-config", configuration];
    const files = ["-keyout", key, "-out", request, "-nodes"];
    succeed("openssl", ["req", "-new", ...given, ...newKey(certificate), ...files, "-subj", subject]);
    const until = new Date(from.getTime() + (durationOf(certificate) ?? defaultDuration));
    const dates = ["-startdate", timeOf(from), "-enddate", timeOf(until)];
    const signer = ["-cert", this.certificate, "-keyfile", this.key];
    const output = ["-in", request, "-out", issued, "-notext", "-batch"];
    succeed("openssl", ["ca", ...given, ...signer, ...dates, ...output]);
    return { "tls.crt": readFileSync(issued, "utf8"), "tls.key": readFileSync(key, "utf8") };
  }

  /** An authority below this one, as cert-manager issues a Certificate with `isCA: true`. */
  subordinate(name: string): Authority {
    const pair = this.issueFor({ spec: { commonName: name, isCA: true } });
    const subordinate = new Authority(mkdtempSync(join(this.folder, "subordinate-")));
    writeFileSync(subordinate.certificate, pair["tls.crt"]);
    writeFileSync(subordinate.key, pair["tls.key"], { mode: 0o600 });
    return subordinate;
  }
}

/**
 * The authority that the script in examples/private-ca makes: once for all tests of a suite, since its key takes time.
 *
 * @param subject As the script takes it.
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

/** A client certificate that nobody signed but its own key. */
export function selfSigned(folder: string, name: string): KeyPair {
  const [certificate, key] = [join(folder, "self-signed.crt"), join(folder, "self-signed.key")];
  const files = ["-keyout", key, "-out", certificate, "-nodes"];
  const extensions = ["-addext", "extendedKeyUsage=clientAuth"];
  succeed("openssl", ["req", "-x509", ...ellipticCurve, ...files, "-subj", `/CN=${name}`, ...extensions]);
  return { "tls.crt": readFileSync(certificate, "utf8"), "tls.key": readFileSync(key, "utf8") };
}

/** How long a Certificate asks for, in milliseconds; a Go duration of whole hours. */
export function durationOf(certificate: Mapping): number | undefined {
  const text = getString(certificate, "spec", "duration");
  if (text === undefined) return undefined;
  const hours = /^(\d+)h$/.exec(text)?.[1];
  assert.ok(hours !== undefined, text);
  return Number(hours) * 3_600_000;
}

/** How long a certificate is valid, in milliseconds. */
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
  const asked = getList(certificate, "spec", "usages").map((usage) => {
    const extension = usages[String(usage)];
    assert.ok(extension !== undefined, `the usage ${usage} is not known`);
    return extension;
  });
  if (isCA) asked.push(["keyUsage", "keyCertSign"]);
  const names = getList(certificate, "spec", "dnsNames").map((name) => `DNS:${name}`);
  return [
    `basicConstraints = critical, CA:${isCA}`,
    "authorityKeyIdentifier = keyid",
    ...(isCA ? ["subjectKeyIdentifier = hash"] : []),
    ...(names.length > 0 ? [`subjectAltName = ${names.join(", ")}`] : []),
    ...(["keyUsage", "extendedKeyUsage"] as const).flatMap((extension) => {
      const values = asked.flatMap(([name, value]) => (name === extension ? [value] : []));
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

/** A moment as openssl takes it, in UTC: YYYYMMDDHHMMSSZ. */
function timeOf(moment: Date): string {
  return moment.toISOString().replace(/[-:T]|\.\d+/g, "");
}
