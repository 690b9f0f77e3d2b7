import assert from "node:assert/strict";
import { chmodSync, cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, type TestContext, test } from "node:test";
import { load } from "js-yaml";
import { isList, isMapping, type Mapping, type Value } from "../../src/yaml/value";
import { bundle, find, lacks, only, parse, root, run, succeed, temporaryFolder } from "./support";

/*
 * The components in deploy/argocd, built on the parts of Argo CD's manifests that they change, and run as specified: each
 * container with the security context, command and mounts of its manifest.
 */

const read = (path: string) => readFileSync(join(root, path), "utf8");
const example = "deploy/argocd/example";
const build = ["build", "--enable-alpha-plugins", "--enable-exec", example];

/** The fields of a container that the tests read. */
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

/** Returns the only element with this name. Fails if there are none or several. */
function named<T extends { readonly name: string }>(list: readonly T[], name: string): T {
  const matches = list.filter((element) => element.name === name);
  assert.equal(matches.length, 1, name);
  return matches[0] as T;
}

/** Returns podman's flags for a container's security context, which must be fully restricted, without a network. */
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
      // Podman uses the same profile by default.
      seccompProfile: { type: "RuntimeDefault" },
    },
  );
  const user = context.runAsUser === undefined ? [] : [`--user=${context.runAsUser}:${context.runAsGroup}`];
  const rights = ["--cap-drop=all", "--security-opt=no-new-privileges", "--read-only", "--read-only-tmpfs=false"];
  return ["run", "--rm", "--network=none", ...user, ...rights];
}

/** Returns kustomize's build of the example on this machine, with the bundle on the PATH under the executable's name. */
function expected(t: TestContext): string {
  const folder = temporaryFolder(t);
  symlinkSync(bundle, join(folder, "tracing-sidecar"));
  return succeed("kustomize", build, { env: { PATH: folder } });
}

/** Returns a copy of the example and its dependencies, as a plugin gets them: readable by any user, not executable. */
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

/** Builds a component on Argo CD's repo-server. Checks that the Deployment keeps everything of Argo CD's manifests. */
async function repoServer(name: string) {
  const manifests = component(name);
  const deployment = only(manifests, "Deployment");
  const { Deployment } = await import("kubernetes-models/apps/v1/Deployment");
  new Deployment(deployment as never).validate();
  const { spec } = deployment.spec.template;
  const [original] = parse(read("test/hosts/argocd/base/install.yaml"));
  const { spec: upstream } = original?.spec.template ?? {};
  for (const list of ["initContainers", "volumes"]) {
    for (const element of upstream[list]) assert.deepEqual(named(spec[list], element.name), element);
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
      ["example-hotrod", "otel-collector"],
    );
    const { metadata } = only(manifests, "Certificate") as { metadata: { annotations?: Record<string, string> } };
    assert.equal(metadata.annotations?.["argocd.argoproj.io/sync-wave"], "-1");
    only(manifests, "PodMonitor");
  });

  test("repo-server: the init container copies the executable, and kustomize runs it", async (t) => {
    if (lacks(t, "podman", "kubectl", "kustomize")) return;
    const { manifests, spec } = await repoServer("repo-server");
    const options = (only(manifests, "ConfigMap") as unknown as { data: Record<string, string> }).data;
    assert.ok(
      options["resource.customizations.ignoreResourceUpdates.all"],
      "the existing options of argocd-cm must be kept",
    );

    const tools = temporaryFolder(t);
    chmodSync(tools, 0o777);
    const copy = named<Container>(spec.initContainers, "tracing-sidecar");
    const [to] = copy.volumeMounts;
    const arguments_ = [`--volume=${tools}:${to?.mountPath}`, "--entrypoint="];
    // Twice, as after a restart of the node.
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

  test("plugin: its command prints the rendered HotROD, in a container like the sidecar's", async (t) => {
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
    // The folder where Argo CD's plugin server unpacks an application.
    const unpacked = "/tmp/_cmp_server/hotrod";
    const folder = [`--volume=${checkout(t)}:${unpacked}:ro`, `--workdir=${unpacked}/${example}`];
    assert.equal(inside(folder, command), expected(t));
  });

  test("plugin: the command fails if the function fails, and prints nothing that could be applied", (t) => {
    if (lacks(t, "podman")) return;
    const { command } = (load(read("deploy/argocd/plugin/plugin.yaml")) as Plugin).spec.generate;
    const [program, ...rest] = command;
    const folder = checkout(t);
    const sandbox = ["--network=none", "--user=999:999", "--read-only", `--volume=${folder}:/checkout:ro`];
    const image = "localhost/tracing-sidecar:0.1.0-cmp";
    const at = ["--workdir=/checkout/examples/hotrod/kustomize/exec", `--entrypoint=${program}`];
    const { status, stdout, stderr } = run("podman", ["run", "--rm", ...sandbox, ...at, image, ...rest]);
    assert.notEqual(status, 0, "the path of the function doesn't exist here");
    assert.equal(stdout, "");
    assert.match(stderr, /tracing-sidecar\.js/);
  });

  test("each Application refers to the example or to its output, and to the plugin if it needs one", () => {
    const { metadata } = load(read("deploy/argocd/plugin/plugin.yaml")) as Plugin;
    const { namespace } = load(read(`${example}/kustomization.yaml`)) as { namespace: string };
    const sources = {
      "repo-server": { path: example, plugin: undefined },
      plugin: { path: example, plugin: { name: metadata.name } },
      // The folder that docs/how-to/flux.md renders to.
      rendered: { path: "rendered/hotrod", plugin: undefined },
    };
    for (const [folder, { path, plugin }] of Object.entries(sources)) {
      const { apiVersion, kind, spec } = load(read(`deploy/argocd/${folder}/application.yaml`)) as Application;
      assert.deepEqual([apiVersion, kind], ["argoproj.io/v1alpha1", "Application"]);
      assert.match(spec.source.repoURL, /^https:\/\/git\.example\.com\/.*\.git$/);
      assert.deepEqual([spec.source.path, spec.source.plugin], [path, plugin]);
      assert.equal(spec.destination.namespace, namespace);
      assert.ok(spec.syncPolicy.retry.limit > 0, "a sync that waits for Certificates can fail");
    }
    assert.ok(read("docs/how-to/flux.md").includes(`mkdir -p ${sources.rendered.path}\n`));
  });

  describe("certificate-health", () => {
    const key = "resource.customizations.health.cert-manager.io_Certificate";
    const script = read("deploy/argocd/certificate-health/health.lua");

    test("is added to argocd-cm, which keeps its other options", (t) => {
      if (lacks(t, "kubectl")) return;
      const { data } = only(component("certificate-health"), "ConfigMap") as unknown as {
        data: Record<string, string>;
      };
      assert.equal(data[key], script);
      assert.ok(data["resource.customizations.ignoreResourceUpdates.all"]);
    });

    // The conditions are those of cert-manager 1.21.
    const doesNotExist = { reason: "DoesNotExist", message: "Issuing certificate as Secret does not exist" };
    const failure = { reason: "Denied", message: "The certificate request has failed to complete and will be retried" };
    const states: readonly (readonly [state: string, health: string, status?: Mapping])[] = [
      ["a Certificate without a status", "Progressing: Waiting for cert-manager"],
      [
        "a new Certificate that isn't being issued yet",
        `Progressing: ${doesNotExist.message}`,
        conditions("False", doesNotExist),
      ],
      [
        "a new Certificate that is being issued",
        `Progressing: ${doesNotExist.message}`,
        conditions("False", doesNotExist, { status: "True", ...doesNotExist }),
      ],
      [
        "a changed Certificate that isn't being issued yet",
        "Progressing: Fields differ",
        conditions("False", { reason: "RequestChanged", message: "Fields differ" }),
      ],
      ["an issued Certificate", "Healthy: Up to date", conditions("True", { reason: "Ready", message: "Up to date" })],
      [
        "a Certificate whose request was denied",
        `Degraded: ${failure.message}`,
        {
          ...conditions("False", doesNotExist, { status: "False", ...failure }),
          lastFailureTime: "2026-11-26T18:00:00Z",
        },
      ],
      [
        "a Certificate that is issued again after a failure",
        `Progressing: ${doesNotExist.message}`,
        {
          ...conditions("False", doesNotExist, { status: "True", ...doesNotExist }),
          lastFailureTime: "2026-11-26T18:00:00Z",
        },
      ],
      ["an expired Certificate", "Degraded: Expired", conditions("False", { reason: "Expired", message: "Expired" })],
    ];
    for (const [state, health, status] of states) {
      test(`${state} is ${health.split(":")[0]}`, (t) => {
        if (lacks(t, "glua")) return;
        const file = join(temporaryFolder(t), "health.lua");
        const object = status === undefined ? {} : { status };
        // Argo CD loads none of these libraries.
        const lines = ["string, math, io, coroutine, debug, channel = nil", `obj = ${toLua(object)}`];
        const print = 'print(health.status .. ": " .. health.message)';
        writeFileSync(file, [...lines, `health = (function()\n${script}end)()`, print].join("\n"));
        assert.equal(succeed("glua", [file]), `${health}\n`);
      });
    }
  });

  test("the image has the same version of kustomize as the tests", () => {
    const version = /KUSTOMIZE_VERSION=(\S+)/.exec(read("Dockerfile"))?.[1];
    assert.ok(version && read(".ci/run").includes(`sigs.k8s.io/kustomize/kustomize/v5@${version}`), version);
  });
});

/** A condition of a Certificate, without its type and status. */
interface Condition {
  readonly reason: string;
  readonly message: string;
}

/** Returns the status of a Certificate. */
function conditions(ready: "True" | "False", condition: Condition, issuing?: Condition & { status: string }): Mapping {
  const all = [{ type: "Ready", status: ready, ...condition }];
  return { conditions: issuing === undefined ? all : [...all, { type: "Issuing", ...issuing }] };
}

/** Prints plain data as a Lua expression. */
function toLua(value: Value): string {
  if (isList(value)) return `{${value.map(toLua).join(", ")}}`;
  if (isMapping(value))
    return `{${Object.entries(value)
      .map(([key, entry]) => `[${JSON.stringify(key)}] = ${toLua(entry)}`)
      .join(", ")}}`;
  return JSON.stringify(value);
}

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
    readonly syncPolicy: { readonly retry: { readonly limit: number } };
  };
}
