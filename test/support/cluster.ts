import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** The fields of an object that this cluster reads. */
export interface StoredObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

interface Resource {
  readonly name: string;
  readonly singularName: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

const resource = (name: string, kind: string, namespaced = true): Resource => ({
  name,
  singularName: kind.toLowerCase(),
  kind,
  namespaced,
  verbs: ["get", "list"],
});

/** The resources that can be read, by the API path of their group and version. */
const resources: Readonly<Record<string, readonly Resource[]>> = {
  "/api/v1": [resource("secrets", "Secret")],
  "/apis/cert-manager.io/v1": [
    resource("certificates", "Certificate"),
    resource("clusterissuers", "ClusterIssuer", false),
  ],
};

/**
 * Starts a read-only API server that answers `kubectl get` with these objects. It stops when the test ends.
 *
 * @param folder The folder for the kubeconfig and kubectl's cache.
 * @returns The environment variables with which kubectl connects to the server.
 */
export async function serveCluster(
  t: TestContext,
  folder: string,
  objects: readonly StoredObject[],
): Promise<Readonly<Record<string, string>>> {
  const server = createServer((request, response) => {
    const body = answerTo(request, objects);
    response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? { kind: "Status", apiVersion: "v1", status: "Failure", code: 404 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const named = (name: string, key: string, value: unknown) => [{ name, [key]: value }];
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: named("c", "cluster", { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
    contexts: named("c", "context", { cluster: "c", user: "c" }),
    users: named("c", "user", {}),
    "current-context": "c",
  };
  const file = join(folder, ".kubeconfig");
  writeFileSync(file, JSON.stringify(kubeconfig));
  return { KUBECONFIG: file, KUBECACHEDIR: join(folder, ".kube-cache"), HOME: folder };
}

function answerTo({ url = "", method }: IncomingMessage, objects: readonly StoredObject[]): unknown {
  if (method !== "GET") return undefined;
  const path = url.replace(/\?.*/, "");
  if (path === "/api") return { kind: "APIVersions", versions: ["v1"] };
  if (path === "/apis") {
    const version = { groupVersion: "cert-manager.io/v1", version: "v1" };
    const groups = [{ name: "cert-manager.io", versions: [version], preferredVersion: version }];
    return { kind: "APIGroupList", apiVersion: "v1", groups };
  }
  const [prefix, served] = Object.entries(resources).find(([key]) => path === key || path.startsWith(`${key}/`)) ?? [];
  if (prefix === undefined || served === undefined) return undefined;
  const groupVersion = prefix.replace(/^\/apis?\//, "");
  if (path === prefix) return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: served };
  const parts = /^\/(?:namespaces\/([^/]+)\/)?([^/]+)(?:\/([^/]+))?$/.exec(path.slice(prefix.length));
  const [, namespace, plural, name] = parts ?? [];
  const kind = served.find((candidate) => candidate.name === plural)?.kind;
  const items = objects.filter(
    (object) =>
      object.apiVersion === groupVersion &&
      object.kind === kind &&
      (namespace === undefined || object.metadata.namespace === namespace) &&
      (name === undefined || object.metadata.name === name),
  );
  return name === undefined ? { apiVersion: groupVersion, kind: `${kind}List`, metadata: {}, items } : items[0];
}
