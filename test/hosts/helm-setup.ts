import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { bundle, find, lacks, run, temporaryFolder } from "./support";

/** The programs of Helm's versions, as `.ci/run` names them. */
export const helmPrograms = { 4: "helm", 3: "helm3" } as const;

export type HelmVersion = keyof typeof helmPrograms;

/** Returns true and skips the test with a reason if a version of Helm isn't installed. If CI is set, the test fails. */
export function lacksHelm(t: TestContext, ...versions: readonly HelmVersion[]): boolean {
  if (lacks(t, ...versions.map((version) => helmPrograms[version]))) return true;
  const others = versions.filter((version) => {
    const { stdout } = run(helmPrograms[version], ["version", "--short"]);
    return !stdout.startsWith(`v${version}.`);
  });
  if (others.length === 0) return false;
  const reason = others.map((version) => `${helmPrograms[version]} isn't Helm ${version}`).join(", ");
  assert.ok(!process.env["CI"], reason);
  t.skip(reason);
  return true;
}

/**
 * Returns an environment with separate folders for Helm, in which `helm` is the given version and `tracing-sidecar` is the
 * bundle.
 */
export function helmEnvironment(t: TestContext, version: HelmVersion): Readonly<Record<string, string>> {
  const home = temporaryFolder(t);
  const bin = join(home, "bin");
  mkdirSync(bin);
  symlinkSync(bundle, join(bin, "tracing-sidecar"));
  symlinkSync(find(helmPrograms[version]) as string, join(bin, "helm"));
  const folders = ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"].map((name) => [name, join(home, name)]);
  return { ...Object.fromEntries(folders), HOME: home, PATH: bin };
}
