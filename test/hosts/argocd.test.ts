import assert from "node:assert/strict";
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { before, describe, type TestContext, test } from "node:test";
import { load } from "js-yaml";
import { bundle, find, lacks, only, parse, root, run, succeed, temporaryFolder } from "./support";

/*
 * What is in deploy/argocd, rendered over as much of Argo CD's own manifests as it changes, and run as it says: each
 * container with the security context, the command and the mounts that its manifest gives it.
 */

const read = (path: string) => readFileSync(join(root, path), "utf8");
const example = "deploy/argocd/example";
const build = ["build", "--enable-alpha-plugins", "--enable-exec", example];

/** As much of a container as is looked at here. */
interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly securityContext?: SecurityContext;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];
}

interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly readOnlyRootFilesystem?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly capabilities?: { readonly drop?: readonly string[] };
  readonly seccompProfile?: { readonly type: string };
}

/** The one of this name. */
function named<T extends { readonly name: string }>(list: readonly T[], name: string): T {
  const found = list.filter((one) => one.name === name);
  assert.equal(found.length, 1, name);
  return found[0] as T;
}

/** Podman's flags for what a security context says, which must be all that it can say, and for a pod without a network. */
function confined({ securityContext: context = {} }: Container): string[] {
  assert.deepEqual(
    {
      runAsNonRoot: context.runAsNonRoot,
      readOnlyRootFilesystem: context.readOnlyRootFilesystem,
      allowPrivilegeEscalation: context.allowPrivilegeEscalation,
      capabilities: context.capabilities,
      seccompProfile: context.seccompProfile,
    },
    {
      runAsNonRoot: true,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      // Podman's own default profile, which is the same.
      seccompProfile: { type: "RuntimeDefault" },
    },
  );
  const user = context.runAsUser === undefined ? [] : [`--user=${context.runAsUser}:${context.runAsGroup}`];
  const rights = ["--cap-drop=all", "--security-opt=no-new-privileges", "--read-only", "--read-only-tmpfs=false"];
  return ["run", "--rm", "--network=none", ...user, ...rights];
}

/** What kustomize makes of the example on this machine, with the bundle on the PATH by the executable's name. */
function expected(t: TestContext): string {
  const folder = temporaryFolder(t);
  symlinkSync(bundle, join(folder, "tracing-sidecar"));
  return succeed("kustomize", build, { env: { PATH: folder } });
}

/** The example and what it refers to, as a plugin gets them: no file can be executed. Any user can read it. */
function checkout(t: TestContext): string {
  const folder = temporaryFolder(t);
  for (const part of ["deploy", "examples"]) cpSync(join(root, part), join(folder, part), { recursive: true });
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  }
  chmodSync(folder, 0o755);
  return folder;
}

function component(name: string): ReturnType<typeof parse> {
  return parse(succeed("kubectl", ["kustomize", `test/hosts/argocd/${name}`]));
}

/** The pods that a component makes of the repo-server's, which keep all that Argo CD's own manifests give them. */
async function repoServer(name: string) {
  const manifests = component(name);
  const deployment = only(manifests, "Deployment");
  const { Deployment } = await import("kubernetes-models/apps/v1/Deployment");
  new Deployment(deployment as never).validate();
  const { spec } = deployment.spec.template;
  const [own] = parse(read("test/hosts/argocd/base/install.yaml"));
  const { spec: upstream } = own?.spec.template ?? {};
  for (const list of ["initContainers", "volumes"]) {
    for (const one of upstream[list]) assert.deepEqual(named(spec[list], one.name), one);
  }
  for (const mount of upstream.containers[0].volumeMounts) {
    const mounts = named<Container>(spec.containers, "argocd-repo-server").volumeMounts;
    assert.ok(mounts.some(({ mountPath }) => mountPath === mount.mountPath));
  }
  for (const container of [...spec.containers, ...spec.initContainers] as Container[]) {
    for (const mount of container.volumeMounts) named(spec.volumes, mount.name);
  }
  return { manifests, spec };
}

describe("deploy/argocd", () => {
  before(() => {
    if (find("podman") === undefined) return;
    for (const target of ["executable", "cmp"]) {
      const tag = `--tag=localhost/tracing-sidecar:0.1.0-${target}`;
      succeed("podman", ["build", "--network=host", `--target=${target}`, tag, root]);
    }
  });

  test("the example has its agent, and a Certificate that is applied before the Deployment", (t) => {
    if (lacks(t, "kustomize")) return;
    const manifests = parse(expected(t));
    const { template } = only(manifests, "Deployment").spec;
    assert.deepEqual(
      template.spec.containers.map(({ name }: Container) => name),
      ["example-hotrod", "jaeger-agent"],
    );
    const { metadata } = only(manifests, "Certificate") as { metadata: { annotations?: Record<string, string> } };
    assert.equal(metadata.annotations?.["argocd.argoproj.io/sync-wave"], "-1");
    only(manifests, "PodMonitor");
  });

  test("repo-server: the init container brings the executable, and kustomize runs it from there", async (t) => {
    if (lacks(t, "podman", "kubectl", "kustomize")) return;
    const { manifests, spec } = await repoServer("repo-server");
    const options = (only(manifests, "ConfigMap") as unknown as { data: Record<string, string> }).data;
    assert.ok(options["resource.customizations.ignoreResourceUpdates.all"], "what was in argocd-cm stays");

    const tools = temporaryFolder(t);
    chmodSync(tools, 0o777);
    const copy = named<Container>(spec.initContainers, "tracing-sidecar");
    const [to] = copy.volumeMounts;
    const arguments_ = [`--volume=${tools}:${to?.mountPath}`, "--entrypoint="];
    // Twice, as when the node was restarted.
    for (const _ of [1, 2]) succeed("podman", [...confined(copy), ...arguments_, copy.image, ...(copy.command ?? [])]);

    const server = named<Container>(spec.containers, "argocd-repo-server");
    const mount = named(server.volumeMounts, "tracing-sidecar");
    assert.equal(mount.mountPath, "/usr/local/bin/tracing-sidecar", "on the PATH of Argo CD's image");
    const debian = /^FROM (\S*\/debian:\S+)/m.exec(read("Dockerfile"))?.[1] as string;
    const volumes = [
      `--volume=${join(tools, mount.subPath as string)}:${mount.mountPath}:ro`,
      `--volume=${find("kustomize")}:/usr/local/bin/kustomize:ro`,
      `--volume=${checkout(t)}:/tmp/checkout:ro`,
    ];
    const kustomize = [
      "kustomize",
      "build",
      `/tmp/checkout/${example}`,
      ...(options["kustomize.buildOptions"] ?? "").split(" "),
    ];
    const asArgo = [...confined(server), "--user=999:999", ...volumes, debian, ...kustomize];
    assert.equal(succeed("podman", asArgo), expected(t));
  });

  test("plugin: its command prints the rendered HotROD, in the container as the sidecar's manifest has it", async (t) => {
    if (lacks(t, "podman", "kubectl", "kustomize")) return;
    const { spec } = await repoServer("plugin");
    const sidecar = named<Container>(spec.containers, "tracing-sidecar");
    assert.equal(sidecar.securityContext?.runAsUser, 999);
    assert.deepEqual(sidecar.command, ["/var/run/argocd/argocd-cmp-server"]);
    const mounts = Object.fromEntries(sidecar.volumeMounts.map(({ name, mountPath }) => [mountPath, name]));
    assert.deepEqual(mounts, {
      "/var/run/argocd": "var-files",
      "/home/argocd/cmp-server/plugins": "plugins",
      "/tmp": "tracing-sidecar-tmp",
    });

    const inside = (flags: readonly string[], [program, ...rest]: readonly string[]) => {
      const all = [...confined(sidecar), "--tmpfs=/tmp", ...flags, `--entrypoint=${program}`, sidecar.image, ...rest];
      return succeed("podman", all);
    };
    const configuration = inside([], ["cat", "/home/argocd/cmp-server/config/plugin.yaml"]);
    assert.equal(configuration, read("deploy/argocd/plugin/plugin.yaml"));
    const { command } = (load(configuration) as Plugin).spec.generate;
    // Where Argo CD's server of plugins unpacks what it is sent.
    const unpacked = "/tmp/_cmp_server/hotrod";
    const folder = [`--volume=${checkout(t)}:${unpacked}:ro`, `--workdir=${unpacked}/${example}`];
    assert.equal(inside(folder, command), expected(t));
  });

  test("plugin: a failure of the function is the command's, and nothing is printed that could be applied", (t) => {
    if (lacks(t, "podman")) return;
    const { command } = (load(read("deploy/argocd/plugin/plugin.yaml")) as Plugin).spec.generate;
    const [program, ...rest] = command;
    const folder = checkout(t);
    const sandbox = ["--network=none", "--user=999:999", "--read-only", `--volume=${folder}:/checkout:ro`];
    const image = "localhost/tracing-sidecar:0.1.0-cmp";
    const at = ["--workdir=/checkout/examples/hotrod/kustomize/exec", `--entrypoint=${program}`];
    const { status, stdout, stderr } = run("podman", ["run", "--rm", ...sandbox, ...at, image, ...rest]);
    assert.notEqual(status, 0, "its path of the function leads nowhere here");
    assert.equal(stdout, "");
    assert.match(stderr, /tracing-sidecar\.js/);
  });

  test("each Application names what is there: the folder, and the plugin where it needs one", () => {
    const { metadata } = load(read("deploy/argocd/plugin/plugin.yaml")) as Plugin;
    for (const [folder, plugin] of Object.entries({ "repo-server": undefined, plugin: { name: metadata.name } })) {
      const { apiVersion, kind, spec } = load(read(`deploy/argocd/${folder}/application.yaml`)) as Application;
      assert.deepEqual([apiVersion, kind], ["argoproj.io/v1alpha1", "Application"]);
      assert.match(spec.source.repoURL, /^https:\/\/git\.example\.com\/.*\.git$/);
      assert.ok(existsSync(join(root, spec.source.path, "kustomization.yaml")));
      assert.deepEqual(spec.source.plugin, plugin);
      const { namespace } = load(read(join(spec.source.path, "kustomization.yaml"))) as { namespace: string };
      assert.equal(spec.destination.namespace, namespace);
    }
  });

  test("the image has the kustomize that the tests have", () => {
    const version = /KUSTOMIZE_VERSION=(\S+)/.exec(read("Dockerfile"))?.[1];
    assert.ok(version && read(".ci/run").includes(`sigs.k8s.io/kustomize/kustomize/v5@${version}`), version);
  });
});

interface Plugin {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly generate: { readonly command: readonly string[] } };
}

interface Application {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: {
    readonly source: { readonly repoURL: string; readonly path: string; readonly plugin?: { readonly name: string } };
    readonly destination: { readonly namespace: string };
  };
}
