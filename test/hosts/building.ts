import assert from "node:assert/strict";
import { type Manifest, only, parse } from "./support";

/**
 * Checks the objects that the example's Deployment gets in a kustomize build.
 *
 * @param namespace the namespace that the objects must have.
 */
export function checkBuild(text: string, namespace?: string): void {
  check(text, {
    name: "example-hotrod",
    agent: "jaeger-agent",
    generatedName: "example-hotrod",
    namespace,
    commonName: "example-hotrod@my-namespace",
    secretName: "example-hotrod-tls",
  });
  assert.deepEqual(only(parse(text), "PodMonitor").spec.namespaceSelector, { matchNames: ["my-namespace"] });
}

/** Checks that the CA is in cert-manager's cluster resource namespace, and that its objects refer to each other. */
export function checkPrivateCa(text: string): void {
  const manifests = parse(text);
  const issuers = manifests.filter(({ kind }) => kind === "ClusterIssuer");
  const certificate = only(manifests, "Certificate");
  assert.equal(certificate.metadata.namespace, "kube-system");
  assert.equal(certificate.spec.commonName, "My Private CA @ my-kubernetes-cluster");
  assert.deepEqual(brokenReferences(manifests), []);
  assert.equal(issuers.find(({ spec }) => spec.ca !== undefined)?.metadata.name, "my-private-ca");
}

/**
 * Returns the broken references of a private CA, each as a sentence: of a Certificate to its self-signed ClusterIssuer, and
 * of a ClusterIssuer to its Secret.
 */
export function brokenReferences(manifests: readonly Manifest[]): string[] {
  const certificates = manifests.filter(({ kind, spec }) => kind === "Certificate" && spec.isCA);
  const issuers = manifests.filter(({ kind }) => kind === "ClusterIssuer");
  const secrets = certificates
    .filter(({ metadata }) => metadata.namespace === "kube-system")
    .map(({ spec }) => spec.secretName);
  const issuerNames = issuers.map(({ metadata }) => metadata.name);
  return [
    ...certificates
      .map(({ spec }) => spec.issuerRef.name)
      .filter((name) => !issuerNames.includes(name))
      .map((name) => `no ClusterIssuer ${name}`),
    ...issuers
      .flatMap(({ spec }) => spec.ca?.secretName ?? [])
      .filter((name) => !secrets.includes(name))
      .map((name) => `no Secret ${name} in kube-system`),
  ];
}

/**
 * Checks the objects of the whole article: the CA, and the workload whose certificate it signs.
 *
 * @param namespace the namespace that the workload's objects must have.
 */
export function checkWhole(text: string, namespace?: string): void {
  const isOfCa = ({ kind, spec }: Manifest) => kind === "ClusterIssuer" || (kind === "Certificate" && spec.isCA);
  const documents = text.split(/^---\n/m);
  const select = (ofCa: boolean) => documents.filter((document) => parse(document).some(isOfCa) === ofCa).join("---\n");
  checkPrivateCa(select(true));
  checkBuild(select(false), namespace);
  const { template } = only(parse(text), "Deployment").spec;
  assert.ok(template.spec.containers[0].args.includes("--jaeger-ui=https://jaeger"));
  const signer = parse(select(false)).find(({ kind }) => kind === "Certificate")?.spec.issuerRef.name;
  assert.equal(signer, "my-private-ca");
}

/** Checks the objects of the example's Deployment in an overlay that sets a namespace and a prefix. */
export function checkOverlay(text: string): void {
  check(text, {
    name: "prod-example-hotrod",
    agent: "otel-collector",
    generatedName: "prod-example-hotrod-otel-collector",
    namespace: "live",
    commonName: "prod-example-hotrod@live",
    secretName: "prod-example-hotrod-otel-collector-tls",
  });
  assert.equal(
    only(parse(text), "PodMonitor").spec.namespaceSelector,
    undefined,
    "the PodMonitor must scrape its own namespace",
  );
}

interface Expected {
  /** The name of the Deployment. */
  readonly name: string;
  /** The name of the agent's container. */
  readonly agent: string;
  /** The name of the Certificate and the PodMonitor. */
  readonly generatedName: string;
  readonly namespace?: string | undefined;
  readonly commonName: string;
  readonly secretName: string;
}

/** Checks that there is one agent, that it mounts its certificate's Secret, and that its pods and port are scraped. */
function check(text: string, expected: Expected): void {
  const { name, agent: agentName, generatedName, namespace, commonName, secretName } = expected;
  const manifests = parse(text);
  const specOf = (kind: string, name: string) => {
    const manifest = only(manifests, kind);
    assert.deepEqual([manifest.metadata.name, manifest.metadata.namespace], [name, namespace], kind);
    return manifest.spec;
  };
  const { template } = specOf("Deployment", name);
  const certificate = specOf("Certificate", generatedName);
  const monitor = specOf("PodMonitor", generatedName);
  const agents = template.spec.containers.filter((container: { name: string }) => container.name === agentName);
  assert.equal(agents.length, 1);
  const [agent] = agents;

  assert.equal(certificate.commonName, commonName);
  assert.equal(certificate.secretName, secretName);
  const { name: volume } = template.spec.volumes.find(
    (volume: { secret?: { secretName: string } }) => volume.secret?.secretName === secretName,
  );
  assert.ok(agent.volumeMounts.some((mount: { name: string }) => mount.name === volume));

  assert.deepEqual(monitor.selector.matchLabels, template.metadata.labels);
  const [{ port }] = monitor.podMetricsEndpoints;
  assert.ok(agent.ports.some((declared: { name: string }) => declared.name === port));
}
