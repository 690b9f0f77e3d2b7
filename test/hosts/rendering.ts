import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { checkWhole } from "./building";
import { type Outcome, only, parse, podmanRuntime, readTree, run } from "./support";

/** Renders a package and returns kpt's outcome. `flags` allow the function that the Kptfile uses, if necessary. */
export function tryRender(folder: string, flags: readonly string[]): Outcome {
  return run("kpt", ["fn", "render", folder, "--truncate-output=false", ...flags], { env: podmanRuntime });
}

/** Renders a package. Fails if kpt fails. */
export function render(folder: string, flags: readonly string[]): void {
  const { status, stdout, stderr } = tryRender(folder, flags);
  assert.equal(status, 0, stdout + stderr);
}

/** Returns the files of a package, except for Kptfiles: kpt 1.0 itself writes the status of a render to them. */
export function readResources(folder: string): ReadonlyMap<string, string> {
  return new Map([...readTree(folder)].filter(([path]) => basename(path) !== "Kptfile"));
}

/** Renders `examples/hotrod/kpt` twice and checks it. The CA must be in a file next to its configuration. */
export function checkExample(folder: string, flags: readonly string[]): void {
  const privateCa = join("private-ca", "privateca_my-private-ca.yaml");
  const after = renderTwice(folder, flags, [privateCa]);
  checkWhole([after.get("deployment.yaml"), after.get(privateCa)].join("---\n"));
}

/**
 * Renders `test/hosts/shop` twice and checks it: a package with comments, setters and a subpackage, in a style that kpt
 * itself preserves.
 */
export function checkShop(folder: string, flags: readonly string[]): void {
  const before = readResources(folder);
  const after = renderTwice(folder, flags);
  for (const [path, workloads] of Object.entries(workloadsOfShop)) checkObjects(path, workloads, after.get(path) ?? "");
  for (const [path, text] of before) checkKept(path, text, after.get(path) ?? "");
}

const workloadsOfShop = {
  "web.yaml": ["web", "worker"],
  [join("api", "deployment.yaml")]: ["api"],
  [join("api", "jobs", "mailer.yaml")]: ["mailer"],
};

/**
 * Renders a package twice and returns its files after the first time.
 *
 * @param added The paths of the files that the first render must create.
 */
function renderTwice(
  folder: string,
  flags: readonly string[],
  added: readonly string[] = [],
): ReadonlyMap<string, string> {
  const files = [...readTree(folder).keys(), ...added].sort();
  render(folder, flags);
  const after = readTree(folder);
  assert.deepEqual([...after.keys()], files, "new objects must be in the files of their workloads");
  render(folder, flags);
  assert.deepEqual(readTree(folder), after, "a second render changes nothing");
  return after;
}

/** Checks that each workload of a file has its agent, and its Certificate and PodMonitor in the same file and namespace. */
function checkObjects(path: string, workloads: readonly string[], text: string): void {
  const manifests = parse(text);
  const count = (kind: string) => manifests.filter((manifest) => manifest.kind === kind).length;
  assert.deepEqual([count("Certificate"), count("PodMonitor")], [workloads.length, workloads.length], path);
  for (const workload of workloads) {
    const named = (name: string) => manifests.filter(({ metadata }) => metadata.name === name);
    const { metadata, spec } = only(named(workload), "Deployment");
    assert.equal(spec.template.spec.containers.at(-1).name, "jaeger-agent");
    for (const kind of ["Certificate", "PodMonitor"]) {
      assert.equal(only(named(`${workload}-jaeger-agent`), kind).metadata.namespace, metadata.namespace);
    }
  }
}

/** Checks that every line still exists, in the same order, and that no comment was duplicated or moved. */
function checkKept(path: string, before: string, after: string): void {
  const lines = after.split("\n");
  let from = 0;
  for (const line of before.split("\n")) {
    const at = lines.indexOf(line, from);
    assert.ok(at >= 0, `${path}: lost or moved: ${line}`);
    from = at + 1;
  }
  assert.deepEqual(commentsIn(after), commentsIn(before), `${path}: comments`);
}

function commentsIn(text: string): string[] {
  return text.split("\n").flatMap((line) => /(?:^|\s)(#.*)$/.exec(line)?.[1] ?? []);
}
