import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { render } from "./rendering";
import { bundle, lacks, readTree, succeed, temporaryFolder } from "./support";

/*
 * A team can use several hosts on the same files: a person runs the command line, and CI renders with kpt. After one
 * round of each, in any order, none of them changes a file.
 */

const kptfile = `apiVersion: kpt.dev/v1
kind: Kptfile
metadata:
  name: shop
  annotations:
    config.kubernetes.io/local-config: "true"
pipeline:
  mutators:
  - exec: ${bundle}
    configPath: tracing.yaml
`;

const kustomization = `resources: [manifests.yaml]
transformers: [tracing.yaml]
`;

const tracing = `apiVersion: tracing-sidecar.dev/v1alpha1
kind: TracingSidecar
metadata:
  name: tracing
  annotations:
    config.kubernetes.io/local-config: "true"
    config.kubernetes.io/function: |
      exec:
        path: ${bundle}
spec:
  selector: {kinds: [Deployment, CronJob, Pod]}
  collector:
    endpoint: otel-collector.observability:4317
    tls:
      clientCertificate:
        certManager:
          issuerRef: {name: shop-ca}
  agent:
    type: otelcol
  pod:
    labels: {traced: "yes"}
    annotations: {team: tracing}
  app:
    env:
    - name: LOG_SPANS
      value: "true"
  imagePullSecrets:
  - name: registry
  podMonitor: {}
`;

/** Workloads without annotations, with empty annotations and with a user's annotations, and a Pod. */
const manifests = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: shop/web:1.4
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart
  namespace: shop
  annotations: {}
spec:
  selector:
    matchLabels:
      app: cart
  template:
    metadata:
      annotations: {}
      labels:
        app: cart
    spec:
      volumes: []
      containers:
      - name: cart
        image: shop/cart:1.4 # of the shop
        env: []
---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: backup
  namespace: shop
  annotations:
    example.com/team: storage
spec:
  schedule: "@daily"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: backup
            image: shop/backup:1.4
---
apiVersion: v1
kind: Pod
metadata:
  name: shell
  namespace: shop
spec:
  containers:
  - name: shell
    image: shop/shell:1.4
`;

const hosts = {
  "command line": (folder: string) => {
    succeed(bundle, ["--write", "--config", join(folder, "tracing.yaml"), join(folder, "manifests.yaml")]);
  },
  kpt: (folder: string) => render(folder, ["--allow-exec"]),
  kustomize: (folder: string) => {
    const built = succeed("kustomize", ["build", "--enable-alpha-plugins", "--enable-exec", folder]);
    writeFileSync(join(folder, "manifests.yaml"), built);
  },
} as const;

type Host = keyof typeof hosts;

const orders: readonly (readonly Host[])[] = [
  ["command line", "kpt"],
  ["kpt", "command line"],
  ["command line", "kpt", "kustomize"],
  ["command line", "kustomize", "kpt"],
  ["kpt", "command line", "kustomize"],
  ["kpt", "kustomize", "command line"],
  ["kustomize", "command line", "kpt"],
  ["kustomize", "kpt", "command line"],
];

describe("hosts that take turns on the same files change nothing after one round:", () => {
  for (const order of orders) {
    test(order.join(", "), (t) => {
      if (lacks(t, "kpt", "kustomize")) return;
      const folder = temporaryFolder(t);
      const files = {
        Kptfile: kptfile,
        ".krmignore": "kustomization.yaml\n",
        "kustomization.yaml": kustomization,
        "tracing.yaml": tracing,
        "manifests.yaml": manifests,
      };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
      for (const host of order) runHost(host, folder);
      const afterFirst = manifestsOf(folder);
      for (const name of ["web", "cart", "backup", "shell"])
        assert.match(afterFirst, new RegExp(`tracing-sidecar.dev/for: \\w+/${name}\\n`));
      for (const host of order) {
        runHost(host, folder);
        assert.equal(manifestsOf(folder), afterFirst, `${host} changes files of the round before`);
      }
    });
  }
});

/** The files after a run of a host, by the host and the files before the run. */
const outcomes = new Map<string, ReadonlyMap<string, string>>();

/** Runs a host on a folder, or restores its earlier result. Several orders give a host the same files. */
function runHost(host: Host, folder: string): void {
  const before = readTree(folder);
  const key = JSON.stringify([host, ...before]);
  const known = outcomes.get(key);
  if (known === undefined) {
    hosts[host](folder);
    const after = readTree(folder);
    assert.deepEqual([...after.keys()], [...before.keys()], "a host must neither add nor delete a file");
    outcomes.set(key, after);
  } else {
    for (const [name, text] of known) writeFileSync(join(folder, name), text);
  }
}

/** Returns the text of the manifests. kpt writes what it did to the Kptfile. */
function manifestsOf(folder: string): string {
  return readTree(folder).get("manifests.yaml") ?? "";
}
