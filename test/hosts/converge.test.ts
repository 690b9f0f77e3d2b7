import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { render } from "./rendering";
import { bundle, image, lacks, readTree, replaceIn, temporaryFolder } from "./support";

const flags = ["--allow-exec"];

const ownContainer = `      - name: proxy # kpt-set: \${proxy}
        image: shop/proxy:1.0.0 # ours, says the team
        args: [--listen]
`;
const ownVolume = `      - name: scratch # the proxy's
        emptyDir: {}
`;

/** A copy of the shop whose pipeline runs a program. */
function shop(t: TestContext, exec: string): string {
  const folder = temporaryFolder(t, "test/hosts/shop");
  replaceIn(join(folder, "Kptfile"), `image: ${image}`, `exec: ${exec}`);
  return folder;
}

/** The package without the files that differ on purpose. */
function manifests(folder: string): ReadonlyMap<string, string> {
  return new Map([...readTree(folder)].filter(([path]) => !["Kptfile", "tracing.yaml"].includes(path)));
}

test("rendered, extended by its users, rendered with another configuration and taken back, a package is as it was", (t) => {
  if (lacks(t, "kpt", "cat")) return;
  // What kpt itself does to the files, with the users' additions made by hand.
  const expected = shop(t, "cat");
  replaceIn(join(expected, "web.yaml"), "      # - name: debug\n", `${ownContainer}      # - name: debug\n`);
  replaceIn(join(expected, "web.yaml"), "        emptyDir: {}\n", `        emptyDir: {}\n${ownVolume}`);
  render(expected, flags);

  const folder = shop(t, bundle);
  const web = join(folder, "web.yaml");
  const tracing = join(folder, "tracing.yaml");
  render(folder, flags);
  replaceIn(web, "      # - name: debug\n", `${ownContainer}      # - name: debug\n`);
  replaceIn(web, "          defaultMode: 420\n", `          defaultMode: 420\n${ownVolume}`);
  render(folder, flags);
  const extended = manifests(folder);

  replaceIn(
    tracing,
    "  podMonitor: {}\n",
    "  agent:\n    image: jaegertracing/jaeger-agent:1.42.0\n    volumeName: agent-tls\n",
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

test("a file that held generated objects only goes when they are pruned", (t) => {
  if (lacks(t, "kpt")) return;
  const folder = shop(t, bundle);
  const before = [...readTree(folder).keys()];
  render(folder, flags);
  moveGenerated(join(folder, "api", "deployment.yaml"), join(folder, "api", "generated.yaml"));
  render(folder, flags);
  assert.ok(readTree(folder).has(join("api", "generated.yaml")), "what the user moved stays where it is");
  replaceIn(join(folder, "tracing.yaml"), "  selector: {}\n", "  selector: {}\n  state: absent\n");
  render(folder, flags);
  assert.deepEqual([...readTree(folder).keys()], before);
});

/** Moves all but the first document of a file to another file. */
function moveGenerated(from: string, to: string): void {
  const [first, ...others] = readFileSync(from, "utf8").split(/^---\n/m);
  assert.equal(others.length, 2);
  writeFileSync(from, first ?? "");
  writeFileSync(to, others.join("---\n"));
}
