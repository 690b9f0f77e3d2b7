import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { load } from "js-yaml";
import { readAudit } from "../../scripts/audit";
import {
  imageOf,
  namePublishedImage,
  renameRepository,
  repositoryOf,
  repositoryProblems,
} from "../../scripts/repository";
import { cycloneDxOfBundle, spdxOfBundle } from "../../scripts/sbom";
import { changelogSection, projectFiles, versionOf, versionProblems } from "../../scripts/versions";
import { find, lacks, root, run, succeed, temporaryFolder } from "../hosts/support";

const text = (path: string): string => readFileSync(join(root, path), "utf8");
const { scripts } = JSON.parse(text("package.json"));

interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "runs-on": string;
  readonly "timeout-minutes"?: number;
  readonly strategy?: {
    readonly matrix: {
      readonly platform?: readonly { readonly runner: string }[];
      readonly target?: readonly string[];
    };
  };
  readonly steps: readonly Step[];
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

const workflows = readdirSync(join(root, ".github", "workflows")).map((name) => `.github/workflows/${name}`);

for (const path of workflows) {
  describe(path, () => {
    const source = text(path);
    const { permissions, jobs } = load(source) as Workflow;
    const steps = Object.values(jobs).flatMap((job) => job.steps);

    test("pins every action to a commit, with its version as a comment", () => {
      const uses = source.split("\n").filter((line) => /\buses:/.test(line));
      assert.equal(uses.length, steps.filter((step) => step.uses !== undefined).length);
      for (const line of uses) assert.match(line, /uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    });

    test("gives each job only the permissions that it needs, and none by default", () => {
      assert.deepEqual(permissions, {});
      for (const [name, job] of Object.entries(jobs)) {
        assert.ok(job.permissions !== undefined, name);
        assert.ok(job["timeout-minutes"] !== undefined, `${name}: a job must have a timeout`);
        const platforms = job.strategy?.matrix.platform ?? [];
        const runners = platforms.length > 0 ? platforms.map(({ runner }) => runner) : [job["runs-on"]];
        for (const runner of runners)
          assert.match(runner, /^ubuntu-\d\d\.\d\d(?:-arm)?$/, `${name}: the runner's version must be fixed`);
        const publishes = job.steps.some(
          ({ uses = "", run = "" }) =>
            /^(?:actions\/attest|actions\/deploy-pages|docker\/build-push-action)@/.test(uses) ||
            /\b(?:gh release|npm publish) /.test(run),
        );
        const writes = Object.values(job.permissions).includes("write");
        assert.equal(writes, publishes, `${name}: only a job that publishes may write`);
      }
    });

    test("keeps no credentials in the checkout, and uses no expressions in scripts", () => {
      for (const { uses, with: inputs, run: script } of steps) {
        if (uses?.startsWith("actions/checkout@")) assert.equal(inputs?.["persist-credentials"], false);
        assert.doesNotMatch(script ?? "", /\$\{\{/);
      }
      const secrets = [...source.matchAll(/secrets\.(\w+)/g)].map(([, name]) => name);
      assert.ok(
        secrets.every((name) => name === "GITHUB_TOKEN"),
        secrets.join(),
      );
    });

    test("uses npm scripts and files that exist", () => {
      const used = [...source.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name);
      const paths = [...source.matchAll(/\.ci\/\w+|test\/[\w/]+\.\w+/g)].map(([path]) => path);
      assert.ok(used.length + paths.length > 0);
      for (const name of used) assert.ok(scripts[name] !== undefined, name);
      for (const path of paths) assert.ok(existsSync(join(root, path)), path);
    });

    test("passes actionlint", (t) => {
      if (lacks(t, "actionlint")) return;
      const { status, stdout, stderr } = run(find("actionlint") as string, [join(root, path)]);
      assert.equal(status, 0, stdout + stderr);
    });
  });
}

test("the workflows build targets that the Dockerfile has", () => {
  const jobs = workflows.flatMap((path) => Object.values((load(text(path)) as Workflow).jobs));
  const targets = jobs.flatMap(({ strategy }) => strategy?.matrix.target ?? []);
  const stages = [...text("Dockerfile").matchAll(/^FROM .* AS (\S+)$/gm)].map(([, name]) => name);
  assert.ok(targets.length > 0);
  for (const target of targets) assert.ok(stages.includes(target), target);
});

describe("the npm package", () => {
  const [packed] = JSON.parse(succeed("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"]));
  const paths: string[] = packed.files.map(({ path }: { path: string }) => path).sort();

  test("has only what runs: the bundle, its licenses, the schemas, and the plugin for Helm", () => {
    assert.deepEqual(paths, [
      "LICENSE",
      "README.md",
      "deploy/helm/tracing-sidecar/plugin.yaml",
      "dist/THIRD-PARTY-LICENSES.txt",
      "dist/tracing-sidecar.js",
      "function-config/private-ca.schema.json",
      "function-config/schema.json",
      "package.json",
    ]);
  });

  test("is built before it's packed, and is published with public access and provenance", () => {
    assert.equal(scripts.prepare, "node scripts/prepare.mjs");
    assert.deepEqual(JSON.parse(text("package.json")).publishConfig, { access: "public", provenance: true });
  });

  test("has no dependencies and no install scripts", () => {
    const manifest = JSON.parse(text("package.json"));
    assert.deepEqual(
      [manifest.dependencies, manifest.optionalDependencies, manifest.peerDependencies],
      [undefined, undefined, undefined],
    );
    // npm doesn't run `prepare` for a package from the registry.
    for (const name of ["preinstall", "install", "postinstall"]) assert.equal(scripts[name], undefined, name);
  });
});

describe("versions", () => {
  test("of the project are the same everywhere", () => {
    assert.deepEqual(versionProblems(root, projectFiles(root)), []);
  });

  test("that differ are reported with their file", (t) => {
    const folder = temporaryFolder(t);
    const write = (path: string, content: string) => writeFileSync(join(folder, path), content);
    write("package.json", '{"version": "1.2.0"}');
    write("package-lock.json", '{"version": "1.2.0", "packages": {"": {"version": "1.1.0"}}}');
    write("Dockerfile", 'LABEL org.opencontainers.image.version="1.1.9"\n');
    mkdirSync(join(folder, "deploy/helm/tracing-sidecar"), { recursive: true });
    write("deploy/helm/tracing-sidecar/plugin.yaml", "apiVersion: v1\nversion: 1.1.8\n");
    const image = "tracing-sidecar";
    const tags = [`uses: OWNER/${image}@v1.0.2`, `${"rev"}: v1.0.3`, `npx ${image}@1.0.4`].join("\n");
    const urls = `localhost/${image}:1.2.0, ghcr.io/OWNER/${image}:1.0.0, ${image}/releases/download/v1.0.1/a\n`;
    write("README.md", urls + tags);
    assert.deepEqual(versionProblems(folder, ["README.md"]), [
      "package-lock.json: 1.1.0 is not 1.2.0",
      "Dockerfile, the label: 1.1.9 is not 1.2.0",
      "deploy/helm/tracing-sidecar/plugin.yaml: 1.1.8 is not 1.2.0",
      "README.md: 1.0.0 is not 1.2.0",
      "README.md: 1.0.1 is not 1.2.0",
      "README.md: 1.0.2 is not 1.2.0",
      "README.md: 1.0.3 is not 1.2.0",
      "README.md: 1.0.4 is not 1.2.0",
    ]);
  });

  test("have a section in the changelog, which becomes the release notes", () => {
    const changelog = "# Changelog\n\n## [1.10.0] - 2026-01-02\n\nNew.\n\n- One\n\n## [1.1.0] - 2025-01-02\n\nOld.\n";
    assert.deepEqual(changelogSection(changelog, "1.10.0"), { date: "2026-01-02", body: "New.\n\n- One" });
    assert.deepEqual(changelogSection(changelog, "1.1.0"), { date: "2025-01-02", body: "Old." });
    assert.throws(() => changelogSection(changelog, "1.1"), /no section/);
    assert.ok(changelogSection(text("CHANGELOG.md"), versionOf(root)).body.length > 0);
  });
});

describe("the repository's name", () => {
  test("is the same everywhere, and in the image's labels and install.sh", () => {
    assert.deepEqual(repositoryProblems(root, projectFiles(root)), []);
    const repository = repositoryOf(root);
    const labels = [...text("Dockerfile").matchAll(/image\.source="(.*)"/g)].map(([, source]) => source);
    assert.deepEqual(labels, [`https://github.com/${repository}`, `https://github.com/${repository}`]);
    assert.ok(text("install.sh").includes(`\nrepository=${repository}\n`));
    const { homepage, bugs } = JSON.parse(text("package.json"));
    for (const url of [homepage, bugs]) assert.ok(url.startsWith(`https://github.com/${repository}`), url);
  });

  test("is changed in every place by one command, also if only one of its parts differs", (t) => {
    const folder = temporaryFolder(t);
    const files = [
      "package.json",
      "Dockerfile",
      "install.sh",
      "docs/contributing/releases.md",
      "docs/get-started/install.md",
    ];
    for (const path of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text(path));
    }
    const paths = [
      "deploy/helm/tracing-sidecar/plugin.yaml",
      "github.com/jaegertracing/jaeger",
      "tracing-sidecar-linux-amd64",
    ];
    writeFileSync(join(folder, "other.md"), paths.join("\n"));
    files.push("other.md");
    for (const name of ["Acme/tracing-sidecar", "Acme/sidecars", repositoryOf(root)]) {
      const changed = renameRepository(folder, files, name);
      assert.deepEqual(changed, files.slice(0, -1), name);
      assert.equal(repositoryOf(folder), name);
      assert.deepEqual(repositoryProblems(folder, files), []);
      const { repository, name: packageName } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      assert.deepEqual([repository.url, packageName], [`git+https://github.com/${name}.git`, "tracing-sidecar"]);
      const page = readFileSync(join(folder, "docs/contributing/releases.md"), "utf8");
      assert.ok(page.includes(`cosign verify ${imageOf(folder)}:`) && page.includes(`--repo ${name}\n`), name);
    }
    for (const path of files.slice(0, -1)) assert.equal(readFileSync(join(folder, path), "utf8"), text(path), path);
    assert.equal(readFileSync(join(folder, "other.md"), "utf8"), paths.join("\n"));
    assert.throws(() => renameRepository(folder, files, "acme"), /must be OWNER\/NAME, not "acme"/);
  });

  test("is in the published image's name, which one command puts into every place that needs the image", (t) => {
    const folder = temporaryFolder(t);
    const files = [
      "package.json",
      "docs/get-started/install.md",
      "src/cli/init-destination.ts",
      "examples/hotrod/kpt/Kptfile",
    ];
    for (const path of [...files, ".ci/run"]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text(path));
    }
    assert.deepEqual(namePublishedImage(folder, files), [...files.slice(1), ".ci/run"]);
    const kptfile = readFileSync(join(folder, "examples/hotrod/kpt/Kptfile"), "utf8");
    assert.ok(kptfile.includes(`image: ${imageOf(root)}:${versionOf(root)}\n`), kptfile);
    assert.deepEqual(namePublishedImage(folder, files), []);
  });

  test("that differs is reported with its file", (t) => {
    const folder = temporaryFolder(t);
    const write = (path: string, content: string) => writeFileSync(join(folder, path), content);
    write("package.json", '{"name": "app", "repository": {"url": "git+https://github.com/Acme/App.git"}}');
    const [github, registry] = ["https://github.com", "ghcr.io"];
    write("README.md", `${github}/Acme/App/issues ${github}/acme/app ${registry}/acme/app:1 ${registry}/Acme/App:1\n`);
    assert.deepEqual(repositoryProblems(folder, ["README.md", "package.json"]), [
      "README.md: github.com/ acme/app is not Acme/App",
      "README.md: ghcr.io/ Acme/App is not acme/app",
    ]);
  });
});

describe("npm audit", () => {
  test("is clean, has findings, or has no answer, which counts as neither", () => {
    const report = (vulnerabilities: object) => JSON.stringify({ auditReportVersion: 2, vulnerabilities });
    assert.deepEqual(readAudit(report({})), { answer: "clean" });
    assert.deepEqual(readAudit(report({ left: { severity: "high" } })), { answer: "found", packages: ["left (high)"] });
    const refused = { message: "405 Method Not Allowed", error: { summary: "", detail: "" } };
    assert.deepEqual(readAudit(JSON.stringify(refused)), { answer: "none", reason: "405 Method Not Allowed" });
    assert.deepEqual(readAudit('{"error": {"summary": ""}}'), { answer: "none", reason: "no reason given" });
    assert.deepEqual(readAudit(""), { answer: "none", reason: "npm printed no JSON" });
  });
});

describe("the SBOM", () => {
  const stamp = { created: "2026-01-02T03:04:05Z", id: "abc" };
  const npm = (format: string) => succeed("npm", ["sbom", `--sbom-format=${format}`]);
  const documents = { spdx: npm("spdx"), cyclonedx: npm("cyclonedx") };
  const lock = JSON.parse(text("package-lock.json"));
  const bundled = ["ajv", "js-yaml"].map((name) => ({
    name,
    version: lock.packages[`node_modules/${name}`].version as string,
    license: "MIT",
  }));

  test("in SPDX format lists the bundled packages as contained in the project, and is reproducible", () => {
    const document = spdxOfBundle(documents.spdx, bundled, stamp);
    assert.equal(spdxOfBundle(npm("spdx"), bundled, stamp), document);
    const { packages, relationships } = JSON.parse(document);
    assert.deepEqual(packages.map(({ name }: { name: string }) => name).sort(), ["ajv", "js-yaml", "tracing-sidecar"]);
    const types = relationships.map(({ relationshipType }: { relationshipType: string }) => relationshipType);
    assert.deepEqual(types, ["DESCRIBES", "CONTAINS", "CONTAINS"]);
  });

  test("in CycloneDX format too, without npm's marking as development dependencies", () => {
    const document = cycloneDxOfBundle(documents.cyclonedx, bundled, stamp);
    assert.equal(cycloneDxOfBundle(npm("cyclonedx"), bundled, stamp), document);
    const { metadata, components } = JSON.parse(document);
    assert.equal(metadata.component.name, "tracing-sidecar");
    assert.deepEqual(components.map(({ name }: { name: string }) => name).sort(), ["ajv", "js-yaml"]);
    assert.ok(!document.includes("development"));
  });

  test("isn't written if npm doesn't know a bundled package", () => {
    const unknown = [{ name: "js-yaml", version: "0.0.0", license: "MIT" }];
    assert.throws(() => spdxOfBundle(documents.spdx, unknown, stamp), /0 of the 1 packages/);
    assert.throws(() => cycloneDxOfBundle(documents.cyclonedx, unknown, stamp), /0 of the 1 packages/);
  });
});
