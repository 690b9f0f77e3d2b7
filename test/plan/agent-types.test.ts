import assert from "node:assert/strict";
import { describe, test } from "node:test";
import schemaText from "../../src/config/generated/tracing-sidecar/text";
import { type AgentTypeName, agentTypes } from "../../src/plan/agents/index";
import { checkConfiguration } from "../../src/plan/check-run";
import { get, getList, getString, type Mapping } from "../../src/yaml/value";
import { configured, newCache, partsOf, plain, problemsOf, web } from "../support/configured";
import { environmentOf, type PodFields } from "../support/kubelet";
import { messagesOf, withSpec } from "../support/sidecar-config";

/*
 * Requirements that apply to every agent type. To test a new type, add an entry to `cases`.
 */

/** An agent type, with images of it that are rejected. */
interface AgentTypeCase {
  readonly type: AgentTypeName;
  readonly tooOld: string;
  readonly withoutVersion: string;
}

const cases: Readonly<Record<AgentTypeName, AgentTypeCase>> = {
  jaeger: {
    type: "jaeger",
    tooOld: "jaegertracing/jaeger-agent:1.11.0",
    withoutVersion: "jaegertracing/jaeger-agent:latest",
  },
  otelcol: {
    type: "otelcol",
    tooOld: "otel/opentelemetry-collector:0.50.0",
    withoutVersion: "otel/opentelemetry-collector:latest",
  },
};

/** Reports whether a volume has files in it, such as those of a Secret, rather than space for the agent's own. */
const holdsFiles = (volume: Mapping) => volume.emptyDir === undefined;

const presets: readonly string[] = JSON.parse(schemaText).$defs.app.properties.presets.items.enum;

const fields: PodFields = { "metadata.name": "web-0", "metadata.namespace": "shop" };
const clientCertificate = { secretName: "{name}-client" };
/** TLS settings, each with the files that the agent must be configured to use. */
const tls: Readonly<Record<string, { tls: Mapping; files: readonly string[] }>> = {
  "the roots in the image": { tls: {}, files: [] },
  "a CA in a Secret": { tls: { ca: { secretName: "ca", key: "root.pem" } }, files: ["ca/root.pem"] },
  "a CA in a ConfigMap": { tls: { ca: { configMapName: "ca" } }, files: ["ca/ca.crt"] },
  "a client certificate": { tls: { clientCertificate }, files: ["tls/tls.crt", "tls/tls.key"] },
  "one Secret for both": {
    tls: { ca: { fromClientCertificate: true }, clientCertificate },
    files: ["tls/ca.crt", "tls/tls.crt", "tls/tls.key"],
  },
  "a certificate from the CSI driver": {
    tls: { clientCertificate: { csi: { issuerRef: { name: "ca" } } } },
    files: ["tls/tls.crt", "tls/tls.key"],
  },
};

for (const { type, tooOld, withoutVersion } of Object.values(cases)) {
  const withAgent = (agent: Mapping = {}, spec: Mapping = {}) => configured({ agent: { type, ...agent }, ...spec });
  const containerOf = (agent: Mapping = {}, spec: Mapping = {}) => partsOf(withAgent(agent, spec)).container;
  /** The agent's arguments, and its environment as its process finds it. */
  const inputOf = (container: Mapping) =>
    [...getList(container, "args"), ...environmentOf(container, fields).values()].join("\n");

  const errorsOf = (configuration: Parameters<typeof problemsOf>[0]) =>
    problemsOf(configuration).filter((problem) => problem.startsWith("error"));

  describe(type, () => {
    test("rejects an image of another type", () => {
      const others = Object.entries(agentTypes).filter(([name]) => name !== type);
      for (const [name, { images }] of others) {
        for (const image of images) {
          const [finding, ...more] = checkConfiguration(
            configured({ agent: { type, image: `mirror/${image}:1.62.0` } }),
          );
          assert.deepEqual([finding?.severity, finding?.configField?.path, more], ["error", "spec.agent.image", []]);
          assert.match(finding?.message ?? "", new RegExp(`Set spec\\.agent\\.type to "${name}"`));
        }
      }
    });
    test("accepts the default image", () => {
      assert.deepEqual(errorsOf(withAgent()), []);
    });

    test("accepts the presets that it declares, and no others", () => {
      const messagesFor = (preset: string) =>
        messagesOf(withSpec(`agent: {type: ${type}}, app: {presets: [${preset}]}`));
      const accepted = presets.filter((preset) => messagesFor(preset).length === 0);
      assert.deepEqual(accepted, agentTypes[type].presets);
    });

    test("rejects an image without a version, and one that is too old", () => {
      assert.ok(problemsOf(withAgent({ image: withoutVersion })).includes("error invalid-config spec.agent.image"));
      assert.ok(problemsOf(withAgent({ image: tooOld })).includes("error invalid-config spec.agent.image"));
      assert.ok(
        problemsOf(withAgent({ image: tooOld, version: tooOld.split(":")[1] as string })).includes(
          "error invalid-config spec.agent.version",
        ),
      );
    });

    test("builds one container for workloads that need the same, and another for each that differs", () => {
      const settings: readonly Mapping[] = [
        {},
        { collector: { endpoint: "{name}:4317" } },
        { collector: { endpoint: "collector:4317", tls: { serverName: "{name}" } } },
        ...Object.values(tls).map((one) => ({ collector: { endpoint: "collector:4317", tls: one.tls } })),
        { agent: { type, mountPath: "/certs/{name}" } },
        { agent: { type, volumeName: "{name}" } },
        { agent: { type, ports: { jaegerCompact: 6000 } } },
        { agent: { type, native: true } },
        { agent: { type, livenessProbe: null } },
        { agent: { type, tags: { app: "{name}" }, args: ["--one={name}"], env: [{ name: "A", value: "{name}" }] } },
      ];
      const users: readonly Mapping[] = [{}, { runAsUser: 0 }, { runAsUser: 1000 }];
      const workloads = ["web", "api"].flatMap((name) =>
        users.map((securityContext) => web({ securityContext }, name)),
      );
      // One cache for all configurations is more than a run shares: the key has to tell them apart as well.
      const cache = newCache();
      for (const spec of settings) {
        const configuration = withAgent({}, spec);
        for (const workload of workloads) {
          const { container } = partsOf(configuration, workload, cache);
          assert.deepEqual(container, partsOf(configuration, workload).container);
          assert.equal(container, partsOf(configuration, workload, cache).container);
        }
      }
    });

    test("uses the configured image, name, pull policy and resources", () => {
      const resources = { limits: { cpu: 1 } };
      const version = withAgent().agent.image.split(":")[1] as string;
      const agent = { version, name: "tracing", imagePullPolicy: "Always" };
      const container = containerOf({ image: "mirror/agent@sha256:01", resources, ...agent });
      assert.equal(container.name, "tracing");
      assert.equal(container.image, "mirror/agent@sha256:01");
      assert.equal(container.imagePullPolicy, "Always");
      assert.deepEqual(plain(container.resources), resources);
    });

    test("puts the user's arguments last", () => {
      assert.deepEqual(getList(containerOf({ args: ["--one", "--two"] }), "args").slice(-2), ["--one", "--two"]);
    });

    test("keeps the user's environment, which overrides the generated entries", () => {
      const env = [
        { name: "POD_NAME", value: "mine" },
        { name: "ZONE", value: "eu" },
      ];
      const found = getList(containerOf({ env }), "env") as readonly Mapping[];
      assert.deepEqual(plain(found.filter(({ name }) => env.some((entry) => entry.name === name))), env);
    });

    test("uses the endpoint with its templates expanded", () => {
      const spec = { collector: { endpoint: "dns:///{name}.{namespace}:443" } };
      assert.match(inputOf(containerOf({}, spec)), /dns:\/\/\/web\.shop:443/);
    });

    test("sets tags from literals and from pod fields", () => {
      const container = containerOf({ tags: { cluster: "prod-eu", pod: { fieldPath: "metadata.name" } } });
      assert.match(inputOf(container), /cluster/);
      assert.match(inputOf(container), /prod-eu/);
      assert.equal(environmentOf(container, fields).get("POD_NAME"), "web-0");
      assert.doesNotMatch(inputOf(containerOf({ tags: {} })), /web-0/);
    });

    test("declares the metrics port with a name that the API accepts", () => {
      const { container, metricsPort, ports } = partsOf(withAgent());
      assert.match(metricsPort, /^(?=.{1,15}$)[a-z0-9]+(?:-[a-z0-9]+)*$/);
      const port = getList(container, "ports").find((entry) => get(entry, "name") === metricsPort);
      assert.ok(port !== undefined);
      assert.ok(ports.some(({ name, port: number }) => name === metricsPort && number === get(port, "containerPort")));
    });

    test("lists every declared port as a listening port, and no port twice", () => {
      const { container, ports } = partsOf(withAgent());
      const expected = ports.map(({ port, protocol, name }) => ({ name, protocol, containerPort: port }));
      const declared = getList(container, "ports");
      assert.ok(declared.length > 0);
      for (const port of declared) {
        assert.ok(
          expected.some((entry) => JSON.stringify(entry) === JSON.stringify(port)),
          JSON.stringify(port),
        );
      }
      assert.equal(new Set(ports.map(({ port, protocol }) => `${port}/${protocol}`)).size, ports.length);
    });

    test("listens only on the loopback address for ports that it doesn't declare", () => {
      const { container, ports } = partsOf(withAgent());
      const intake = ports.filter(({ name }) => name === undefined);
      assert.ok(intake.length > 0);
      for (const { port } of intake) assert.match(inputOf(container), new RegExp(`127\\.0\\.0\\.1:${port}\\b`));
    });

    const numbersOf = (container: Mapping) => getList(container, "ports").map((port) => get(port, "containerPort"));

    test("listens on the configured ports, and on no default port that was changed", () => {
      for (const { use, port, name } of partsOf(withAgent()).ports) {
        const { container, ports } = partsOf(
          withAgent({ ports: { [use]: 23_456 } }, { collector: { endpoint: "collector:1" } }),
        );
        const moved = ports.find((other) => other.use === use);
        assert.equal(moved?.port, 23_456);
        assert.match(inputOf(container), /\b23456\b/);
        assert.doesNotMatch(inputOf(container), new RegExp(`\\b${port}\\b`));
        assert.equal(numbersOf(container).includes(23_456), name !== undefined, use);
        assert.equal(numbersOf(container).includes(port), false);
      }
    });

    test("has the configured port names, also in the probes and for Prometheus", () => {
      const named = partsOf(withAgent()).ports.filter(({ name }) => name !== undefined);
      const portNames = Object.fromEntries(named.map(({ use }) => [use, `my-${use}`.slice(0, 15)]));
      const { container, metricsPort } = partsOf(withAgent({ portNames, native: true }));
      const declared = getList(container, "ports").map((port) => getString(port, "name"));
      assert.deepEqual(declared, Object.values(portNames));
      assert.ok(declared.includes(metricsPort));
      for (const probe of ["livenessProbe", "startupProbe"])
        assert.ok(declared.includes(getString(container, probe, "httpGet", "port") ?? ""), probe);
    });

    test("rejects two ports with the same number and protocol, or the same name", () => {
      const { ports } = partsOf(withAgent());
      for (const protocol of ["TCP", "UDP"]) {
        const [one, other] = ports.filter((port) => port.protocol === protocol);
        assert.ok(one !== undefined && other !== undefined);
        assert.ok(
          problemsOf(withAgent({ ports: { [one.use]: other.port } })).includes(`error invalid-config ${other.field}`),
        );
        const swapped = { [one.use]: other.port, [other.use]: one.port };
        assert.deepEqual(errorsOf(withAgent({ ports: swapped })), []);
      }
      const names = ports.filter(({ name }) => name !== undefined);
      const portNames = Object.fromEntries(names.map(({ use }) => [use, "same"]));
      assert.equal(errorsOf(withAgent({ portNames })).length, names.length - 1);
    });

    describe("probes", () => {
      const probesOf = (agent: Mapping) => {
        const { livenessProbe, startupProbe } = containerOf(agent);
        return plain({ livenessProbe, startupProbe });
      };
      const { httpGet } = containerOf()["livenessProbe"] as Mapping;
      const startupProbe = plain({ httpGet, periodSeconds: 1, failureThreshold: 60 });

      test("are a liveness probe, and a startup probe if the agent is a native sidecar", () => {
        assert.deepEqual(probesOf({}), plain({ livenessProbe: { httpGet } }));
        assert.deepEqual(probesOf({ native: true }), plain({ livenessProbe: { httpGet }, startupProbe }));
        assert.equal(containerOf({ native: true })["restartPolicy"], "Always");
        assert.equal("restartPolicy" in containerOf(), false);
      });
      test("are those of the configuration, merged over the defaults", () => {
        const livenessProbe = { httpGet: { scheme: "HTTP" }, periodSeconds: 20 };
        const merged = plain({ httpGet: { ...(httpGet as Mapping), scheme: "HTTP" }, periodSeconds: 20 });
        assert.deepEqual(probesOf({ livenessProbe }), { livenessProbe: merged });
        assert.deepEqual(probesOf({ startupProbe: {} }), plain({ livenessProbe: { httpGet }, startupProbe }));
        assert.deepEqual(probesOf({ startupProbe: { periodSeconds: null, failureThreshold: 5 } }), {
          livenessProbe: plain({ httpGet }),
          startupProbe: plain({ httpGet, failureThreshold: 5 }),
        });
      });
      test("are removed by null", () => {
        assert.deepEqual(probesOf({ livenessProbe: null, startupProbe: null }), {});
        assert.deepEqual(probesOf({ livenessProbe: null, native: true }), { startupProbe });
        assert.deepEqual(probesOf({ startupProbe: null, native: true }), plain({ livenessProbe: { httpGet } }));
      });
      const cases: [valid: boolean, probe: Mapping | null][] = [
        [true, { httpGet: null, tcpSocket: { port: 1 } }],
        [true, { httpGet: null, exec: { command: ["/check"] } }],
        [true, { httpGet: null, grpc: { port: 9000, service: "a" } }],
        [true, { httpGet: { port: 1, httpHeaders: [{ name: "a", value: "b" }] } }],
        [true, null],
        [false, { tcpSocket: { port: 1 } }],
        [false, { httpGet: null, periodSeconds: 5 }],
        [false, { httpGet: { port: "other" } }],
        [false, { httpGet: { port: null } }],
        [false, { httpGet: { port: 65_536 } }],
        [false, { httpGet: { prot: 1 } }],
        [true, { httpGet: { scheme: "HTTPS", host: "example.com", httpHeaders: [] } }],
        [false, { httpGet: { scheme: "https" } }],
        [false, { httpGet: { path: 1 } }],
        [false, { httpGet: { host: {} } }],
        [false, { httpGet: { httpHeaders: { a: "b" } } }],
        [false, { httpGet: { httpHeaders: [{ name: "a b", value: "c" }] } }],
        [false, { httpGet: null, tcpSocket: { port: 1, host: 1 } }],
        [false, { httpGet: null, grpc: { port: 1, service: [] } }],
        [false, { httpGet: null, exec: { command: [] } }],
        [false, { httpGet: null, exec: { command: "/check" } }],
        [false, { httpGet: null, grpc: { port: "health" } }],
      ];
      for (const [valid, probe] of cases) {
        test(`${valid ? "can" : "can't"} be ${JSON.stringify(probe)}`, () => {
          for (const field of ["livenessProbe", "startupProbe"])
            assert.deepEqual(
              errorsOf(withAgent({ [field]: probe })),
              valid ? [] : [`error invalid-config spec.agent.${field}`],
            );
        });
      }
      test("are reported without their values, which could be secrets", () => {
        const settings = [{ "s3cret word": 1 }, { httpHeaders: [{ name: "s3cret word", value: { s3cret: 1 } }] }];
        for (const httpGet of settings) {
          const configuration = withAgent({ livenessProbe: { httpGet } });
          const messages = agentTypes[type].check(configuration).map(({ message }) => message);
          assert.match(messages.join("\n"), /httpGet/);
          assert.doesNotMatch(messages.join("\n"), /s3cret/);
        }
      });
      test("can't use a port that only the pod can connect to", () => {
        const { port } =
          partsOf(withAgent()).ports.find(({ name, protocol }) => name === undefined && protocol === "TCP") ?? {};
        assert.ok(port !== undefined);
        for (const probe of ["livenessProbe", "startupProbe"]) {
          const error = [`error invalid-config spec.agent.${probe}`];
          const errorsWith = (handler: Mapping) => errorsOf(withAgent({ [probe]: { httpGet: null, ...handler } }));
          assert.deepEqual(errorsWith({ tcpSocket: { port } }), error);
          assert.deepEqual(errorsWith({ grpc: { port } }), error);
          assert.deepEqual(errorsWith({ tcpSocket: { port, host: "127.0.0.1" } }), [], "on the node's network");
          assert.deepEqual(errorsWith({ tcpSocket: { port: 1 } }), [], "another container's port");
        }
      });
    });

    test("uses a declared port for the probe", () => {
      const container = containerOf();
      const port = get(container, "livenessProbe", "httpGet", "port");
      assert.ok(getList(container, "ports").some((entry) => get(entry, "name") === port));
    });

    describe("TLS", () => {
      for (const [name, { tls: settings, files }] of Object.entries(tls)) {
        test(`uses ${name}`, () => {
          const spec = { collector: { endpoint: "c:1", tls: settings } };
          const { container, volumes } = partsOf(withAgent({ mountPath: "/run/agent/tls" }, spec));
          for (const file of files) assert.ok(inputOf(container).includes(`/run/agent/${file}`), file);
          const mounts = getList(container, "volumeMounts");
          assert.deepEqual(
            mounts.map((mount) => getString(mount, "name")),
            volumes.map((volume) => volume.name),
          );
          assert.deepEqual(
            mounts.map((mount) => get(mount, "readOnly") === true),
            volumes.map(holdsFiles),
          );
        });
      }
      test("uses the server's name with its templates expanded", () => {
        const collector = { endpoint: "c:1", tls: { serverName: "{name}.{namespace}.example.com" } };
        assert.match(inputOf(containerOf({}, { collector })), /web\.shop\.example\.com/);
      });
      test("uses no files without TLS", () => {
        const { container, volumes } = partsOf(withAgent());
        assert.deepEqual(volumes.filter(holdsFiles), []);
        assert.equal(getList(container, "volumeMounts").length, volumes.length);
      });
    });

    describe("Pod Security restricted", () => {
      const restricted = {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      };
      test("is met, by an image without a user as well", () => {
        const { runAsUser, ...rest } = containerOf().securityContext as Mapping;
        assert.deepEqual(rest, restricted);
        assert.ok(runAsUser === undefined || runAsUser === 10001);
      });
      test("sets a user ID in a pod that runs as root", () => {
        const { container } = partsOf(withAgent(), web({ securityContext: { runAsUser: 0 } }));
        assert.deepEqual(container.securityContext, { ...restricted, runAsUser: 10001 });
      });
      test("merges the user's securityContext over the defaults", () => {
        const securityContext = { runAsUser: 7, seccompProfile: null };
        const { seccompProfile: _, ...rest } = restricted;
        assert.deepEqual(containerOf({ securityContext }).securityContext, { ...rest, runAsUser: 7 });
      });
    });

    describe("a container that several workloads share", () => {
      const cache = newCache();
      const configuration = withAgent({}, { collector: { endpoint: "{name}:1", tls: { clientCertificate } } });
      const first = partsOf(configuration, web(), cache);
      test("is the same object if nothing differs", () => {
        const second = partsOf(configuration, web(), cache);
        assert.equal(second.container, first.container);
        assert.deepEqual(second, first);
      });
      test("is another object for another endpoint", () => {
        assert.notEqual(partsOf(configuration, web({}, "cart"), cache).container, first.container);
      });
      test("is another object if the pod runs as another user", () => {
        const root = web({ securityContext: { runAsUser: 0 } });
        assert.notEqual(partsOf(configuration, root, cache).container, first.container);
      });
    });
  });
}
