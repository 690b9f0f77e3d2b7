import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { getList, getString, type Value } from "../../src/yaml/value";
import { lacks } from "../hosts/support";
import { asRoot } from "../support/as-root";
import { freePort } from "../support/free-port";
import { type ControlPlane, until } from "./control-plane";
import { type Image, writeArchive } from "./images";
import { programPath } from "./programs";

/*
 * A node of the cluster: the real kubelet, with containerd and runc. It starts containers as in production: with their init
 * containers, arguments, environment, mounts, users, capabilities, limits and probes.
 */

/**
 * Returns true and skips the test with a reason if this machine can't run a node. If CI is set, the test fails instead. The
 * programs that are built for the tests aren't checked.
 */
export function lacksNode(t: TestContext): boolean {
  if (lacks(t, "runc", "ip", "ldd", "nsenter", "unshare")) return true;
  const [program = "", ...args] = [...asRoot, "true"];
  if (spawnSync(program, args).status === 0) return false;
  assert.ok(!process.env["CI"], "a node must run as root; with CI set, no test may be skipped");
  t.skip("a node must run as root");
  return true;
}

/** The name of the node, for `spec.nodeName` of a pod. No scheduler runs. */
export const nodeName = "node-1";

/** A running node. */
export interface Node {
  /** The address of this machine, as the pods see it. */
  readonly address: string;
}

/** What a node is started with. */
interface NodeOptions {
  /** The control plane of its cluster. */
  readonly plane: ControlPlane;
  /** The only images that it has. It can't pull others. */
  readonly images: readonly Image[];
}

/** Starts a node as root, and waits until it is ready. It stops at the end of the test, or with this process. */
export async function startNode(t: TestContext, { plane, images }: NodeOptions): Promise<Node> {
  const folder = mkdtempSync(join(tmpdir(), "tracing-sidecar-node-"));
  // Names and addresses differ from those of other test runs on this machine.
  const id = `node${process.pid}`;
  const network = `198.18.${process.pid % 256}`;
  const address = `${network}.1`;
  const archives = [pause, ...images].map((image, index) => writeArchive(join(folder, `image-${index}`), image));
  mkdirSync(join(folder, "network"));
  writeFileSync(join(folder, "network/pods.conflist"), JSON.stringify(podNetwork(folder, network)));
  writeFileSync(join(folder, "containerd.toml"), containerdConfiguration(folder, `${network}.2`));
  const configuration = kubeletConfiguration(folder, id, address, await freePort());
  writeFileSync(join(folder, "kubelet.yaml"), JSON.stringify(configuration));
  const script = join(folder, "start.sh");
  writeFileSync(script, startScript({ folder, id, network, kubeconfig: plane.kubeconfig, archives }));

  const [program = "", ...args] = [...asRoot, "bash", script];
  // A signal to this process's group, as from a terminal, doesn't keep the node from removing what it leaves.
  const node = spawn(program, args, { detached: true });
  let log = "";
  for (const stream of [node.stdout, node.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
  }
  const ended = new Promise<void>((resolve) => node.once("exit", () => resolve()));
  t.after(async () => {
    node.stdin.end();
    await ended;
  });
  await until(
    async () => {
      assert.equal(node.exitCode, null, log);
      return isReady((await plane.send(`/api/v1/nodes/${nodeName}`)).body);
    },
    () => log,
  );
  return { address };
}

/** Reports whether a node or a pod is ready. */
export function isReady(object: Value | undefined): boolean {
  return getList(object, "status", "conditions").some(
    (condition) => getString(condition, "type") === "Ready" && getString(condition, "status") === "True",
  );
}

/** The image of the container that keeps a pod's namespaces. */
const pause: Image = { name: "localhost/pause:1", program: "/usr/bin/sleep", entrypoint: ["/sleep", "infinity"] };

/** The network of the pods: a bridge without a gateway. The first two addresses are the machine's and containerd's. */
function podNetwork(folder: string, network: string): object {
  const range = { subnet: `${network}.0/24`, rangeStart: `${network}.3` };
  const ipam = { type: "host-local", dataDir: join(folder, "addresses"), ranges: [[range]] };
  return { cniVersion: "1.0.0", name: "pods", plugins: [{ type: "bridge", bridge: "pods", ipam }] };
}

/** Returns the configuration of containerd. The kubelet forwards ports of pods to its address. */
function containerdConfiguration(folder: string, address: string): string {
  return `version = 3
root = "${folder}/containerd"
state = "/run/containerd"
[grpc]
address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
stream_server_address = "${address}"
[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "${pause.name}"
[plugins."io.containerd.cri.v1.runtime"]
# A root without all capabilities can't lower the score.
restrict_oom_score_adj = true
[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["${dirname(programPath("bridge"))}"]
conf_dir = "${folder}/network"
`;
}

function kubeletConfiguration(folder: string, id: string, address: string, port: number): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    // The API server asks for logs at this address, which only this machine and the pods reach.
    address,
    port,
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: "AlwaysAllow" },
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${id}`,
    containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock",
    // Any machine will do, whatever its free memory and disk, its swap, and the version of its control groups.
    evictionHard: { "memory.available": "0%" },
    imageGCHighThresholdPercent: 100,
    failCgroupV1: false,
    failSwapOn: false,
    healthzPort: 0,
    podLogsDir: join(folder, "logs"),
    resolvConf: "",
    // Mounted Secrets and ConfigMaps are updated this often. The default is a minute.
    syncFrequency: "1s",
    volumePluginDir: join(folder, "volume-plugins"),
  };
}

/** What the script that starts a node contains. */
interface StartScript {
  readonly folder: string;
  readonly id: string;
  readonly network: string;
  readonly kubeconfig: string;
  readonly archives: readonly string[];
}

function startScript({ folder, id, network, kubeconfig, archives }: StartScript): string {
  return `set -eu
# All processes, mounts and network interfaces of the node are in new namespaces, and end with the first of the processes.
if [ $$ != 1 ]; then
  unshare --mount --pid --mount-proc --fork --kill-child bash "$0" || true
  exec >/dev/null 2>&1
  until find /sys/fs/cgroup -depth -type d -path "*/${id}*" -exec rmdir {} +; do sleep 0.1; done
  rm -r ${folder}
  exit
fi
cd ${folder}
PATH=$PATH:${dirname(programPath("containerd"))}
# The kubelet sets parameters of the whole machine. Here, it sets copies.
for parameter in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_max{keys,bytes}; do
  mkdir -p parameters/$(dirname $parameter)
  cat /proc/sys/$parameter > parameters/$parameter
  mount --bind parameters/$parameter /proc/sys/$parameter
done
for processes in /sys/fs/cgroup{,/*}/cgroup.procs; do
  [ ! -e $processes ] || mkdir $(dirname $processes)/${id}
done
mount -t tmpfs tmpfs /run
# A bridge in a network namespace connects the pods and this machine.
mkdir /run/netns
ip netns add pods
ip -n pods link set lo up
ip -n pods link add pods type bridge
ip -n pods link set pods up
ip -n pods address add ${network}.2/24 dev pods
ip link add ${id} type veth peer name machine netns pods
ip -n pods link set machine master pods up
ip address add ${network}.1/24 dev ${id}
ip link set ${id} up
# When the test ends, so does its end of this pipe.
cat <&0 &
nsenter --net=/run/netns/pods containerd --config containerd.toml &
until ctr version >/dev/null 2>&1; do sleep 0.1; done
for archive in ${archives.join(" ")}; do ctr --namespace k8s.io images import $archive; done
${programPath("kubelet")} --config kubelet.yaml --kubeconfig ${kubeconfig} --root-dir ${folder}/kubelet \\
  --cert-dir ${folder}/certificates --hostname-override ${nodeName} --node-ip ${network}.1 &
wait -n
`;
}
