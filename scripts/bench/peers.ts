import { execFileSync } from "node:child_process";
import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { bundle } from "./figures";
import { deploymentDocuments, deploymentList, functionConfig, type Size } from "./input";
import { type Command, compare, folder, inputFile, node, type Usage } from "./measure";

/** A measured program that does similar work on the same Deployments. */
export interface Peer {
  readonly name: string;
  /** What it adds to each Deployment. */
  readonly work: string;
  readonly usage: Usage;
}

/** The measured programs, their versions, and the programs that are not installed on this machine. */
export interface Comparison {
  readonly peers: readonly Peer[];
  readonly versions: readonly string[];
  readonly missing: readonly string[];
}

/** How many Deployments each program processes. */
export const deployments = 1000;
/** How often each program runs. A host takes many seconds. */
const turns = { functions: 5, hosts: 1 };

const programs = [...(process.env["PATH"] ?? "").split(delimiter), join(homedir(), ".cache/tracing-sidecar/bin")];

/** Returns the path of an installed program; undefined if it isn't installed. */
export function find(program: string): string | undefined {
  return programs
    .map((path) => join(path, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** A program to measure. */
interface Candidate {
  readonly kind: keyof typeof turns;
  readonly name: string;
  readonly work: string;
  readonly command: Command;
}

const everything = "container, volume, Certificate, PodMonitor, record, results";
const container = "container";

/** Runs the function and other programs on the same Deployments, in turns. Programs that are missing are omitted. */
export function runPeers(size: Size): Comparison {
  const versions = [`Node ${process.version}`];
  const missing: string[] = [];
  const list = inputFile(`1000-${size}.yaml`, deploymentList(deployments, size)).path;
  const candidates: Candidate[] = [
    { kind: "functions", name: "tracing-sidecar", work: everything, command: node([bundle], list) },
    {
      kind: "functions",
      name: `a Node program that parses and prints with npm \`yaml\` ${version("yaml")}`,
      work: container,
      command: node([join(__dirname, "..", "..", "bench", "yaml", "append.js")], list),
    },
  ];
  const [go, kustomize, kpt] = ["go", "kustomize", "kpt"].map(find);
  if (go === undefined) missing.push("go");
  else {
    versions.push(`Go ${output(go, "env", "GOVERSION").replace(/^go/, "")}`);
    candidates.push({
      kind: "functions",
      name: "a Go function on kyaml's framework",
      work: container,
      command: { program: kyamlFunction(go), args: [], input: list },
    });
  }
  if (kustomize === undefined) missing.push("kustomize");
  else {
    versions.push(`kustomize ${output(kustomize, "version")}`);
    candidates.push(...kustomizeCandidates(kustomize, size));
  }
  if (kpt === undefined) missing.push("kpt");
  else {
    versions.push(`kpt ${output(kpt, "version")}`);
    candidates.push(...kptCandidates(kpt, size));
  }
  const measure = (kind: Candidate["kind"]) => {
    const commands = candidates.filter((row) => row.kind === kind).map(({ command }) => command);
    return compare(commands, turns[kind]);
  };
  const usages = [...measure("functions"), ...measure("hosts")];
  const peers = candidates.map(({ name, work }, i) => ({ name, work, usage: usages[i] as Usage }));
  return { peers, versions, missing };
}

function output(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: "utf8" }).trim();
}

function version(name: string): string {
  return (require(`${name}/package.json`) as { version: string }).version;
}

/** Builds the Go function in bench/kyaml. Its go.sum pins what is built. */
function kyamlFunction(go: string): string {
  const file = join(folder, "kyaml-function");
  execFileSync(go, ["build", "-o", file, "."], {
    cwd: join(__dirname, "..", "..", "bench", "kyaml"),
    stdio: "inherit",
  });
  return file;
}

function folderOf(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(folder, name.replace(" ", ""));
  mkdirSync(path);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

/** Deployments in files of ten. */
function files(size: Size): Record<string, string> {
  const texts: Record<string, string> = {};
  for (let i = 0; i < deployments; i += 10) texts[`apps-${i / 10}.yaml`] = deploymentDocuments(i, i + 10, size);
  return texts;
}

const patch = `patches:
- target:
    kind: Deployment
  patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: any
    spec:
      template:
        spec:
          containers:
          - name: jaeger-agent
            image: jaegertracing/jaeger-agent:1.62.0
            args:
            - --reporter.grpc.host-port=dns:///jaeger-collector:443
            - --reporter.grpc.tls.enabled=true
            resources:
              requests:
                cpu: 50m
                memory: 64Mi
`;

function kustomizeCandidates(kustomize: string, size: Size): Candidate[] {
  const apps = files(size);
  const resources = `resources:\n${Object.keys(apps)
    .map((name) => `- ${name}\n`)
    .join("")}`;
  const build = (path: string, ...flags: string[]): Command => ({
    program: kustomize,
    args: ["build", path, ...flags],
  });
  return [
    {
      kind: "hosts",
      name: "`kustomize build`",
      work: "nothing",
      command: build(folderOf(`nothing-${size}`, { ...apps, "kustomization.yaml": resources })),
    },
    {
      kind: "hosts",
      name: "`kustomize build` with a strategic-merge patch",
      work: container,
      command: build(folderOf(`patch-${size}`, { ...apps, "kustomization.yaml": resources + patch })),
    },
  ];
}

function kptCandidates(kpt: string, size: Size): Candidate[] {
  const render = (name: string, mutator: string): Command => {
    const path = folderOf(`${name}-${size}`, {
      ...files(size),
      "tracing.yaml": `${functionConfig("{}").replace("metadata:\n", 'metadata:\n  annotations: {config.kubernetes.io/local-config: "true"}\n')}`,
      Kptfile: `apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata:\n  name: apps\npipeline:\n  mutators:\n${mutator}`,
    });
    return { program: kpt, args: ["fn", "render", path, "--allow-exec", "--output", "stdout"] };
  };
  return [
    { kind: "hosts", name: "`kpt fn render` with `cat`", work: "nothing", command: render("cat", "  - exec: cat\n") },
    {
      kind: "hosts",
      name: "`kpt fn render` with tracing-sidecar",
      work: everything,
      command: render("tracing-sidecar", `  - exec: ${bundle}\n    configPath: tracing.yaml\n`),
    },
  ];
}

/** Formats a comparison as a Markdown table, with each time also as a multiple of the first one. */
export function tableOf({ peers }: Comparison): string {
  const first = peers[0]?.usage.seconds ?? 1;
  const rows = peers.map(({ name, work, usage: { seconds } }) => {
    return `| ${name} | ${work} | ${Math.round(seconds * 1000)} ms | ${(seconds / first).toFixed(1)} |`;
  });
  const header = "| Whole process | What it adds | Median | Relative to tracing-sidecar |";
  return [header, "| --- | --- | ---: | ---: |", ...rows].join("\n");
}
