import assert from "node:assert/strict";
import { toObject } from "../../src/kube/object";
import { kindOf } from "../../src/kube/workload";
import { get, getList, getMapping, getString, type Mapping, type Value } from "../../src/yaml/value";
import type { Answer, Change, ControlPlane } from "./control-plane";

/** Where the API server serves a kind. */
interface Resource {
  /** The path of its group and version. */
  readonly base: string;
  /** The plural name. */
  readonly name: string;
  readonly namespaced: boolean;
}

/** The namespace that the pods are created in. Pod Security enforces "restricted" there. */
const restricted = "restricted";
const query = "dryRun=All&fieldValidation=Strict";

/** Asks an API server what it would say of objects, without storing them. The fields are validated strictly. */
export class DryRun {
  /** By request, since fixtures have much in common. */
  private readonly complaints = new Map<string, Promise<readonly string[]>>();
  private readonly created = new Map<string, Promise<void>>();

  private constructor(
    private readonly plane: ControlPlane,
    private readonly resources: ReadonlyMap<string, Resource>,
  ) {}

  static async on(plane: ControlPlane): Promise<DryRun> {
    const { body: groups } = await plane.send("/apis");
    const versions = getList(groups, "groups").flatMap((group) => getList(group, "versions"));
    const bases = ["/api/v1", ...versions.map((version) => `/apis/${getString(version, "groupVersion")}`)];
    const lists = await Promise.all(bases.map(async (base) => resourcesOf(base, (await plane.send(base)).body)));
    return new DryRun(plane, new Map(lists.flat()));
  }

  /** Reports whether the API server has the kind of an object. */
  knows(object: Mapping): boolean {
    return this.resources.has(keyOf(object));
  }

  /** Returns the API server's errors and warnings about an object, if it were applied. */
  async apply(object: Mapping): Promise<readonly string[]> {
    const { base, name: plural, namespaced } = this.resources.get(keyOf(object)) ?? assert.fail(keyOf(object));
    const namespace = getString(object, "metadata", "namespace") ?? "default";
    if (namespaced) await this.create("/api/v1/namespaces", "Namespace", namespace);
    await this.createAccountOf(object, namespace);
    const path = `${base}${namespaced ? `/namespaces/${encodeURIComponent(namespace)}` : ""}/${plural}`;
    const name = getString(object, "metadata", "name");
    // An object that the API server names can't be applied, only created.
    if (name === undefined) return this.ask(`${path}?${query}`, { method: "POST", body: object });
    const type = "application/apply-patch+yaml";
    return this.ask(`${path}/${encodeURIComponent(name)}?${query}&fieldManager=test&force=true`, {
      method: "PATCH",
      body: object,
      type,
    });
  }

  /** Returns the errors and warnings about a pod of a workload where Pod Security enforces "restricted". */
  async admit(pod: Mapping): Promise<readonly string[]> {
    const level = { "pod-security.kubernetes.io/enforce": "restricted" };
    await this.create("/api/v1/namespaces", "Namespace", restricted, level);
    await this.createAccountOf(pod, restricted);
    return this.ask(`/api/v1/namespaces/${restricted}/pods?${query}`, { method: "POST", body: pod });
  }

  private ask(path: string, change: Change): Promise<readonly string[]> {
    const key = JSON.stringify([path, change]);
    const complaints = this.complaints.get(key) ?? this.plane.send(path, change).then(complaintsIn);
    this.complaints.set(key, complaints);
    return complaints;
  }

  /** Creates the service account of a pod, without which the API server refuses it. */
  private async createAccountOf(object: Mapping, namespace: string): Promise<void> {
    if (object["kind"] !== "Pod") return;
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts`;
    await this.create(path, "ServiceAccount", getString(object, "spec", "serviceAccountName") ?? "default");
  }

  private create(path: string, kind: string, name: string, labels: Mapping = {}): Promise<void> {
    const key = `${path}/${name}`;
    const body = { apiVersion: "v1", kind, metadata: { name, labels } };
    const created = this.created.get(key) ?? this.plane.send(path, { method: "POST", body }).then(() => undefined);
    this.created.set(key, created);
    return created;
  }
}

function resourcesOf(base: string, list: Value): (readonly [string, Resource])[] {
  const groupVersion = getString(list, "groupVersion") ?? "";
  return (getList(list, "resources") as readonly Mapping[])
    .map(({ kind, name, namespaced }) => [`${groupVersion} ${kind}`, String(name), namespaced === true] as const)
    .filter(([, name]) => !name.includes("/"))
    .map(([key, name, namespaced]) => [key, { base, name, namespaced }]);
}

function keyOf(object: Mapping): string {
  return `${object["apiVersion"]} ${object["kind"]}`;
}

/** Returns one complaint for each thing that is wrong, without the values: an input and an output may have others. */
function complaintsIn({ status, body, warnings }: Answer): readonly string[] {
  const causes = getList(body, "details", "causes").map((cause) => `${get(cause, "field")}: ${get(cause, "message")}`);
  const message = getString(body, "message") ?? String(body);
  const [, violations] = /violates PodSecurity "[^"]*": (.*)$/.exec(message) ?? [];
  const errors = causes.length > 0 ? causes : (violations?.split(/(?<=\)), /) ?? [message]);
  return [
    ...(status < 300 ? [] : errors.map((error) => `error ${status}: ${inOrder(withoutValue(error))}`)),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
}

/** Sorts the errors of a message that lists them on lines of their own: they come from a Go map, in any order. */
function inOrder(message: string): string {
  const [first, ...rest] = message.split("\n");
  return [first, ...rest.sort()].join("\n");
}

function withoutValue(message: string): string {
  return message.replace(/Invalid value: (?:"(?:\\.|[^"\\])*"|\{.*\}|[^:]*): /, "Invalid value: ");
}

/** What Pod Security "restricted" requires of a container. */
const hardened: Mapping = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};

/**
 * Returns the pod that the controller of a workload would create, or undefined if the object isn't a workload. The author's
 * own containers meet "restricted", so that Pod Security's judgment is about the agents.
 *
 * @param agents The names of the containers that stay as they are.
 */
export function podOf(object: Mapping, agents: ReadonlySet<string>): Mapping | undefined {
  const kind = kindOf(toObject(object));
  const podSpec = getMapping(object, ...(kind?.template ?? []), "spec");
  if (kind === undefined || Object.keys(podSpec).length === 0) return undefined;
  const harden = (container: Value): Value =>
    agents.has(getString(container, "name") ?? "")
      ? container
      : { ...(container as Mapping), securityContext: { ...getMapping(container, "securityContext"), ...hardened } };
  const lists = ["containers", "initContainers"].filter((list) => getList(podSpec, list).length > 0);
  const metadata = getMapping(object, ...kind.template, "metadata");
  const claims = getList(object, "spec", "volumeClaimTemplates").map((claim) => getString(claim, "metadata", "name"));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "test",
      labels: get(metadata, "labels") ?? null,
      annotations: get(metadata, "annotations") ?? null,
    },
    spec: {
      ...podSpec,
      ...Object.fromEntries(lists.map((list) => [list, getList(podSpec, list).map(harden)])),
      ...(kind.kind === "StatefulSet" && {
        volumes: [
          ...getList(podSpec, "volumes"),
          ...claims.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }) as Mapping),
        ],
      }),
    },
  };
}

/** Returns the names of the containers that the record of a workload names. */
export function agentsOf(object: Mapping): readonly string[] {
  const record = getString(object, "metadata", "annotations", "tracing-sidecar.dev/injected");
  if (record === undefined) return [];
  const { added = {}, created = {} } = JSON.parse(record) as Record<string, Mapping>;
  return [added, created].flatMap((part) =>
    ["containers", "initContainers"].flatMap((list) => getList(part, list) as readonly string[]),
  );
}
