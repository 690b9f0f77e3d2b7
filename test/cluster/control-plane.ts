import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { get, getList, type Value } from "../../src/yaml/value";
import { type Outcome, run } from "../hosts/support";
import { freePort } from "../support/free-port";
import { type ClusterProgram, definitionsOf, programPath, writtenDefinitions } from "./programs";

/*
 * A Kubernetes control plane on the loopback address: etcd and the API server, with all of its usual admission, Pod Security
 * included; and the controllers that a test asks for. There are no nodes.
 */

/** An answer of the API server. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: objects of many kinds
  readonly body: any;
  /** The texts of its `Warning` headers. */
  readonly warnings: readonly string[];
}

/** A program that runs until it is stopped. */
export interface RunningProgram {
  /** Returns everything that it has logged so far. */
  log(): string;
  hasEnded(): boolean;
  stop(): Promise<void>;
}

/** A request other than GET. */
export interface Change {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  /** The media type of the body. */
  readonly type?: string;
}

/** A running control plane. It stops at the end of the test that started it. */
export interface ControlPlane {
  /** A folder for files, which is deleted at the end. */
  readonly folder: string;
  /** The path of a kubeconfig of a cluster administrator. */
  readonly kubeconfig: string;
  /** The API server's address. */
  readonly url: string;
  /** Sends a request to the API server. Without a change, it is a GET. */
  send(path: string, change?: Change): Promise<Answer>;
  /** Runs kubectl as a cluster administrator. */
  kubectl(args: readonly string[], input?: string): Outcome;
  /** Starts a program of the cluster. It is stopped together with the control plane. */
  start(
    program: ClusterProgram,
    args: readonly string[],
    options?: { readonly env?: NodeJS.ProcessEnv },
  ): RunningProgram;
  /** Starts kube-controller-manager with controllers, named as in its flag `--controllers`. */
  startControllers(...controllers: readonly string[]): RunningProgram;
  /** Starts the controller of cert-manager, with the namespace in which it looks for the Secrets of ClusterIssuers. */
  startCertManager(namespace: string): RunningProgram;
  /** Starts prometheus-operator. */
  startPrometheusOperator(): RunningProgram;
}

const token = "administrator";

/**
 * Makes Go collect garbage less often. With the default, garbage collection is half of the work of starting an API server.
 */
const goEnvironment = { GOGC: "400" };

/**
 * Starts etcd and an API server, and waits until it is ready. Installs the CustomResourceDefinitions of the objects that the
 * function writes, and additional ones. Its data is in a temporary folder.
 *
 * @param additionalDefinitions The names of other CustomResourceDefinitions that the test needs. Each one takes up to a second
 *   of the API server's time.
 */
export async function startControlPlane(
  t: TestContext,
  additionalDefinitions: readonly string[] = [],
): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), "tracing-sidecar-cluster-"));
  const removeFolder = removerOf(folder);
  const running: RunningProgram[] = [];
  // etcd is stopped last.
  const stopAll = async () => {
    for (const program of running.reverse()) await program.stop();
    await removeFolder();
  };
  t.after(stopAll);
  const start: ControlPlane["start"] = (program, args, { env = {} } = {}) => {
    const started = startProgram(program, args, { ...process.env, ...goEnvironment, ...env });
    running.push(started);
    return started;
  };

  const [clients, peers, secure] = [await freePort(), await freePort(), await freePort()];
  const etcdUrl = `http://127.0.0.1:${clients}`;
  start("etcd", [
    `--data-dir=${join(folder, "etcd")}`,
    "--unsafe-no-fsync",
    "--log-level=warn",
    `--listen-client-urls=${etcdUrl}`,
    `--advertise-client-urls=${etcdUrl}`,
    `--listen-peer-urls=http://127.0.0.1:${peers}`,
  ]);

  const key = join(folder, "service-accounts.pem");
  const pki = join(folder, "apiserver");
  const users = join(folder, "users.csv");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: "pkcs1", format: "pem" }));
  writeFileSync(users, `${token},administrator,administrator,system:masters\n`);
  const server = start("kube-apiserver", [
    `--etcd-servers=${etcdUrl}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${secure}`,
    // It generates its certificate.
    `--cert-dir=${pki}`,
    `--token-auth-file=${users}`,
    "--authorization-mode=RBAC",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    "--service-cluster-ip-range=10.96.0.0/16",
    "--allow-privileged",
    // For the logs of pods: no name server knows the node's name.
    "--kubelet-preferred-address-types=InternalIP",
  ]);

  const url = `https://127.0.0.1:${secure}`;
  const authority = join(pki, "apiserver.crt");
  const kubeconfig = join(folder, "kubeconfig");
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "test", cluster: { server: url, "certificate-authority": authority } }],
      users: [{ name: "administrator", user: { token } }],
      contexts: [{ name: "test", context: { cluster: "test", user: "administrator" } }],
      "current-context": "test",
    }),
  );
  const send = await whenReady(url, authority, server);
  const plane: ControlPlane = {
    folder,
    kubeconfig,
    url,
    send,
    kubectl: (args, input = "") => {
      // Its cache of the API's resources belongs to this server, and not to a later one on the same port.
      const env = { ...goEnvironment, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(folder, "kubectl") };
      return run("kubectl", args, { input, env });
    },
    start,
    startControllers: (...controllers) =>
      start("kube-controller-manager", [
        `--kubeconfig=${kubeconfig}`,
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
        "--secure-port=0",
        `--service-account-private-key-file=${key}`,
        `--root-ca-file=${authority}`,
        "--use-service-account-credentials=false",
        `--controllers=${controllers.join(",")}`,
      ]),
    startCertManager: (namespace) =>
      start("cert-manager-controller", [`--kubeconfig=${kubeconfig}`, `--cluster-resource-namespace=${namespace}`]),
    startPrometheusOperator: () =>
      start("prometheus-operator", ["--web.listen-address=127.0.0.1:0"], { env: { KUBECONFIG: kubeconfig } }),
  };
  await defineResources(plane, new Set([...writtenDefinitions, ...additionalDefinitions]));
  return plane;
}

/** Returns a function that removes a folder. The folder is also removed when this process ends, however it ends. */
function removerOf(folder: string): () => Promise<void> {
  // Its input ends with this process. A signal to this process's group, as from a terminal, doesn't end it.
  const child = spawn("sh", ["-c", 'cat; rm -rf "$0"', folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return () => {
    child.stdin.end();
    return ended;
  };
}

/** Starts a program that the kernel kills when this process ends, however it ends. */
function startProgram(program: ClusterProgram, args: readonly string[], env: NodeJS.ProcessEnv): RunningProgram {
  const command = ["--pdeathsig", "KILL", "--", programPath(program), ...args];
  const child = spawn("setpriv", command, { env, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
  }
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  return {
    log: () => log,
    hasEnded: () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null,
    stop: async () => {
      // None of its data is used again.
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Waits until the API server is ready, and returns a function that sends requests to it. */
async function whenReady(url: string, authority: string, server: RunningProgram): Promise<ControlPlane["send"]> {
  let send: ControlPlane["send"] | undefined;
  await until(
    async () => {
      assert.ok(!server.hasEnded(), `kube-apiserver has ended:\n${server.log()}`);
      try {
        const client = clientOf(url, readFileSync(authority));
        if ((await client("/readyz")).status === 200) send = client;
      } catch {
        // There is no certificate yet, or nothing listens.
      }
      return send !== undefined;
    },
    () => `kube-apiserver isn't ready:\n${server.log()}`,
  );
  return send as ControlPlane["send"];
}

/** Returns a function that sends requests to the API server over connections that stay open. */
function clientOf(url: string, ca: Buffer): ControlPlane["send"] {
  const agent = new Agent({ ca, keepAlive: true, maxSockets: 8 });
  return (path, change) =>
    new Promise((resolve, reject) => {
      const headers = {
        accept: "application/json",
        authorization: `Bearer ${token}`,
        "content-type": change?.type ?? "application/json",
      };
      const sent = request(`${url}${path}`, { agent, headers, method: change?.method ?? "GET" }, (response) =>
        readAnswer(response).then(resolve, reject),
      );
      sent.on("error", reject);
      const body = change?.body;
      sent.end(body === undefined || typeof body === "string" ? body : JSON.stringify(body));
    });
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part);
  const text = Buffer.concat(parts).toString("utf8");
  const isJson = response.headers["content-type"]?.startsWith("application/json") ?? false;
  return {
    status: response.statusCode ?? 0,
    body: isJson ? JSON.parse(text) : text,
    warnings: response.rawHeaders.flatMap((name, i, all) =>
      // RFC 7234: warn-code, warn-agent, and the text as a quoted string.
      i % 2 === 0 && name.toLowerCase() === "warning"
        ? JSON.parse(/"(?:\\.|[^"\\])*"/.exec(all[i + 1] ?? "")?.[0] ?? '""')
        : [],
    ),
  };
}

/** Creates the CustomResourceDefinitions, and waits until the API server serves their resources. */
async function defineResources({ send }: ControlPlane, names: ReadonlySet<string>): Promise<void> {
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  await Promise.all(
    definitionsOf([...names]).map(async (body) => {
      const { status, body: answer } = await send(path, { method: "POST", body, type: "application/yaml" });
      assert.equal(status, 201, answer.message);
    }),
  );
  await until(
    async () => (await send(path)).body.items.every(isEstablished),
    () => "The CustomResourceDefinitions aren't established",
  );
}

function isEstablished(definition: Value): boolean {
  const conditions = getList(definition, "status", "conditions");
  return conditions.some(
    (condition) => get(condition, "type") === "Established" && get(condition, "status") === "True",
  );
}

/** Waits up to 2 minutes until a condition is met, as on a busy machine. Fails with `complaint` otherwise. */
export async function until(
  isMet: () => boolean | Promise<boolean>,
  complaint: () => string | Promise<string>,
): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!(await isMet())) {
    if (Date.now() > deadline) assert.fail(await complaint());
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
