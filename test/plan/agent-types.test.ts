import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AgentConfiguration } from "../../src/config/configuration";
import { get, getList, getString, type Mapping } from "../../src/yaml/value";
import { configured, partsOf, plain, problemsOf, web } from "../support/configured";
import { environmentOf, type PodFields } from "../support/kubelet";

/*
 * What holds for every flavour of agent, whatever it is. A new one is a line here.
 */

/** A flavour, with an image of it that cannot be used as it is. */
interface Flavour {
  readonly type: AgentConfiguration["type"];
  readonly tooOld: string;
  readonly withoutVersion: string;
}

const flavours: Readonly<Record<AgentConfiguration["type"], Flavour>> = {
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

const fields: PodFields = { "metadata.name": "web-0", "metadata.namespace": "shop" };
const clientCertificate = { secretName: "{name}-client" };
/** Where the collector's TLS comes from, with the files that the agent must be told of. */
const tls: Readonly<Record<string, { tls: Mapping; files: readonly string[] }>> = {
  "the system's roots": { tls: {}, files: [] },
  "a CA in a Secret": { tls: { ca: { secretName: "ca", key: "root.pem" } }, files: ["ca/root.pem"] },
  "a CA in a ConfigMap": { tls: { ca: { configMapName: "ca" } }, files: ["ca/ca.crt"] },
  "a client certificate": { tls: { clientCertificate }, files: ["tls/tls.crt", "tls/tls.key"] },
  "one Secret for both": {
    tls: { ca: { fromClientCertificate: true }, clientCertificate },
    files: ["tls/ca.crt", "tls/tls.crt", "tls/tls.key"],
  },
  "a certificate by the CSI driver": {
    tls: { clientCertificate: { csi: { issuerRef: { name: "ca" } } } },
    files: ["tls/tls.crt", "tls/tls.key"],
  },
};

for (const { type, tooOld, withoutVersion } of Object.values(flavours)) {
  const withAgent = (agent: Mapping = {}, spec: Mapping = {}) => configured({ agent: { type, ...agent }, ...spec });
  const containerOf = (agent: Mapping = {}, spec: Mapping = {}) => partsOf(withAgent(agent, spec)).container;
  /** All that the agent is told: its arguments, and its environment as it finds it. */
  const told = (container: Mapping) =>
    [...getList(container, "args"), ...environmentOf(container, fields).values()].join("\n");

  describe(type, () => {
    test("the default image can be used", () => {
      assert.deepEqual(
        problemsOf(withAgent()).filter((problem) => problem.startsWith("error")),
        [],
      );
    });

    test("an image that does not say its version, or is too old, is an error", () => {
      assert.ok(problemsOf(withAgent({ image: withoutVersion })).includes("error invalid-config spec.agent.version"));
      assert.ok(problemsOf(withAgent({ image: tooOld })).includes("error invalid-config spec.agent.image"));
      assert.ok(
        problemsOf(withAgent({ image: tooOld, version: tooOld.split(":")[1] as string })).includes(
          "error invalid-config spec.agent.version",
        ),
      );
    });

    test("the user's own image, name, policy and resources", () => {
      const resources = { limits: { cpu: 1 } };
      const version = withAgent().agent.image.split(":")[1] as string;
      const given = { version, name: "tracing", imagePullPolicy: "Always" };
      const container = containerOf({ image: "mirror/agent@sha256:01", resources, ...given });
      assert.equal(container.name, "tracing");
      assert.equal(container.image, "mirror/agent@sha256:01");
      assert.equal(container.imagePullPolicy, "Always");
      assert.deepEqual(plain(container.resources), resources);
    });

    test("the user's arguments come last", () => {
      assert.deepEqual(getList(containerOf({ args: ["--one", "--two"] }), "args").slice(-2), ["--one", "--two"]);
    });

    test("the user's environment is whole, and goes before the function's", () => {
      const env = [
        { name: "POD_NAME", value: "mine" },
        { name: "ZONE", value: "eu" },
      ];
      const found = getList(containerOf({ env }), "env") as readonly Mapping[];
      assert.deepEqual(plain(found.filter(({ name }) => env.some((entry) => entry.name === name))), env);
    });

    test("the endpoint, with its templates expanded", () => {
      const spec = { collector: { endpoint: "dns:///{name}.{namespace}:443" } };
      assert.match(told(containerOf({}, spec)), /dns:\/\/\/web\.shop:443/);
    });

    test("tags: literals and fields", () => {
      const container = containerOf({ tags: { cluster: "prod-eu", pod: { fieldPath: "metadata.name" } } });
      assert.match(told(container), /cluster/);
      assert.match(told(container), /prod-eu/);
      assert.equal(environmentOf(container, fields).get("POD_NAME"), "web-0");
      assert.doesNotMatch(told(containerOf({ tags: {} })), /web-0/);
    });

    test("the metrics port is declared by a name that the API takes", () => {
      const { container, metricsPort, ports } = partsOf(withAgent());
      assert.match(metricsPort, /^(?=.{1,15}$)[a-z0-9]+(?:-[a-z0-9]+)*$/);
      const port = getList(container, "ports").find((entry) => get(entry, "name") === metricsPort);
      assert.ok(port !== undefined);
      assert.ok(ports.some(({ name, port: number }) => name === metricsPort && number === get(port, "containerPort")));
    });

    test("what is declared is listened on, and nothing twice", () => {
      const { container, ports } = partsOf(withAgent());
      const known = ports.map(({ port, protocol, name }) => ({ name, protocol, containerPort: port }));
      for (const port of getList(container, "ports")) {
        assert.ok(
          known.some((entry) => JSON.stringify(entry) === JSON.stringify(port)),
          JSON.stringify(port),
        );
      }
      assert.equal(new Set(ports.map(({ port, protocol }) => `${port}/${protocol}`)).size, ports.length);
    });

    test("what is not declared takes spans from the pod alone", () => {
      const { container, ports } = partsOf(withAgent());
      const intake = ports.filter(({ name }) => name === undefined);
      assert.ok(intake.length > 0);
      for (const { port } of intake) assert.match(told(container), new RegExp(`127\\.0\\.0\\.1:${port}\\b`));
    });

    test("the probe asks a declared port", () => {
      const container = containerOf();
      const port = get(container, "livenessProbe", "httpGet", "port");
      assert.ok(getList(container, "ports").some((entry) => get(entry, "name") === port));
    });

    describe("TLS", () => {
      for (const [name, { tls: given, files }] of Object.entries(tls)) {
        test(name, () => {
          const spec = { collector: { endpoint: "c:1", tls: given } };
          const { container, volumes } = partsOf(withAgent({ mountPath: "/run/agent/tls" }, spec));
          for (const file of files) assert.ok(told(container).includes(`/run/agent/${file}`), file);
          const mounts = getList(container, "volumeMounts");
          assert.deepEqual(
            mounts.map((mount) => getString(mount, "name")),
            volumes.map((volume) => volume.name),
          );
          assert.ok(mounts.every((mount) => get(mount, "readOnly") === true));
        });
      }
      test("the name of the server, with its templates expanded", () => {
        const collector = { endpoint: "c:1", tls: { serverName: "{name}.{namespace}.example.com" } };
        assert.match(told(containerOf({}, { collector })), /web\.shop\.example\.com/);
      });
      test("none", () => {
        const { container, volumes } = partsOf(withAgent());
        assert.deepEqual(volumes, []);
        assert.equal("volumeMounts" in container, false);
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
      test("the image's own user", () => assert.deepEqual(containerOf().securityContext, restricted));
      test("a pod that runs as root", () => {
        const { container } = partsOf(withAgent(), web({ securityContext: { runAsUser: 0 } }));
        assert.deepEqual(container.securityContext, { ...restricted, runAsUser: 10001 });
      });
      test("the user's is merged over it", () => {
        const securityContext = { runAsUser: 7, seccompProfile: null };
        const { seccompProfile: _, ...rest } = restricted;
        assert.deepEqual(containerOf({ securityContext }).securityContext, { ...rest, runAsUser: 7 });
      });
    });

    describe("one container object for all workloads that get the same", () => {
      const made = new Map<string, Mapping>();
      const configuration = withAgent({}, { collector: { endpoint: "{name}:1", tls: { clientCertificate } } });
      const first = partsOf(configuration, web(), made);
      test("the same", () => {
        const second = partsOf(configuration, web(), made);
        assert.equal(second.container, first.container);
        assert.deepEqual(second, first);
      });
      test("another endpoint", () => {
        assert.notEqual(partsOf(configuration, web({}, "cart"), made).container, first.container);
      });
      test("another user of the pod", () => {
        const root = web({ securityContext: { runAsUser: 0 } });
        assert.notEqual(partsOf(configuration, root, made).container, first.container);
      });
    });
  });
}
