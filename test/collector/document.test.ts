import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { connect } from "node:tls";
import { load } from "js-yaml";
import { get, type Mapping, type Value } from "../../src/yaml/value";
import { blocks } from "../docs/support";
import { lacks, root, run, succeed, temporaryFolder } from "../hosts/support";
import { freePort } from "../support/free-port";
import { exampleOf, rowsOf } from "../support/markdown";
import { Authority, exampleAuthority, type KeyPair, selfSigned } from "./authority";
import { type Backend, startBackend } from "./backend";
import { certificateFor, type Sidecar, startSidecar } from "./sidecar";
import { mountSecret, otelcol, until } from "./support";

/*
 * docs/how-to/secure-the-collector.md with the real Collector: the documented configuration accepts only clients that have a certificate of
 * the CA that examples/private-ca creates.
 */

const document = readFileSync(join(root, "docs/how-to/secure-the-collector.md"), "utf8");
const subject = "My Private CA @ my-kubernetes-cluster";
const [serverCertificate, clients] = ["server", "clients"].map((name) => load(exampleOf(document, name)) as Mapping);
const collector = get(clients, "spec", "collector") as Mapping;

/** The documented log messages of the collector about clients that it refuses. */
const refusals = rowsOf(document, "| The collector's log | Cause |").map(([cell = ""]) => cell.replaceAll("`", ""));

/** Returns the only documented refusal that starts with a text. */
function refusalThatStarts(text: string): string {
  const matches = refusals.filter((refusal) => refusal.startsWith(text));
  assert.equal(matches.length, 1, `${text}: ${matches}`);
  return matches[0] as string;
}

const getAuthority = exampleAuthority(`/CN=${subject}`);

test("the documented collector accepts a span with a certificate for the rendered Certificate", async (t) => {
  if (lacks(t, otelcol, "openssl")) return;
  const scene = await stage(t);
  const sidecar = await scene.client(scene.authority.issueFor(certificateFor(collector)));
  await sidecar.send("first");
  await scene.backend.span("first", sidecar);
});

describe("the documented collector refuses", () => {
  const client = certificateFor(collector);
  const clientWith = (spec: Mapping): Mapping => ({ spec: { ...(client.spec as Mapping), ...spec } });
  const anHour = 3_600_000;
  const certificates: Readonly<Record<string, readonly [string, (scene: Scene) => KeyPair | undefined]>> = {
    "a client without a certificate": ["client didn't", () => undefined],
    "a self-signed certificate": ["certificate signed", ({ folder }) => selfSigned(folder, "web@shop")],
    "a certificate of another CA with the same name": [
      "certificate signed",
      ({ folder }) => Authority.create(folder, "another", subject).issueFor(client),
    ],
    "an expired certificate": [
      "certificate has expired",
      ({ authority }) => authority.issueFor(clientWith({ duration: "1h" }), new Date(Date.now() - 2 * anHour)),
    ],
    "a certificate for servers": [
      "certificate specifies",
      ({ authority }) => authority.issueFor(clientWith({ usages: ["server auth"] })),
    ],
    "a certificate of a subordinate of the trusted CA": [
      "too many intermediates",
      ({ authority }) => {
        const subordinate = authority.subordinate("subordinate");
        const pair = subordinate.issueFor(client);
        return { ...pair, "tls.crt": pair["tls.crt"] + readFileSync(subordinate.certificate, "utf8") };
      },
    ],
  };
  for (const [name, [reason, certificateOf]] of Object.entries(certificates)) {
    test(`${name}, and logs the reason`, async (t) => {
      if (lacks(t, otelcol, "openssl")) return;
      const scene = await stage(t);
      await requireRefused(scene, await scene.client(certificateOf(scene)), refusalThatStarts(reason));
    });
  }
});

test("both receivers of the documented collector, OTLP and Jaeger, require the certificate", async (t) => {
  if (lacks(t, otelcol, "openssl")) return;
  const scene = await stage(t);
  const certificate = scene.authority.issueFor(certificateFor(collector));
  for (const port of scene.ports) {
    await assert.doesNotReject(connects(port, scene.servers, certificate));
    await assert.rejects(connects(port, scene.servers, undefined));
    await assert.rejects(connects(port, scene.servers, selfSigned(temporaryFolder(t), "web@shop")));
  }
});

test("an agent that doesn't trust the documented collector sends nothing, and both log the reason", async (t) => {
  if (lacks(t, otelcol, "openssl")) return;
  const scene = await stage(t);
  const sidecar = await scene.client(scene.authority.issueFor(certificateFor(collector)), scene.authority);
  await requireRefused(scene, sidecar, refusalThatStarts("remote error"));
});

test("the CA is replaced as documented, and no span is refused before the old CA is removed", async (t) => {
  if (lacks(t, otelcol, "openssl")) return;
  const scene = await stage(t);
  const successor = Authority.create(scene.folder, "successor", subject);
  const [old, renewed] = [scene.authority, successor].map((authority) => authority.issueFor(certificateFor(collector)));
  const trust = async (...authorities: readonly Authority[]) => {
    const files = authorities.map(({ certificate }) => certificate);
    mountSecret(scene.clientsFolder, { "ca.crt": succeed("cat", files) });
    // The collector reloads the file every second.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  };
  const accepts = async (span: string, certificate: KeyPair | undefined) => {
    const sidecar = await scene.client(certificate);
    await sidecar.send(span);
    await scene.backend.span(span, sidecar);
    await sidecar.stop();
  };

  await accepts("old CA, by the old certificate", old);
  await trust(scene.authority, successor);
  await accepts("both CAs, by the old certificate", old);
  await accepts("both CAs, by the new certificate", renewed);
  await trust(successor);
  await accepts("new CA, by the new certificate", renewed);
  assert.equal(scene.backend.log().includes("ServerHandshake"), false, scene.backend.log());
  await requireRefused(scene, await scene.client(old), refusalThatStarts("certificate signed"));
});

describe("configurations of the Collector in the document", () => {
  const configurations = blocks(document, "yaml").filter((block) => /^(?:receivers|service):$/m.test(block));

  test("are three: one for the Collector, one for Jaeger, and a fragment for both", () =>
    assert.equal(configurations.length, 3));

  for (const [i, block] of configurations.entries()) {
    test(`block ${i + 1} is accepted by the Collector`, (t) => {
      if (lacks(t, otelcol)) return;
      // Without the parts that only Jaeger has, and with the parts that a fragment lacks.
      const { receivers, processors, service } = load(block) as Record<string, Mapping>;
      const complete = load(configurations[0] as string) as Record<string, Mapping>;
      const pipelines = get(complete as Value, "service", "pipelines") as Value;
      const config = {
        receivers: receivers ?? (complete["receivers"] as Mapping),
        processors: processors ?? (complete["processors"] as Mapping),
        exporters: complete["exporters"] as Mapping,
        service: { telemetry: get(service, "telemetry") ?? {}, pipelines },
      };
      const env = { CONFIG: i === 0 ? block : JSON.stringify(config) };
      const { status, stderr } = run(otelcol, ["validate", "--config=env:CONFIG"], { env });
      assert.equal(status, 0, stderr);
    });
  }

  test("have the same requirements for clients at every receiver", () => {
    const [ofCollector, ofJaeger] = ["collector", "jaeger-v2"].map(
      (name) => load(exampleOf(document, name)) as Mapping,
    );
    const text = JSON.stringify(get(ofJaeger, "receivers")).replaceAll("/etc/jaeger/", "/etc/otelcol/");
    assert.deepEqual(JSON.parse(text), get(ofCollector, "receivers"));
    const { otlp, jaeger } = get(ofCollector, "receivers") as Record<string, Mapping>;
    const tls = get(otlp, "protocols", "grpc", "tls") as Mapping;
    assert.deepEqual(get(jaeger, "protocols", "grpc", "tls"), tls);
    assert.deepEqual(get(ofCollector, "service", "pipelines", "traces", "receivers"), ["otlp", "jaeger"]);
  });
});

/** The documented collector while it runs, and the files that it reads. */
interface Scene {
  readonly folder: string;
  /** The CA that examples/private-ca creates, which the collector trusts. */
  readonly authority: Authority;
  /** The authority that signed the collector's own certificate. */
  readonly servers: Authority;
  /** The collector's ports: OTLP, Jaeger. */
  readonly ports: readonly [number, number];
  /** The folder where `client_ca_file` is mounted. */
  readonly clientsFolder: string;
  readonly backend: Backend;
  /** Starts an agent with the documented configuration and this certificate. It trusts `servers`; default: the scene's. */
  client(certificate: KeyPair | undefined, servers?: Authority): Promise<Sidecar>;
}

async function stage(t: TestContext): Promise<Scene> {
  const folder = temporaryFolder(t);
  const [grpc, jaeger] = [await freePort(), await freePort()];
  const authority = getAuthority();
  const servers = Authority.create(folder, "collector-ca");
  const mounts = { server: join(folder, "server"), clients: join(folder, "clients") };
  mountSecret(mounts.server, servers.issueFor(serverCertificate as Mapping));
  mountSecret(mounts.clients, { "ca.crt": readFileSync(authority.certificate, "utf8") });
  const config = substituted(exampleOf(document, "collector"), {
    "/etc/otelcol/server": mounts.server,
    "/etc/otelcol/clients": mounts.clients,
    "0.0.0.0:4317": `127.0.0.1:${grpc}`,
    "0.0.0.0:14250": `127.0.0.1:${jaeger}`,
  });
  const backend = await startBackend(t, folder, config);
  let count = 0;
  return {
    folder,
    authority,
    servers,
    ports: [grpc, jaeger],
    clientsFolder: mounts.clients,
    backend,
    client(certificate, trusted = servers) {
      const pod = join(folder, `pod-${++count}`);
      const { clientCertificate, ...tls } = get(collector, "tls") as Mapping;
      mountSecret(join(pod, "ca"), { "ca.crt": readFileSync(trusted.certificate, "utf8") });
      if (certificate !== undefined) mountSecret(join(pod, "tls"), certificate);
      return startSidecar(t, {
        collector: {
          ...collector,
          endpoint: `dns:///127.0.0.1:${grpc}`,
          tls: {
            ...tls,
            serverName: "collector.example.com",
            ...(certificate === undefined ? {} : { clientCertificate }),
          } as Mapping,
        },
        mountPath: join(pod, "tls"),
      });
    },
  };
}

/** Connects as gRPC does, until the server's first data. Rejects if the connection is refused. */
function connects(port: number, servers: Authority, certificate: KeyPair | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: "127.0.0.1",
      port,
      ca: readFileSync(servers.certificate),
      servername: "collector.example.com",
      ALPNProtocols: ["h2"],
      ...(certificate === undefined ? {} : { cert: certificate["tls.crt"], key: certificate["tls.key"] }),
    });
    // HTTP/2's preface with empty settings: in TLS 1.3, the client's handshake ends before the server has verified it.
    socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
    socket.once("data", () => {
      resolve();
      socket.destroy();
    });
    // A server that refuses can reset the connection before its reason is read.
    for (const end of ["error", "close"]) socket.on(end, () => reject(new Error("refused")));
  });
}

/** Returns the text with these replacements. Fails if it doesn't contain all of them. */
function substituted(text: string, replacements: Readonly<Record<string, string>>): string {
  return Object.entries(replacements).reduce((result, [old, replacement]) => {
    assert.ok(result.includes(old), `the document must contain ${old}`);
    return result.replaceAll(old, replacement);
  }, text);
}

/** Sends a span, and fails unless both sides log the refusal and the span doesn't arrive. */
async function requireRefused(scene: Scene, sidecar: Sidecar, reason: string): Promise<void> {
  const span = "from a client that is refused";
  await sidecar.send(span);
  await until(
    () => scene.backend.log().includes(reason) && sidecar.log().includes("Exporting failed"),
    () =>
      `the first log must contain "${reason}", the second "Exporting failed":\n${scene.backend.log()}\n${sidecar.log()}`,
  );
  await sidecar.stop();
  assert.equal(scene.backend.has(span), false);
}
