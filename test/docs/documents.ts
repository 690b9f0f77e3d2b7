/** The test that runs commands which need a Git repository or the executable. */
const hosts = "test/docs/hosts.test.ts";

/**
 * Every document of the project. Tests parse its YAML, check its links and run its commands. Add new documents here.
 */
export const documents: readonly Document[] = [
  { path: "ARCHITECTURE.md" },
  { path: "CHANGELOG.md" },
  { path: "CONTRIBUTING.md" },
  { path: "README.md" },
  { path: "SECURITY.md" },
  { path: "docs/README.md" },
  { path: "docs/concepts/certificates.md" },
  { path: "docs/concepts/convergence.md" },
  { path: "docs/concepts/injection.md" },
  { path: "docs/concepts/ownership.md" },
  { path: "docs/get-started/install.md", image: true },
  { path: "docs/get-started/production-checklist.md" },
  { path: "docs/get-started/tutorial.md", commandsIn: "test/cluster/tutorial.test.ts" },
  { path: "docs/help/faq.md" },
  { path: "docs/help/security.md" },
  { path: "docs/help/upgrade-notes.md" },
  { path: "docs/how-to/editors.md" },
  { path: "docs/how-to/migrate-from-the-jaeger-operator.md" },
  { path: "docs/how-to/migrate-from-the-opentelemetry-operator.md" },
  { path: "docs/how-to/plain-files.md" },
  { path: "docs/how-to/rotate-the-ca.md", commandsIn: "test/docs/collector.test.ts" },
  { path: "docs/how-to/secure-the-collector.md", commandsIn: "test/docs/collector.test.ts" },
  { path: "docs/how-to/applications.md" },
  { path: "docs/how-to/argo-cd.md", commandsIn: hosts },
  { path: "docs/how-to/check-in-ci.md" },
  { path: "docs/how-to/clean-up.md" },
  { path: "docs/reference/command-line.md" },
  { path: "docs/reference/compatibility.md" },
  { path: "docs/how-to/config-sync.md" },
  { path: "docs/reference/tracing-sidecar.md" },
  { path: "docs/concepts/delivery.md" },
  { path: "docs/get-started/executable.md", commandsIn: hosts },
  { path: "docs/how-to/flux.md", commandsIn: hosts },
  { path: "docs/how-to/helm.md", commandsIn: "test/docs/helm.test.ts" },
  { path: "docs/how-to/kpt.md", image: true },
  { path: "docs/how-to/kustomize.md", image: true },
  { path: "docs/how-to/migrate-from-a-manual-sidecar.md" },
  { path: "docs/contributing/performance.md" },
  { path: "docs/contributing/site.md" },
  { path: "docs/reference/private-ca.md" },
  { path: "docs/how-to/private-ca.md", image: true },
  { path: "docs/contributing/releases.md" },
  { path: "docs/reference/results.md" },
  { path: "docs/contributing/test-campaigns.md" },
  { path: "docs/contributing/testing.md" },
  { path: "docs/help/troubleshooting.md" },
  { path: "examples/hotrod/README.md", image: true },
  { path: "examples/private-ca/README.md", commandsIn: "test/docs/collector.test.ts" },
];

/** A document, and how its commands are tested. */
export interface Document {
  /** Relative to the project's root. */
  readonly path: string;
  /** If true, its commands need the image: `test/hosts/image.test.ts` builds it and runs them. Default: false. */
  readonly image?: boolean;
  /**
   * The test that runs its commands instead of the common one. It must read the document, or contain each command
   * literally.
   */
  readonly commandsIn?: string;
}

const home = "writes to the user's home folder";
const packages = "npm ci would delete the packages that the running tests use";
const cluster = "needs a cluster";
const release = "needs a cluster; test/cluster/helm.test.ts runs it with a copy of the example";
const bench = "takes minutes; .ci/run runs the shortest one";
const published = "needs a published release";
const fromNpm = "needs a published release; test/hosts/npm.test.ts runs it with a registry on this machine";
const installer = "needs a published release; test/hosts/install.test.ts runs the script with a server on this machine";
const plugin =
  "needs a published release; test/hosts/helm.test.ts installs the same archive from a server on this machine";
const publisher = "needs the rights of a maintainer on npmjs.com";
const registry = "needs a registry of images; test/cluster/tutorial.test.ts uses its own cluster and cert-manager";
const executable = "test/hosts/executable.test.ts builds it";
const targets = "test/hosts/argocd.test.ts builds it with podman";
const fuzzing = "takes ten minutes; .ci/run runs it for 30 seconds";
const preCommit = "needs a release; test/hosts/pre-commit.test.ts runs it with a clone of this repository";
const another = "npm test runs the same file";

/** The commands of the documents that no test runs as written, and the reason. */
export const notRun: Readonly<Record<string, string>> = {
  "npm ci && npm run demo": `${packages}; the demo has its own test`,
  "npm ci && npm test": "this is npm test itself; .ci/run runs it",
  "npm ci && npm run build": `${packages}; npm test builds first`,
  'mkdir -p ~/.local/bin && ln -sf "$PWD/dist/tracing-sidecar.js" ~/.local/bin/tracing-sidecar': home,
  "npm run release:check": "builds everything again; .ci/run runs it",
  "node --require ts-node/register --test test/pipeline/fixtures.test.ts": another,
  "UPDATE_FIXTURES=1 node --require ts-node/register --test test/pipeline/fixtures.test.ts": another,
  "UPDATE_FIXTURES=1 node --require ts-node/register --test test/cli/golden.test.ts": another,
  "PROPERTY_RUNS=2000 node --require ts-node/register --test test/yaml/properties-parse.test.ts": another,
  "PROPERTY_SEED=42 node --require ts-node/register --test test/yaml/properties-parse.test.ts": another,
  "PROPERTY_SEED=random PROPERTY_RUNS=2500 node --require ts-node/register --test test/yaml/properties-edits.test.ts":
    "its result depends on chance; npm test runs the same file with a fixed seed",
  "test/collector/build.sh 0.144.0": "takes minutes; .ci/run builds the default version",
  "node --require ts-node/register --test test/collector/configurations.test.ts test/collector/tags.test.ts test/collector/delivery.test.ts test/collector/memory.test.ts":
    "npm test runs the same files",
  "rm ~/.cache/tracing-sidecar/bin/otelcol-0.144.0-http": home,
  "OUTAGE_SECONDS=30 node --require ts-node/register --test test/collector/delivery.test.ts":
    "takes minutes; npm test runs the same file with a shorter time",
  "npm ci && npm run site": `${packages}; .ci/run builds the site`,
  "npm run site -- --serve": "serves the site until it's stopped; .ci/run builds the site",
  "npm run fuzz -- --time 600": fuzzing,
  "npm run fuzz -- --time 600 --target yaml": fuzzing,
  "npm run mutate -- --mutate src/yaml/edit.ts": "takes minutes",
  "kubectl get deployments --all-namespaces --selector sidecar.jaegertracing.io/injected": cluster,
  "kubectl get namespaces --output 'custom-columns=NAME:.metadata.name,INJECT:.metadata.annotations.sidecar\\.jaegertracing\\.io/inject'":
    cluster,
  "kubectl apply --filename demo/jaeger-operator/workload.yaml": cluster,
  "kubectl apply --filename=tracing-clients-ca.yaml": cluster,
  "kubectl apply --filename=tracing-clients-ca-secret.yaml": cluster,
  "kubectl apply --filename=cluster-issuer.yaml": cluster,
  "kubectl rollout status deployment/web --namespace shop": cluster,
  "KUBECTL_APPLYSET=true kubectl apply --prune --applyset=tracing --namespace=shop --filename=examples/plain/k8s":
    cluster,
  "kubectl get certificates,podmonitors,secrets,clusterissuers --all-namespaces --selector=app.kubernetes.io/managed-by=tracing-sidecar":
    cluster,
  "kubectl get secrets --all-namespaces --selector=app.kubernetes.io/managed-by=tracing-sidecar --output=custom-columns=NAMESPACE:.metadata.namespace,SECRET:.metadata.name":
    cluster,
  "kubectl get certificates --all-namespaces --output=custom-columns=NAMESPACE:.metadata.namespace,SECRET:.spec.secretName":
    cluster,
  "kind create cluster --name=tracing": registry,
  "kind delete cluster --name=tracing": registry,
  "kubectl apply --filename=https://github.com/cert-manager/cert-manager/releases/download/v1.21.2/cert-manager.yaml":
    registry,
  "kubectl wait deployment --all --namespace=cert-manager --for=condition=Available --timeout=5m": registry,
  "npm run bench": bench,
  "npm run bench -- --line": bench,
  "npm run bench -- --peers": bench,
  "npm run bench -- --check": bench,
  "npm run build:exec": executable,
  "npm run build:exec -- --node node-v24.21.0-linux-arm64/bin/node":
    "needs a program from nodejs.org for another architecture",
  "docker build --network=host --target=cmp --tag=localhost/tracing-sidecar:0.1.0-cmp .": targets,
  "docker build --network=host --target=executable --tag=localhost/tracing-sidecar:0.1.0-executable .": targets,
  "helm upgrade --install shop examples/helm/chart --namespace shop --create-namespace --post-renderer tracing-sidecar --post-renderer-args=--config=examples/helm/tracing.yaml --post-renderer-args=--namespace=shop":
    release,
  "helm upgrade --install shop examples/helm/chart --namespace shop --create-namespace --post-renderer tracing-sidecar --post-renderer-args --config=examples/helm/tracing.yaml --post-renderer-args --namespace=shop --post-renderer-args -":
    release,
  "pre-commit install": preCommit,
  "pre-commit run --all-files": preCommit,
  "argocd app get hotrod --hard-refresh": cluster,
  "argocd app terminate-op hotrod": cluster,
  "kubectl annotate application hotrod --namespace argocd argocd.argoproj.io/refresh=hard": cluster,
  "npx tracing-sidecar version": fromNpm,
  "npm install --global tracing-sidecar": fromNpm,
  "npm install --save-dev tracing-sidecar": fromNpm,
  "curl --fail --silent --show-error --location https://github.com/tracing-sidecar/tracing-sidecar/releases/latest/download/install.sh | sh":
    installer,
  "curl --fail --silent --show-error --location https://github.com/tracing-sidecar/tracing-sidecar/releases/download/v0.1.0/install.sh | TRACING_SIDECAR_VERSION=0.1.0 TRACING_SIDECAR_INSTALL_DIR=/usr/local/bin sh":
    installer,
  "docker pull ghcr.io/tracing-sidecar/tracing-sidecar:0.1.0": published,
  'helm plugin install "$(npm root --global)/tracing-sidecar/deploy/helm/tracing-sidecar"': fromNpm,
  "helm plugin install --verify=false https://github.com/tracing-sidecar/tracing-sidecar/releases/download/v0.1.0/tracing-sidecar-helm-plugin-0.1.0.tgz":
    plugin,
  "npm run release:name -- acme/tracing-sidecar": "changes files; test/project/release.test.ts runs the same function",
  "npm run release:image && npm run build && npm run reference && npm run format":
    "changes files; test/project/release.test.ts runs the same function",
  "npm trust github tracing-sidecar --file release.yml --repo tracing-sidecar/tracing-sidecar --allow-publish":
    publisher,
  "sha256sum --check --ignore-missing SHA256SUMS": published,
  "gh attestation verify tracing-sidecar-linux-amd64 --repo tracing-sidecar/tracing-sidecar": published,
  "cosign verify ghcr.io/tracing-sidecar/tracing-sidecar:0.1.0 --certificate-oidc-issuer https://token.actions.githubusercontent.com --certificate-identity-regexp '^https://github.com/tracing-sidecar/tracing-sidecar/.github/workflows/release.yml@refs/tags/v'":
    published,
};
