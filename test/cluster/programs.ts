import assert from "node:assert/strict";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { readTree } from "../hosts/support";
import { findProgram } from "../sdk/programs";
import { findBuilt } from "../support/programs";

/** The programs that `programs/build.sh` builds, each with the folder whose go.mod has its version. */
const folders = {
  bridge: "node",
  "cert-manager-controller": "kubernetes",
  containerd: "node",
  etcd: "kubernetes",
  hotrod: "jaeger",
  "hotrod-1.41": "hotrod-1.41",
  "jaeger-agent-1.21": "jaeger-1.21",
  "jaeger-all-in-one": "jaeger",
  "kube-apiserver": "kubernetes",
  "kube-controller-manager": "kubernetes",
  kubelet: "kubernetes",
  prometheus: "kubernetes",
  "prometheus-operator": "prometheus-operator",
} as const;

/** A program of the cluster. `jaeger-agent` is the last version, which `test/sdk` builds. */
export type ClusterProgram = keyof typeof folders | "jaeger-agent";

function find(program: ClusterProgram): string | undefined {
  if (program === "jaeger-agent") return findProgram(program);
  const home = findBuilt(join(__dirname, "programs"), "cluster", folders[program]);
  return home && join(home, "bin", program);
}

/** Returns the path of a program that is built. */
export function programPath(program: ClusterProgram): string {
  return find(program) ?? assert.fail(`${program} isn't built`);
}

/** The programs whose folders have the CustomResourceDefinitions of cert-manager and of prometheus-operator. */
export const withDefinitions = ["cert-manager-controller", "prometheus-operator"] as const;

/** The names of the CustomResourceDefinitions of the objects that the function writes, as their files are named. */
export const writtenDefinitions: readonly string[] = [
  "cert-manager.io_certificates",
  "cert-manager.io_clusterissuers",
  "monitoring.coreos.com_podmonitors",
];

/** Returns the texts of the CustomResourceDefinitions with these names. */
export function definitionsOf(names: readonly string[]): readonly string[] {
  const files = new Map(withDefinitions.flatMap((program) => [...readTree(join(programPath(program), "../../crds"))]));
  return names.map((name) => files.get(`${name}.yaml`) ?? assert.fail(`${name} isn't the name of a definition`));
}

/**
 * Returns true and skips the test if a program of the cluster isn't built, with the command that builds it. If CI is set,
 * the test fails instead.
 */
export function lacksPrograms(t: TestContext, ...programs: readonly ClusterProgram[]): boolean {
  const missing = programs.filter((program) => find(program) === undefined);
  if (missing.length === 0) return false;
  const ofSdk = missing.includes("jaeger-agent") ? "; bash test/sdk/programs/build.sh jaeger-agent" : "";
  const reason = `not built: ${missing.join(", ")}. To build them, run: bash test/cluster/programs/build.sh${ofSdk}`;
  assert.ok(!process.env["CI"], `${reason}; with CI set, no program may be missing`);
  t.skip(reason);
  return true;
}
