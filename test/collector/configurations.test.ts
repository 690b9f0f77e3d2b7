import assert from "node:assert/strict";
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import { load } from "js-yaml";
import { run } from "../../src/pipeline/run";
import { get, getList, getMapping, getString, type Mapping, type Value } from "../../src/yaml/value";
import { find, lacks, temporaryFolder } from "../hosts/support";
import { fixtureNames, readFixture } from "../support/fixture";
import { freePort } from "../support/free-port";
import { argsOf, environmentOf, type PodFields } from "../support/kubelet";
import { selfSigned } from "./authority";
import { type CollectorProgram, collectorPrograms, containersOf, isCollector, otelcol, startAgent } from "./support";

/*
 * Every installed Collector starts with every configuration that the fixtures render for its version, with the arguments
 * and environment that the kubelet derives from the pod template. Its log has no warning, no error and no deprecation.
 */

const fields: PodFields = {
  "metadata.name": "web-5d4f6c7b8-x2x2x",
  "metadata.namespace": "shop",
  "metadata.labels['app.kubernetes.io/version']": "1.10",
  "metadata.annotations['example.com/note']": "as it is",
};

const leftOut: readonly string[] = [
  // They configure a component that the Collectors of the tests lack, or a certificate of the user's own.
  ...["otelcol-missing-component", "otelcol-unknown-component", "finding-agent-requires-tls"],
  // js-yaml can't read its input.
  "flow-at-any-column",
];

/** Fixtures whose `spec.agent.config` or `spec.agent.args` needs a later version than others: the minor version. */
const firstMinors: Readonly<Record<string, number>> = {
  // `otlp_grpc`.
  "otelcol-config": 144,
  // The feature gate `service.profilesSupport`.
  "otelcol-tls": 112,
};

for (const collector of collectorPrograms()) {
  test(`the Collector ${collector.version} starts with every configuration without a warning`, async (t) => {
    if (lacks(t, collector.program, "openssl")) return;
    const folder = temporaryFolder(t);
    const pair = `${folder}/pair`;
    mkdirSync(pair);
    selfSigned(pair, "web");
    const rendered = await configurationsFor(collector, `${folder}/tls`);
    assert.ok(rendered.size >= 20, String(rendered.size));
    for (const [name, container] of rendered) {
      await t.test(name, async (t) => {
        const variables = new Map([...secretsOf(container), ...environmentOf(container, fields)]);
        for (const file of filesOf(load(variables.get("OTELCOL_CONFIG") as string) as Mapping)) {
          mkdirSync(dirname(file), { recursive: true });
          copyFileSync(`${pair}/self-signed.${file.endsWith("key") ? "key" : "crt"}`, file);
        }
        const start = { args: argsOf(container, variables), env: variables, ready: isReady };
        const agent = await startAgent(t, find(collector.program) as string, start);
        await agent.stop();
        assert.deepEqual(complaintsOf(agent.log(), collector.program), []);
      });
    }
  });
}

test("a deprecated name is found in the log", async (t) => {
  if (lacks(t, otelcol)) return;
  const config = {
    receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${await freePort()}` } } } },
    exporters: { otlp: { endpoint: "127.0.0.1:1", tls: { insecure: true } } },
    service: {
      pipelines: { traces: { receivers: ["otlp"], exporters: ["otlp"] } },
      telemetry: { metrics: { level: "none" } },
    },
  };
  const env = new Map([["OTELCOL_CONFIG", JSON.stringify(config)]]);
  const agent = await startAgent(t, find(otelcol) as string, {
    args: ["--config=env:OTELCOL_CONFIG"],
    env,
    ready: isReady,
  });
  assert.match(complaintsOf(agent.log()).join("\n"), /deprecated/);
});

function isReady(log: string): boolean {
  return log.includes("Everything is ready. Begin running and processing data.");
}

/** What gRPC logs about a collector that it can't connect to. Those of the fixtures don't exist. */
const connectionFailure = /\[core\].*(?:addrConn\.createTransport failed|ccResolverWrapper: reporting error)/;

/** What earlier versions than the default one warn about with any configuration of these components. */
const earlierWarnings =
  /jaeger receiver will deprecate Thrift-gen|Using the 0\.0\.0\.0 address exposes this server.*"health_check"/;

/** Returns the lines of a Collector's log that aren't about its normal operation. */
function complaintsOf(log: string, program = otelcol): string[] {
  const isExpected = (line: string) =>
    line === "" || connectionFailure.test(line) || (program !== otelcol && earlierWarnings.test(line));
  const lines = log.split("\n").filter((line) => !isExpected(line));
  return lines.filter((line) => !/^\S+\tinfo\t/.test(line) || /deprecat/i.test(line));
}

/**
 * Returns the agent's containers that the fixtures render for a version of the Collector, each with a different
 * configuration, by the fixture's name. Their ports are free, and their files are in a folder.
 */
async function configurationsFor({ version }: CollectorProgram, folder: string): Promise<Map<string, Mapping>> {
  const [metrics, health, otlpGrpc, otlpHttp, jaegerCompact, jaegerBinary] = await Promise.all(
    Array.from({ length: 6 }, freePort),
  );
  const change = {
    image: `otel/opentelemetry-collector-contrib:${version}`,
    version: undefined,
    mountPath: folder,
    ports: { metrics, health, otlpGrpc, otlpHttp, jaegerCompact, jaegerBinary },
  };
  const minor = Number(version.split(".")[1]);
  const found = new Map<string, Mapping>();
  const seen = new Set<string>();
  for (const name of fixtureNames) {
    if (leftOut.includes(name) || minor < (firstMinors[name] ?? 0)) continue;
    collectorsOf(name, change).forEach((container, index) => {
      const text = JSON.stringify([container.args, container.env]);
      if (!seen.has(text)) found.set(index === 0 ? name : `${name} ${index + 1}`, container);
      seen.add(text);
    });
  }
  return found;
}

/** Returns the agent's containers that a fixture renders with changed fields of `spec.agent`. */
function collectorsOf(name: string, change: Readonly<Record<string, unknown>>): readonly Mapping[] {
  const input = readFixture(name, "input.yaml");
  // A fixture without an output is rejected.
  if (!input?.includes("type: otelcol") || readFixture(name, "expected.yaml") === undefined) return [];
  const list = load(input) as Value;
  const agent = getMapping(list, "functionConfig", "spec", "agent");
  if (agent.type !== "otelcol") return [];
  Object.assign(agent, change);
  const { stdout, stderr, status } = run(JSON.stringify(list));
  assert.equal(status, 0, stderr);
  const items = getList(load(stdout) as Value, "items");
  return items.flatMap((item) => containersOf(get(item, "spec", "template", "spec")).filter(isCollector));
}

/** Returns a value for each variable whose source is a Secret. YAML reads it as a number. */
function secretsOf(container: Mapping): [string, string][] {
  return getList(container, "env").flatMap((entry) =>
    get(entry, "valueFrom", "secretKeyRef") === undefined ? [] : [[getString(entry, "name") as string, "0123"]],
  );
}

/** Returns the paths of the certificates and keys in a configuration. */
function filesOf(config: Mapping): string[] {
  return Object.values(getMapping(config, "exporters")).flatMap((exporter) =>
    ["ca_file", "cert_file", "key_file"].flatMap((key) => getString(exporter, "tls", key) ?? []),
  );
}
