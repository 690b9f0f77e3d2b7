import assert from "node:assert/strict";
import { type Manifest, only, parse } from "./support";

/** What the example's Deployment gets, in a build by kustomize. */
export function checkBuild(text: string): void {
  check(text, { name: "example-hotrod", commonName: "example-hotrod@my-namespace", secretName: "example-hotrod-tls" });
  assert.deepEqual(only(parse(text), "PodMonitor").spec.namespaceSelector, { matchNames: ["my-namespace"] });
}

/** The CA, whose parts find each other, in cert-manager's cluster resource namespace. */
export function checkPrivateCa(text: string): void {
  const manifests = parse(text);
  const issuers = manifests.filter(({ kind }) => kind === "ClusterIssuer");
  const certificate = only(manifests, "Certificate");
  assert.equal(certificate.metadata.namespace, "kube-system");
  assert.equal(certificate.spec.commonName, "My Private CA @ my-kubernetes-cluster");
  assert.deepEqual(pieces(manifests), []);
  assert.equal(issuers.find(({ spec }) => spec.ca !== undefined)?.metadata.name, "my-private-ca");
}

/** What does not find its other part: a Certificate its self-signed ClusterIssuer, a ClusterIssuer its Secret. */
export function pieces(manifests: readonly Manifest[]): string[] {
  const certificates = manifests.filter(({ kind, spec }) => kind === "Certificate" && spec.isCA);
  const issuers = manifests.filter(({ kind }) => kind === "ClusterIssuer");
  const secrets = certificates
    .filter(({ metadata }) => metadata.namespace === "kube-system")
    .map(({ spec }) => spec.secretName);
  const found = (names: readonly string[], name: string) => names.includes(name);
  return [
    ...certificates
      .map(({ spec }) => spec.issuerRef.name)
      .filter(
        (name) =>
          !found(
            issuers.map(({ metadata }) => metadata.name),
            name,
          ),
      )
      .map((name) => `no ClusterIssuer ${name}`),
    ...issuers
      .flatMap(({ spec }) => spec.ca?.secretName ?? [])
      .filter((name) => !found(secrets, name))
      .map((name) => `no Secret ${name} in kube-system`),
  ];
}

/** The whole article: the CA, and what it signs for. */
export function checkWhole(text: string): void {
  const ofCa = ({ kind, spec }: Manifest) => kind === "ClusterIssuer" || (kind === "Certificate" && spec.isCA);
  const documents = text.split(/^---\n/m);
  const join = (wanted: boolean) => documents.filter((one) => parse(one).some(ofCa) === wanted).join("---\n");
  checkPrivateCa(join(true));
  checkBuild(join(false));
  const { template } = only(parse(text), "Deployment").spec;
  assert.ok(template.spec.containers[0].args.includes("--jaeger-ui=https://jaeger"));
  const signer = parse(join(false)).find(({ kind }) => kind === "Certificate")?.spec.issuerRef.name;
  assert.equal(signer, "my-private-ca");
}

/** The same where the overlay sets a namespace and a prefix. */
export function checkOverlay(text: string): void {
  check(text, {
    name: "prod-example-hotrod",
    namespace: "live",
    commonName: "prod-example-hotrod@live",
    secretName: "prod-example-hotrod-tls",
  });
  assert.equal(
    only(parse(text), "PodMonitor").spec.namespaceSelector,
    undefined,
    "its own namespace is the one to scrape",
  );
}

interface Expected {
  readonly name: string;
  readonly namespace?: string;
  readonly commonName: string;
  readonly secretName: string;
}

/** One agent, its certificate in the Secret that it mounts, and a scrape that finds its pods and its port. */
function check(text: string, { name, namespace, commonName, secretName }: Expected): void {
  const manifests = parse(text);
  const pick = (kind: string) => {
    const manifest = only(manifests, kind);
    assert.deepEqual([manifest.metadata.name, manifest.metadata.namespace], [name, namespace], kind);
    return manifest.spec;
  };
  const { template } = pick("Deployment");
  const certificate = pick("Certificate");
  const monitor = pick("PodMonitor");
  const agents = template.spec.containers.filter((container: { name: string }) => container.name === "jaeger-agent");
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
