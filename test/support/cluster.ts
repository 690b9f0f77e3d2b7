import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** As much of an object as this cluster looks at. */
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

/** What can be read, by the path of its group and version. */
const resources: Readonly<Record<string, readonly Resource[]>> = {
  "/api/v1": [resource("secrets", "Secret")],
  "/apis/cert-manager.io/v1": [
    resource("certificates", "Certificate"),
    resource("clusterissuers", "ClusterIssuer", false),
  ],
};

/**
 * Answers `kubectl get` with these objects, as an API server does; it takes no changes.
 *
 * @param folder Where the kubeconfig and kubectl's cache are written.
 * @returns The environment in which kubectl reads from it; it ends with the test.
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
  const [prefix, found] = Object.entries(resources).find(([one]) => path === one || path.startsWith(`${one}/`)) ?? [];
  if (prefix === undefined || found === undefined) return undefined;
  const groupVersion = prefix.replace(/^\/apis?\//, "");
  if (path === prefix) return { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources: found };
  const parts = /^\/(?:namespaces\/([^/]+)\/)?([^/]+)(?:\/([^/]+))?$/.exec(path.slice(prefix.length));
  const [, namespace, plural, name] = parts ?? [];
  const kind = found.find((one) => one.name === plural)?.kind;
  const items = objects.filter(
    (one) =>
      one.apiVersion === groupVersion &&
      one.kind === kind &&
      (namespace === undefined || one.metadata.namespace === namespace) &&
      (name === undefined || one.metadata.name === name),
  );
  return name === undefined ? { apiVersion: groupVersion, kind: `${kind}List`, metadata: {}, items } : items[0];
}
