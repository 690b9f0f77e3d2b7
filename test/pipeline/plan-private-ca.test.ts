import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import * as fc from "fast-check";
import { load } from "js-yaml";
import { readPrivateCa } from "../../src/config/read-private-ca";
import { run } from "../../src/pipeline/run";
import { type Mapping, sameValue, type Value } from "../../src/yaml/value";
import { certificateRules } from "../support/api-rules";
import { plain } from "../support/configured";
import { property } from "../support/property";

/*
 * The objects of a PrivateCA: their content, that cert-manager accepts them, and that they follow the same rules as
 * everything else that the function adds. `fixtures/private-ca-*` show whole runs.
 */

const folder = join(__dirname, "..", "..", "function-config");
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

const head = { apiVersion: "tracing-sidecar.dev/v1alpha1", kind: "PrivateCA", metadata: { name: "my-private-ca" } };
const privateCa = (spec: Mapping = {}): Mapping => ({ ...head, spec });

/** Returns a ResourceList as JSON, which is also YAML. */
const list = (functionConfig: Value, items: readonly Value[] = []): string =>
  JSON.stringify({ apiVersion: "config.kubernetes.io/v1", kind: "ResourceList", items, functionConfig });

/** Returns the items of a run, which must succeed. */
function itemsOf(functionConfig: Value, items?: readonly Value[]): Mapping[] {
  const { stdout, stderr, status } = run(list(functionConfig, items));
  assert.equal(status, 0, stderr);
  return (load(stdout) as { items: Mapping[] }).items;
}

describe("a PrivateCA", () => {
  test("needs only a name", () => {
    const { spec: _, ...bare } = privateCa();
    const outcome = readPrivateCa(bare);
    assert.ok("privateCa" in outcome, JSON.stringify(outcome));
    const { object, ...configuration } = outcome.privateCa;
    assert.equal(object.name, "my-private-ca");
    assert.deepEqual(plain(configuration), {
      name: "my-private-ca",
      state: "present",
      namespace: "cert-manager",
      commonName: "my-private-ca",
      duration: "87600h",
      privateKey: { algorithm: "RSA", size: 4096 },
      names: {
        selfSignedIssuer: "my-private-ca-selfsigned",
        certificate: "my-private-ca",
        secret: "my-private-ca",
        issuer: "my-private-ca",
      },
      labels: {},
      annotations: {},
    });
  });

  test("has an example with every field", () => {
    const example = load(read("private-ca.yaml")) as { spec: Mapping };
    assert.ok("privateCa" in readPrivateCa(example));
    const schema = JSON.parse(read("private-ca.schema.json"));
    const fields = (properties: object): string[] => Object.keys(properties).sort();
    assert.deepEqual(fields(example.spec), fields(schema.properties.spec.properties));
    assert.deepEqual(fields(example.spec.privateKey as object), fields(schema.$defs.caPrivateKey.properties));
    assert.deepEqual(fields(example.spec.names as object), fields(schema.$defs.caNames.properties));
  });

  test("shares the names of schema types with a TracingSidecar only if they are identical", () => {
    const [sidecar, privateCaTypes] = ["schema.json", "private-ca.schema.json"].map(
      (name) => JSON.parse(read(name)).$defs,
    );
    const shared = Object.keys(privateCaTypes).filter((name) => Object.hasOwn(sidecar, name));
    assert.ok(shared.length > 0);
    for (const name of shared) assert.deepEqual(privateCaTypes[name], sidecar[name], name);
  });
});

describe("the generated objects", () => {
  let validate: (kind: "Certificate" | "ClusterIssuer", object: Mapping) => void;
  before(async () => {
    const [{ Certificate }, { ClusterIssuer }] = await Promise.all([
      import("@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate"),
      import("@kubernetes-models/cert-manager/cert-manager.io/v1/ClusterIssuer"),
    ]);
    const models = { Certificate, ClusterIssuer };
    // biome-ignore lint/suspicious/noExplicitAny: a model validates any object
    validate = (kind, object) => new models[kind](object as any).validate();
  });

  for (const [name, spec] of [
    ["with every default", {}],
    ["with every field", (load(read("private-ca.yaml")) as { spec: Mapping }).spec],
    ["with an ECDSA key", { privateKey: { algorithm: "ECDSA" } }],
  ] as const) {
    test(`${name} are accepted by cert-manager`, () => {
      const objects = itemsOf(privateCa(spec));
      assert.equal(objects.length, 3);
      for (const object of objects) {
        validate(object.kind as "Certificate" | "ClusterIssuer", object);
        if (object.kind === "Certificate") assert.deepEqual(certificateRules(object), []);
      }
    });
  }

  test("refer to each other: each issuer finds what it needs", () => {
    const [root, certificate, issuer] = itemsOf(privateCa({ names: { secret: "ca-key" } })) as unknown as [
      { metadata: Mapping },
      { metadata: Mapping; spec: { secretName: string; issuerRef: Mapping } },
      { spec: Mapping },
    ];
    assert.equal(certificate.spec.issuerRef.name, root.metadata.name);
    assert.equal(certificate.spec.issuerRef.kind, "ClusterIssuer");
    assert.deepEqual(issuer.spec, { ca: { secretName: certificate.spec.secretName } });
  });

  test("don't contain a private key, and keep the one that cert-manager creates", () => {
    const text = run(list(privateCa())).stdout;
    assert.doesNotMatch(text, /PRIVATE KEY|tls\.key/);
    assert.match(text, /"rotationPolicy": "Never"/);
  });
});

describe("a TracingSidecar with the same name", () => {
  const sidecar = (spec: Mapping): Mapping => ({
    ...head,
    kind: "TracingSidecar",
    spec: { selector: {}, collector: { endpoint: "collector:4317" }, ...spec },
  });

  test("leaves a PrivateCA's objects alone, and vice versa", () => {
    const deployment: Mapping = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "shop" },
      spec: {
        selector: { matchLabels: { app: "web" } },
        template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web" }] } },
      },
    };
    const withCa = itemsOf(privateCa(), [deployment]);
    const both = itemsOf(sidecar({ podMonitor: {} }), withCa);
    assert.equal(both.length, 5);
    assert.deepEqual(plain(itemsOf(privateCa({ state: "absent" }), itemsOf(sidecar({ state: "absent" }), both))), [
      deployment,
    ]);
    assert.deepEqual(plain(itemsOf(sidecar({ state: "absent" }), both)), plain(withCa));
  });
});

/** Any valid PrivateCA; all have the same name. */
const anyPrivateCa: fc.Arbitrary<Mapping> = fc
  .record(
    {
      state: fc.constantFrom("present", "absent"),
      namespace: fc.constantFrom("cert-manager", "kube-system"),
      commonName: fc.constantFrom("My CA", "a: b # c", "Ünïcode"),
      duration: fc.constantFrom("8760h", "87600h"),
      renewBefore: fc.constantFrom("24h", "1h30m"),
      privateKey: fc.constantFrom({ algorithm: "RSA", size: 2048 }, { algorithm: "ECDSA" }),
      names: fc.record(
        {
          selfSignedIssuer: fc.constantFrom("root", "my-private-ca"),
          certificate: fc.constantFrom("root", "ca"),
          secret: fc.constantFrom("root", "ca"),
          issuer: fc.constantFrom("clients", "signer"),
        },
        { requiredKeys: [] },
      ),
      labels: fc.constantFrom({}, { team: "platform" }),
      annotations: fc.constantFrom({}, { "argocd.argoproj.io/sync-wave": "-2" }),
    },
    { requiredKeys: [] },
  )
  .filter(({ names }) => names?.selfSignedIssuer !== "my-private-ca" || names.issuer !== undefined)
  .map((spec) => privateCa(spec as Mapping));

const other: Mapping = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "other" }, data: { key: "0644" } };

/** Returns the objects in an order that doesn't depend on the list's: an object that is added later is at the end. */
const asSet = (items: readonly Mapping[]): string[] => items.map((item) => JSON.stringify(item)).sort();

property(
  "a run with a changed PrivateCA gives the same result as a first run with it",
  fc.tuple(anyPrivateCa, anyPrivateCa),
  ([first, second]) => {
    assert.deepEqual(asSet(itemsOf(second, itemsOf(first, [other]))), asSet(itemsOf(second, [other])));
  },
);

property("a second run changes nothing, and removal restores the original list", anyPrivateCa, (configuration) => {
  const items = itemsOf(configuration, [other]);
  assert.ok(sameValue(itemsOf(configuration, items), items));
  const absent = privateCa({ ...(configuration.spec as Mapping), state: "absent" });
  assert.deepEqual(plain(itemsOf(absent, items)), [other]);
});
