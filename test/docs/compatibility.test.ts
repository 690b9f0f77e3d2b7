import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { load } from "js-yaml";
import { text } from "./support";

/*
 * docs/reference/compatibility.md names the versions that the tests run, and that the images contain. Their sources are the scripts
 * and manifests that install them.
 */

const document = text("docs/reference/compatibility.md");
const script = text(".ci/run");

/** Programs that `.ci/run` installs to check the project. The function doesn't need to be compatible with them. */
const tools = ["glua", "actionlint"];

/** Returns the only match of a pattern in a file. Fails if there are none or several. */
function versionIn(path: string, pattern: RegExp): string {
  const matches = [...text(path).matchAll(pattern)].map(([, version]) => version as string);
  assert.equal(matches.length, 1, `${path}: ${pattern}`);
  return matches[0] as string;
}

/** Returns the version of a Go module that a go.mod requires. */
function moduleVersion(folder: string, module: string): string {
  return versionIn(`test/${folder}/go.mod`, new RegExp(`^\\s*(?:require )?${module} v([\\d.]+)`, "gm"));
}

/** Returns the version of an artifact in the Java program's pom.xml. */
function artifactVersion(artifact: string): string {
  const pattern = new RegExp(`<artifactId>${artifact}</artifactId>\\s*<version>([\\d.]+)</version>`, "g");
  return versionIn("test/sdk/programs/java/pom.xml", pattern);
}

/** The programs that `.ci/run` installs with its function `install`, and their versions. */
const installed = Object.fromEntries(
  [...script.matchAll(/^install (\S+) \S+@v(\S+)/gm)].map(([, name = "", version = ""]) => [name, version]),
);

/** Prometheus 3.10.0 is version 0.310.0 of its Go module. */
function prometheusVersion(module: string): string {
  const [, minor = "", patch = ""] = module.split(".");
  return `${minor.slice(0, -2)}.${Number(minor.slice(-2))}.${patch}`;
}

function nodeVersions(): string {
  const workflow = load(text(".github/workflows/ci.yml")) as {
    jobs: { ci: { strategy: { matrix: { node: string[] } } } };
  };
  return workflow.jobs.ci.strategy.matrix.node.join(", ");
}

const jaeger = "github.com/jaegertracing/jaeger";

/** Each program, with the versions that its sources name. */
function versions(): Readonly<Record<string, string>> {
  const { helm, helm3, ...hosts } = installed;
  const others = Object.fromEntries(Object.entries(hosts).filter(([name]) => !tools.includes(name)));
  const { dependencies } = JSON.parse(text("test/sdk/programs/node/package.json"));
  return {
    ...others,
    Helm: `${helm3}, ${helm}`,
    "Node.js": nodeVersions(),
    "Kubernetes: API server, controller manager, kubelet": moduleVersion(
      "cluster/programs/kubernetes",
      "k8s.io/kubernetes",
    ),
    "cert-manager": moduleVersion("cluster/programs/kubernetes", "github.com/cert-manager/cert-manager"),
    "prometheus-operator": moduleVersion(
      "cluster/programs/prometheus-operator",
      "github.com/prometheus-operator/prometheus-operator",
    ),
    Prometheus: prometheusVersion(moduleVersion("cluster/programs/kubernetes", "github.com/prometheus/prometheus")),
    containerd: moduleVersion("cluster/programs/node", "github.com/containerd/containerd/v2"),
    "OpenTelemetry Collector": versionIn("test/collector/builder.yaml", /^ {2}version: (\S+)$/gm),
    "Jaeger agent": ["jaeger-1.21", "jaeger"]
      .map((name) => moduleVersion(`cluster/programs/${name}`, jaeger))
      .join(", "),
    "Jaeger SDK for Go": moduleVersion("sdk/programs/jaeger-go", "github.com/uber/jaeger-client-go"),
    "OpenTelemetry SDK for Go": moduleVersion("sdk/programs/go", "go.opentelemetry.io/otel/sdk"),
    "OpenTelemetry SDK for Java": artifactVersion("opentelemetry-sdk-extension-autoconfigure"),
    "OpenTelemetry agent for Java": artifactVersion("opentelemetry-javaagent"),
    "OpenTelemetry SDK for Node.js": dependencies["@opentelemetry/sdk-node"],
    "OpenTelemetry SDK for Python": versionIn(
      "test/sdk/programs/python/requirements.txt",
      /^opentelemetry-sdk==(\S+)$/gm,
    ),
  };
}

/** Returns the rows of the only table in a section, without its header. */
function rowsOf(title: string): string[][] {
  const section = new RegExp(`^## ${title}\\n(.*?)(?=^## |$(?![^]))`, "ms").exec(document)?.[1];
  assert.ok(section !== undefined, title);
  const lines = section.split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe("docs/reference/compatibility.md", () => {
  test("names every program that the tests run, with the versions that are installed", () => {
    assert.ok(tools.every((name) => name in installed));
    assert.deepEqual(Object.fromEntries(rowsOf("Versions in the tests")), versions());
  });

  test("names the versions that are required, and those in the images", () => {
    const { engines } = JSON.parse(text("package.json"));
    const sentences = document.replaceAll("\n", " ");
    assert.ok(
      sentences.includes(
        `The bundle (\`tracing-sidecar.js\`) needs Node.js ${engines.node.replace(">=", "")} or later.`,
      ),
    );
    const node = versionIn("Dockerfile", /^FROM docker\.io\/library\/node:(\d+)/gm);
    assert.ok(sentences.includes(`The images, and the executables of a release, contain Node.js ${node}.`));
    const kustomize = versionIn("Dockerfile", /^ARG KUSTOMIZE_VERSION=v(\S+)$/gm);
    assert.equal(kustomize, installed["kustomize"]);
    assert.ok(sentences.includes(`The plugin for Argo CD contains kustomize ${kustomize}.`));
  });
});
