import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { render } from "./rendering";
import { bundle, image, lacks, readTree, replaceIn, temporaryFolder } from "./support";

const flags = ["--allow-exec"];

const userContainer = `      - name: proxy # kpt-set: \${proxy}
        image: shop/proxy:1.0.0 # ours, says the team
        args: [--listen]
`;
const userVolume = `      - name: scratch # the proxy's
        emptyDir: {}
`;

/** Returns a copy of the shop package whose pipeline runs a program. */
function shop(t: TestContext, exec: string): string {
  const folder = temporaryFolder(t, "test/hosts/shop");
  replaceIn(join(folder, "Kptfile"), `image: ${image}`, `exec: ${exec}`);
  return folder;
}

/** Returns the files of a package, without those that differ on purpose. */
function manifests(folder: string): ReadonlyMap<string, string> {
  return new Map([...readTree(folder)].filter(([path]) => !["Kptfile", "tracing.yaml"].includes(path)));
}

test("a package is restored after rendering, users' additions, another configuration and removal", (t) => {
  if (lacks(t, "kpt", "cat")) return;
  // The effect of kpt alone, with the users' additions.
  const expected = shop(t, "cat");
  replaceIn(join(expected, "web.yaml"), "      # - name: debug\n", `${userContainer}      # - name: debug\n`);
  replaceIn(join(expected, "web.yaml"), "        emptyDir: {}\n", `        emptyDir: {}\n${userVolume}`);
  render(expected, flags);

  const folder = shop(t, bundle);
  const web = join(folder, "web.yaml");
  const tracing = join(folder, "tracing.yaml");
  render(folder, flags);
  replaceIn(web, "      # - name: debug\n", `${userContainer}      # - name: debug\n`);
  replaceIn(web, "          defaultMode: 420\n", `          defaultMode: 420\n${userVolume}`);
  render(folder, flags);
  const extended = manifests(folder);

  replaceIn(
    tracing,
    "    type: jaeger\n  podMonitor: {}\n",
    "    type: jaeger\n    image: jaegertracing/jaeger-agent:1.42.0\n    volumeName: agent-tls\n",
  );
  replaceIn(
    tracing,
    '      value: "true"\n',
    '      value: "true"\n    - name: JAEGER_SAMPLER_TYPE\n      value: const\n',
  );
  render(folder, flags);
  const changed = manifests(folder);
  assert.notDeepEqual(changed, extended);
  assert.doesNotMatch(changed.get("web.yaml") ?? "", /kind: PodMonitor|name: jaeger-agent-tls$|1\.62\.0/m);
  render(folder, flags);
  assert.deepEqual(manifests(folder), changed, "a second render changes nothing");

  replaceIn(tracing, "  selector: {}\n", "  selector: {}\n  state: absent\n");
  render(folder, flags);
  assert.deepEqual(manifests(folder), manifests(expected));
});

test("a file that has only generated objects is deleted when they are pruned", (t) => {
  if (lacks(t, "kpt")) return;
  const folder = shop(t, bundle);
  const before = [...readTree(folder).keys()];
  render(folder, flags);
  moveGenerated(join(folder, "api", "deployment.yaml"), join(folder, "api", "generated.yaml"));
  render(folder, flags);
  assert.ok(readTree(folder).has(join("api", "generated.yaml")), "moved objects must stay where the user moved them");
  replaceIn(join(folder, "tracing.yaml"), "  selector: {}\n", "  selector: {}\n  state: absent\n");
  render(folder, flags);
  assert.deepEqual([...readTree(folder).keys()], before);
});

/** Moves all documents of a file except the first to another file. */
function moveGenerated(from: string, to: string): void {
  const [first, ...others] = readFileSync(from, "utf8").split(/^---\n/m);
  assert.equal(others.length, 2);
  writeFileSync(from, first ?? "");
  writeFileSync(to, others.join("---\n"));
}
