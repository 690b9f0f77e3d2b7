import assert from "node:assert/strict";
import { only, parse } from "./support";

/** What the example's Deployment gets, in a build by kustomize. */
export function checkBuild(text: string): void {
  check(text, { name: "example-hotrod", commonName: "example-hotrod@my-namespace", secretName: "example-hotrod-tls" });
  assert.deepEqual(only(parse(text), "PodMonitor").spec.namespaceSelector, { matchNames: ["my-namespace"] });
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
