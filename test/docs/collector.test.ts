import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { load } from "js-yaml";
import { get, getList, type Mapping, type Value } from "../../src/yaml/value";
import { Authority } from "../collector/authority";
import { lacks, temporaryFolder } from "../hosts/support";
import { type StoredObject, serveCluster } from "../support/cluster";
import { exampleOf } from "../support/markdown";
import { notRun } from "./documents";
import { blocks, commandsOf, text } from "./support";

/*
 * Every command and every YAML block of docs/how-to/secure-the-collector.md, docs/how-to/rotate-the-ca.md and examples/private-ca/README.md,
 * except the Collector's configurations, which test/collector tests. A local API server answers `kubectl get`.
 */

/** The page about the collector, and the one about its CA, whose commands continue those of the first. */
const document = text("docs/how-to/secure-the-collector.md") + text("docs/how-to/rotate-the-ca.md");
const readme = text("examples/private-ca/README.md");

describe("the commands of examples/private-ca/README.md", () => {
  test("create a CA, show its properties, and install it in cert-manager", async (t) => {
    if (lacks(t, "openssl", "kubectl")) return;
    const folder = temporaryFolder(t, "examples/private-ca");
    const issuer = load(text("examples/private-ca/cluster-issuer.yaml")) as unknown as StoredObject;
    const env = await serveCluster(t, folder, [issuer]);
    const outputs = await runAll(commandsOf(readme), folder, env);
    assert.match(outputs.of("openssl x509"), /subject=CN ?= ?My Private CA @ my-kubernetes-cluster\n/);
    assert.match(outputs.of("openssl x509"), /CA:TRUE, pathlen:0/);
    const secret = load(outputs.of("kubectl create secret")) as Mapping;
    assert.deepEqual([secret.type, ...placeOf(secret)], ["kubernetes.io/tls", "my-private-ca", "cert-manager"]);
    assert.deepEqual(Object.keys(get(secret, "data") as Mapping), ["tls.crt", "tls.key"]);
    assert.match(outputs.of("kubectl get clusterissuer"), /^my-private-ca /m);
    assert.equal(existsSync(join(folder, "private-ca")), false, "the last command must delete the key");
  });

  test("show the same ClusterIssuer as its file, which uses that Secret", async () => {
    const block = blocks(readme, "yaml").join("---\n");
    assert.equal(text("examples/private-ca/cluster-issuer.yaml"), block);
    const issuer = load(block) as Mapping;
    const { ClusterIssuer } = await import("@kubernetes-models/cert-manager/cert-manager.io/v1");
    new ClusterIssuer(issuer as never).validate();
    const [, name] = /create secret tls (\S+)/.exec(readme) ?? [];
    assert.equal(get(issuer, "spec", "ca", "secretName"), name);
  });
});

describe("the commands of docs/how-to/secure-the-collector.md", () => {
  test("copy only the CAs' certificates from the cluster to where the collector reads them", async (t) => {
    if (lacks(t, "openssl", "kubectl")) return;
    const folder = temporaryFolder(t);
    const [first, second] = [
      Authority.create(folder, "my-private-ca"),
      Authority.create(folder, "my-private-ca-2"),
    ].map(({ certificate }) => readFileSync(certificate, "utf8")) as [string, string];
    const env = await serveCluster(t, folder, [
      secretOf("my-private-ca", first),
      secretOf("my-private-ca-2", second),
      certificateBy("my-private-ca", "web"),
      certificateBy("my-private-ca-2", "new"),
    ]);
    const commands = commandsOf(document);
    const applied: Record<string, Value>[] = [];
    for (const [i, command] of commands.entries()) {
      if (!command.startsWith("kubectl apply ")) continue;
      const from = commands.slice(0, i).findLastIndex((earlier) => earlier.startsWith("kubectl apply ")) + 1;
      await runAll(commands.slice(from, i), folder, env);
      const [, file = ""] = /^kubectl apply --filename=(\S+)$/.exec(command) ?? [];
      applied.push(load(readFileSync(join(folder, file), "utf8")) as Record<string, Value>);
    }
    assert.ok(commands.at(-1)?.startsWith("kubectl apply "), "every command must have been run");

    const { ConfigMap, Secret } = await import("kubernetes-models/v1");
    for (const object of applied) {
      assert.deepEqual(placeOf(object), ["tracing-clients-ca", "observability"]);
      new (object["kind"] === "ConfigMap" ? ConfigMap : Secret)(object as never).validate();
    }
    assert.deepEqual(
      applied.map(({ kind, data }) => [kind, data]),
      [
        ["ConfigMap", { "ca.crt": first }],
        ["Secret", { "ca.crt": encoded(first) }],
        ["ConfigMap", { "ca.crt": first + second }],
        ["ConfigMap", { "ca.crt": second }],
      ],
    );
  });

  test("list the certificates that the old CA still signs", async (t) => {
    if (lacks(t, "kubectl")) return;
    const folder = temporaryFolder(t);
    const certificates = [certificateBy("my-private-ca", "web"), certificateBy("my-private-ca-2", "new")];
    const env = await serveCluster(t, folder, certificates);
    const commands = commandsOf(document).filter((command) => command.startsWith("kubectl get certificates "));
    const outputs = await runAll(commands, folder, env);
    assert.equal(outputs.of("kubectl get certificates"), "shop/web\n");
  });
});

describe("the YAML of docs/how-to/secure-the-collector.md", () => {
  const values = blocks(document, "yaml").map((block) => load(block) as Mapping);
  const ofKind = (kind: string) => {
    const [object, ...others] = values.filter((value) => value.kind === kind);
    assert.ok(object !== undefined && others.length === 0, kind);
    return object;
  };

  test("has objects that are valid for the API server", async () => {
    const { Certificate } = await import("@kubernetes-models/cert-manager/cert-manager.io/v1");
    const { Ingress } = await import("kubernetes-models/networking.k8s.io/v1");
    new Certificate(ofKind("Certificate") as never).validate();
    new Ingress(ofKind("Ingress") as never).validate();
  });

  test("mounts the ConfigMap and the Secret with the Collector's files as whole folders", () => {
    const [mounts] = values.filter((value) => value.volumes !== undefined);
    const folders = getList(mounts, "containers").flatMap((container) =>
      getList(container, "volumeMounts"),
    ) as Mapping[];
    assert.ok(folders.every((mount) => mount.subPath === undefined));
    const files = new Set(
      [...exampleOf(document, "collector").matchAll(/_file: (\S+)/g)].map(([, file]) => file as string),
    );
    assert.deepEqual(
      [...files].map((file) => {
        const mount = folders.find(({ mountPath }) => file.startsWith(`${mountPath}/`)) as Mapping;
        const volume = getList(mounts, "volumes").find((candidate) => get(candidate, "name") === mount.name) as Mapping;
        const source = get(volume, "configMap", "name") ?? get(volume, "secret", "secretName");
        return `${source}: ${file.slice(String(mount.mountPath).length + 1)}`;
      }),
      ["collector-tls: tls.crt", "collector-tls: tls.key", "tracing-clients-ca: ca.crt"],
    );
    assert.equal(get(ofKind("Certificate"), "spec", "secretName"), "collector-tls");
    assert.deepEqual(get(ofKind("Bundle"), "metadata", "name"), "tracing-clients-ca");
    assert.equal(get(ofKind("Bundle"), "spec", "target", "configMap", "key"), "ca.crt");
  });

  test("has an Ingress that requires a certificate, with the Secret that the command creates", () => {
    const annotations = get(ofKind("Ingress"), "metadata", "annotations") as Record<string, Value>;
    const prefix = "nginx.ingress.kubernetes.io/";
    assert.deepEqual(annotations, {
      [`${prefix}backend-protocol`]: "GRPC",
      [`${prefix}auth-tls-secret`]: "observability/tracing-clients-ca",
      [`${prefix}auth-tls-verify-client`]: "on",
      [`${prefix}auth-tls-verify-depth`]: "1",
    });
    const hosts = getList(ofKind("Ingress"), "spec", "rules").map((rule) => get(rule, "host"));
    assert.deepEqual(hosts, getList(ofKind("Certificate"), "spec", "dnsNames"));
  });

  test("has a pattern that matches the end of the namespace", () => {
    const [fragment] = values.filter((value) => value.metadata !== undefined && value.kind === undefined);
    const pattern = get(fragment, "metadata", "annotations", "nginx.ingress.kubernetes.io/auth-tls-match-cn");
    const names = ["web@shop", "web@checkout", "web@shop-test", "web@other", "shop"];
    const admitted = names.filter((name) => new RegExp(String(pattern)).test(`CN=${name}`));
    assert.deepEqual(admitted, ["web@shop", "web@checkout"]);
  });

  test("configures a client CA for every server certificate of Jaeger v1", () => {
    const flags = getList(load(exampleOf(document, "jaeger-v1")) as Value, "args").map(String);
    const server = ["enabled=true", "cert=/etc/jaeger/server/tls.crt", "key=/etc/jaeger/server/tls.key"];
    const expected = ["collector.grpc", "collector.otlp.grpc"].flatMap((prefix) =>
      [...server, "client-ca=/etc/jaeger/clients/ca.crt"].map((flag) => `--${prefix}.tls.${flag}`),
    );
    assert.deepEqual(flags, expected);
  });
});

const placeOf = (object: Mapping) => [get(object, "metadata", "name"), get(object, "metadata", "namespace")];
const encoded = (data: string) => Buffer.from(data).toString("base64");

function secretOf(name: string, certificate: string): StoredObject {
  const data = { "tls.crt": encoded(certificate), "tls.key": encoded("the key") };
  const secret = { type: "kubernetes.io/tls", data };
  return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "cert-manager" }, ...secret };
}

function certificateBy(issuer: string, name: string): StoredObject {
  const spec = { spec: { secretName: name, issuerRef: { name: issuer } } };
  const metadata = { name, namespace: "shop" };
  return { apiVersion: "cert-manager.io/v1", kind: "Certificate", metadata, ...spec };
}

/** The stdout of commands. */
interface Outputs {
  /** Returns the stdout of the only command that starts with a text. */
  of(start: string): string;
}

/**
 * Runs commands in a folder, one after another, except those that need a cluster. Each must succeed. A command that would
 * create an object in the cluster prints it instead.
 */
async function runAll(
  commands: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<Outputs> {
  const outputs = new Map<string, string>();
  for (const command of commands.filter((candidate) => notRun[candidate] === undefined)) {
    const prints = command.startsWith("kubectl create ") && !command.includes("--dry-run=client");
    const script = prints ? `${command} --dry-run=client --output=yaml` : command;
    const { stdout } = await promisify(execFile)("sh", ["-ec", script], {
      cwd: folder,
      env: { ...process.env, ...env },
    });
    outputs.set(command, stdout);
  }
  return {
    of(start) {
      const matches = [...outputs].filter(([command]) => command.startsWith(start));
      assert.equal(matches.length, 1, start);
      return (matches[0] as [string, string])[1];
    },
  };
}
