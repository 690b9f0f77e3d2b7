import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { get, type Mapping } from "../../src/yaml/value";
import { lacks, type Outcome, replaceIn, root, run, succeed, temporaryFolder } from "../hosts/support";
import { inputOf } from "../support/fixture";
import { Authority, durationOf, exampleAuthority, type KeyPair, validityOf } from "./authority";
import { rendered } from "./support";

/*
 * The CA that examples/private-ca creates, checked with openssl: its properties, the certificates that it can issue, and
 * that it can't have a subordinate CA.
 */

const subject = "/CN=My Private CA @ my-kubernetes-cluster";

describe("the CA", () => {
  const getAuthority = exampleAuthority(subject);

  test("has the extensions of a CA without subordinates, and marks the critical ones", (t) => {
    if (lacks(t, "openssl")) return;
    const { certificate } = getAuthority();
    const text = succeed("openssl", ["x509", "-in", certificate, "-noout", "-text"]);
    const [, extensions = ""] = text.split("X509v3 extensions:\n");
    const [identifier] = /[0-9A-F]{2}(?::[0-9A-F]{2}){19}/.exec(extensions) as RegExpExecArray;
    assert.deepEqual(
      extensions.split("    Signature Algorithm")[0]?.replaceAll(/^ +| +$/gm, ""),
      [
        "X509v3 Basic Constraints: critical",
        "CA:TRUE, pathlen:0",
        "X509v3 Key Usage: critical",
        "Certificate Sign, CRL Sign",
        "X509v3 Subject Key Identifier:",
        `${identifier}\n`,
      ].join("\n"),
    );
    assert.match(text, /Public-Key: \(4096 bit\)/);
    assert.match(text, /Subject: CN ?= ?My Private CA @ my-kubernetes-cluster\n/);
    assert.match(text, /Signature Algorithm: sha256WithRSAEncryption/);
    assert.equal(validityOf(readFileSync(certificate, "utf8")), 3650 * 24 * 3_600_000);
  });

  test("signs the rendered Certificate, which is valid for a client but not for a server", (t) => {
    if (lacks(t, "openssl")) return;
    const authority = getAuthority();
    const certificate = renderedCertificate();
    assert.equal(durationOf(certificate), 9600 * 3_600_000);
    const issued = authority.issueFor(certificate);
    const file = written(t, issued);
    assert.match(
      succeed("openssl", ["x509", "-in", file, "-noout", "-subject"]),
      /CN ?= ?example-hotrod@my-namespace\n/,
    );
    assert.equal(validityOf(issued["tls.crt"]), durationOf(certificate));
    assert.equal(verify(authority.certificate, file, "sslclient").status, 0);
    assert.match(verify(authority.certificate, file, "sslserver").stderr, /unsuitable certificate purpose/);
  });

  test("doesn't verify a certificate of a subordinate CA", (t) => {
    if (lacks(t, "openssl")) return;
    const outcome = verifyBelowSubordinate(t, getAuthority());
    assert.notEqual(outcome.status, 0);
    assert.match(outcome.stderr, /error 25 at 2 depth lookup: path length constraint exceeded/);
  });

  test("would verify it with the article's path length of 1", (t) => {
    if (lacks(t, "openssl")) return;
    const folder = copyOfExample(t);
    replaceIn(join(folder, "openssl.cnf"), "pathlen:0", "pathlen:1");
    assert.equal(create(folder, [subject, "private-ca"]).status, 0);
    const authority = Authority.in(join(folder, "private-ca"));
    assert.equal(verifyBelowSubordinate(t, authority).status, 0);
  });

  test("verifies older certificates after it is renewed with the same key", (t) => {
    if (lacks(t, "openssl")) return;
    const authority = getAuthority();
    const file = written(t, authority.issueFor(renderedCertificate()));
    const folder = temporaryFolder(t);
    const renewed = join(folder, "renewed.crt");
    const configuration = join(root, "examples/private-ca/openssl.cnf");
    const args = ["-config", configuration, "-key", authority.key, "-subj", subject, "-days", "7300"];
    succeed("openssl", ["req", "-new", "-x509", ...args, "-out", renewed]);
    assert.equal(verify(renewed, file, "sslclient").status, 0);
  });
});

describe("create-ca.sh", () => {
  test("creates a folder that only its owner can read, and that Git ignores", (t) => {
    if (lacks(t, "openssl", "git")) return;
    const folder = copyOfExample(t);
    succeed("git", ["init", "--quiet", folder]);
    succeed("git", ["-C", folder, "add", "--all"]);
    create(folder, [subject]);
    assert.equal(
      succeed("git", ["-C", folder, "status", "--porcelain", "--untracked-files=all"]).includes("??"),
      false,
    );
    assert.deepEqual(readdirSync(join(folder, "private-ca")).sort(), [".gitignore", "ca.crt", "ca.key"]);
    const modes = ["", "ca.key"].map((file) => statSync(join(folder, "private-ca", file)).mode & 0o777);
    assert.deepEqual(modes, [0o700, 0o600]);
  });

  test("has defaults for both arguments, and accepts a path with spaces", (t) => {
    if (lacks(t, "openssl")) return;
    const folder = copyOfExample(t);
    assert.equal(create(folder, []).status, 0);
    assert.equal(create(folder, [subject, join(folder, "a folder of mine")]).status, 0);
    const subjects = ["private-ca", "a folder of mine"].map((name) =>
      succeed("openssl", ["x509", "-in", join(folder, name, "ca.crt"), "-noout", "-subject"]),
    );
    assert.match(subjects[0] as string, /CN ?= ?My Private CA\n/);
    assert.match(subjects[1] as string, /CN ?= ?My Private CA @ my-kubernetes-cluster\n/);
  });

  test("doesn't overwrite anything", (t) => {
    if (lacks(t, "openssl")) return;
    const folder = copyOfExample(t);
    mkdirSync(join(folder, "private-ca"));
    writeFileSync(join(folder, "private-ca", "ca.key"), "a key in use");
    const { status, stderr } = create(folder, [subject]);
    assert.equal(status, 1);
    assert.match(stderr, /private-ca already exists, and its key may be in use/);
    assert.deepEqual(readdirSync(join(folder, "private-ca")), ["ca.key"]);
    assert.equal(readFileSync(join(folder, "private-ca", "ca.key"), "utf8"), "a key in use");
  });

  for (const [name, args] of Object.entries({
    "a subject without a common name": ["/O=example"],
    "a subject that isn't a distinguished name": ["My Private CA"],
    "a subject that openssl would discard": ["//CN=My Private CA"],
    "a subject with only an unknown attribute": ["/xCN=My Private CA"],
    "a third argument": [subject, "private-ca", "3650"],
  })) {
    test(`refuses ${name}`, (t) => {
      const folder = copyOfExample(t);
      const { status, stderr } = create(folder, args);
      assert.equal(status, 2);
      assert.match(stderr, /^(?:create-ca\.sh: the subject must have|usage: )/);
      assert.equal(existsSync(join(folder, "private-ca")), false);
    });
  }

  test("keeps non-ASCII letters in the subject", (t) => {
    if (lacks(t, "openssl")) return;
    const folder = copyOfExample(t);
    assert.equal(create(folder, ["/O=Caf\u00e9/CN=\u00dcber uns"]).status, 0);
    const certificate = join(folder, "private-ca", "ca.crt");
    const output = succeed("openssl", [
      "x509",
      "-in",
      certificate,
      "-noout",
      "-subject",
      "-nameopt",
      "utf8,sep_comma_plus",
    ]);
    assert.equal(output, "subject=O=Caf\u00e9,CN=\u00dcber uns\n");
  });

  test("leaves no files if openssl fails", (t) => {
    if (lacks(t, "openssl")) return;
    const folder = copyOfExample(t);
    replaceIn(join(folder, "openssl.cnf"), "CA:true", "CA:perhaps");
    assert.notEqual(create(folder, [subject]).status, 0);
    assert.equal(existsSync(join(folder, "private-ca")), false);
  });
});

/** Returns a copy of the example, with a shorter key, which openssl finds ten times faster. */
function copyOfExample(t: TestContext): string {
  const folder = temporaryFolder(t, "examples/private-ca");
  replaceIn(join(folder, "create-ca.sh"), "rsa:4096", "rsa:2048");
  return folder;
}

/** Runs the script in its folder, as its README shows. */
function create(folder: string, args: readonly string[]): Outcome {
  return run("sh", ["-c", 'cd "$1" && shift && sh create-ca.sh "$@"', "sh", folder, ...args]);
}

/** Returns the Certificate that the function renders for the article. */
function renderedCertificate(): Mapping {
  const certificates = rendered(inputOf("article")).filter((item) => item.kind === "Certificate");
  assert.equal(certificates.length, 1);
  assert.equal(get(certificates[0], "spec", "commonName"), "example-hotrod@my-namespace");
  return certificates[0] as Mapping;
}

/** Verifies a client certificate that a subordinate CA of this one has signed, together with that CA's certificate. */
function verifyBelowSubordinate(t: TestContext, authority: Authority): Outcome {
  const subordinate = authority.subordinate("subordinate");
  const file = written(t, subordinate.issueFor(renderedCertificate()));
  return verify(authority.certificate, file, "sslclient", ["-untrusted", subordinate.certificate]);
}

function verify(authority: string, file: string, purpose: string, args: readonly string[] = []): Outcome {
  return run("openssl", ["verify", "-x509_strict", "-purpose", purpose, "-CAfile", authority, ...args, file]);
}

function written(t: TestContext, pair: KeyPair): string {
  const file = join(temporaryFolder(t), "tls.crt");
  writeFileSync(file, pair["tls.crt"]);
  return file;
}
