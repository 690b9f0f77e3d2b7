/** The documents about the executable and the hosts that have no Node; test/docs-hosts.test.ts runs their commands. */
export const hostDocuments = ["docs/executable.md", "docs/argo-cd.md", "docs/flux.md", "docs/config-sync.md"] as const;

/** The fenced blocks of a document in one language, in their order. */
export function blocks(document: string, language: string): string[] {
  return [...document.matchAll(/^```(\w*)\n(.*?)^```$/gms)].flatMap(([, name, block]) =>
    name === language ? [block as string] : [],
  );
}

/** Commands that need a cluster with Argo CD in it, and why: they are the only ones that are run nowhere here. */
export const needCluster: Readonly<Record<string, string>> = {
  "argocd app get hotrod --hard-refresh": "asks Argo CD's API server",
  "kubectl annotate application hotrod --namespace argocd argocd.argoproj.io/refresh=hard": "writes to the cluster",
};
