import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { get, getList, getString, type Value } from "../../src/yaml/value";
import { type ControlPlane, until } from "./control-plane";
import { nodeName } from "./kubelet";

/*
 * The cluster has no scheduler and no DNS. Instead, an admission policy gives every new pod the node, and the addresses of
 * the Services as host aliases. So manifests can be applied as they are.
 */

/** An entry of `spec.hostAliases` of a pod. */
interface HostAlias {
  readonly ip: string;
  readonly hostnames: readonly string[];
}

/**
 * Gives every pod that is created from now on the node, and the address of every Service that has a ready pod by now. It
 * is the pod's own address, so the port of the Service must be that of the container.
 */
export async function placePods(plane: ControlPlane): Promise<void> {
  const { body: slices } = await plane.send("/apis/discovery.k8s.io/v1/endpointslices");
  const hostAliases = getList(slices, "items").flatMap(hostAliasesOf);
  const { status, stderr } = plane.kubectl(["apply", "--validate=strict", "--filename=-"], policyFor(hostAliases));
  assert.equal(status, 0, stderr);

  let answer: Value = null;
  const containers = [{ name: "example", image: "example" }];
  const body = { metadata: { name: "example" }, spec: { containers } };
  // The API server applies a policy some time after it has stored it.
  await until(
    async () => {
      ({ body: answer } = await plane.send("/api/v1/namespaces/default/pods?dryRun=All", { method: "POST", body }));
      const isPlaced = get(answer, "spec", "nodeName") === nodeName;
      return isPlaced && isDeepStrictEqual(getList(answer, "spec", "hostAliases"), hostAliases);
    },
    () => `A new pod isn't placed:\n${JSON.stringify(answer)}`,
  );
}

/** Returns the addresses of a Service by the name that pods of other namespaces use. */
function hostAliasesOf(slice: Value): HostAlias[] {
  const service = getString(slice, "metadata", "labels", "kubernetes.io/service-name");
  const hostnames = [`${service}.${getString(slice, "metadata", "namespace")}.svc`];
  const ready = getList(slice, "endpoints").filter((endpoint) => get(endpoint, "conditions", "ready") === true);
  return ready.flatMap((endpoint) => getList(endpoint, "addresses").map((ip) => ({ ip: String(ip), hostnames })));
}

/** Returns the manifests of the policy. */
function policyFor(hostAliases: readonly HostAlias[]): string {
  const add = (path: string, value: string) => `JSONPatch{op: "add", path: "/spec/${path}", value: ${value}}`;
  // The API server can't convert a list of objects. A JSON text of strings, or an empty list, is also an expression in CEL.
  const patches = [
    add("nodeName", JSON.stringify(nodeName)),
    add("hostAliases", "[]"),
    ...hostAliases.map(({ ip, hostnames }) =>
      add("hostAliases/-", `Object.spec.hostAliases{ip: "${ip}", hostnames: ${JSON.stringify(hostnames)}}`),
    ),
  ];
  const pods = { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] };
  const apiVersion = "admissionregistration.k8s.io/v1";
  const metadata = { name: "placement" };
  const policy = {
    apiVersion,
    kind: "MutatingAdmissionPolicy",
    metadata,
    spec: {
      matchConstraints: { resourceRules: [pods] },
      reinvocationPolicy: "Never",
      mutations: [{ patchType: "JSONPatch", jsonPatch: { expression: `[${patches.join(", ")}]` } }],
    },
  };
  const binding = {
    apiVersion,
    kind: "MutatingAdmissionPolicyBinding",
    metadata,
    spec: { policyName: metadata.name },
  };
  return JSON.stringify({ apiVersion: "v1", kind: "List", items: [policy, binding] });
}
