import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { readAudit } from "./audit";
import { allowedLicences, listedPackages } from "./licences";
import { checksums, packHelmPlugin, sha256 } from "./release-files";
import { repositoryOf, repositoryProblems } from "./repository";
import { cycloneDxOfBundle, spdxOfBundle } from "./sbom";
import { changelogSection, projectFiles, versionOf, versionProblems } from "./versions";

/*
 * Runs every step of a release that needs no publishing, prints the outcome of each, and writes the files of the release to
 * dist/release/. With `--tag vX.Y.Z`, also checks what must be true once the tag exists.
 */

const root = join(__dirname, "..");
const target = join(root, "dist", "release");
const bundle = join(root, "dist", "tracing-sidecar.js");
const licences = join(root, "dist", "THIRD-PARTY-LICENSES.txt");
const version = versionOf(root);
const { tag } = parseArgs({ options: { tag: { type: "string" } } }).values;

/** Thrown by a step that can't run on this machine, or in this run. That isn't a failure. */
class Skipped extends Error {}

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program.
 *
 * @throws Skipped if it isn't installed.
 */
function run(program: string, args: readonly string[], cwd = root): Outcome {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    input: "",
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined) throw new Skipped(`${program} is not installed`);
  return { status, stdout, stderr };
}

/**
 * Runs a program and returns its stdout.
 *
 * @throws Error if the program doesn't exit with status 0.
 */
function succeed(program: string, args: readonly string[], cwd?: string): string {
  const { status, stdout, stderr } = run(program, args, cwd);
  if (status !== 0) throw new Error(`${[program, ...args].join(" ")} ended with status ${status}\n${stdout}${stderr}`);
  return stdout;
}

/** The steps, by a sentence that must be true. Each returns details for the console, and throws if it isn't true. */
const steps: Readonly<Record<string, () => string>> = {
  "the version is the same everywhere": () => {
    const problems = versionProblems(root, projectFiles(root));
    if (problems.length > 0) throw new Error(problems.join("\n"));
    return version;
  },

  "the name of the repository is the same everywhere": () => {
    const repository = repositoryOf(root);
    const problems = repositoryProblems(root, projectFiles(root));
    if (problems.length > 0) throw new Error(problems.join("\n"));
    // The workflow publishes to the repository that it runs in.
    const actual = process.env["GITHUB_REPOSITORY"];
    if (tag !== undefined && actual !== undefined && actual !== repository)
      throw new Error(`${repository} is not ${actual}. To change all places, run: npm run release:name -- ${actual}`);
    return repository;
  },

  "CHANGELOG.md has a section": () => {
    const { date, body } = changelogSection(readFileSync(join(root, "CHANGELOG.md"), "utf8"), version);
    if (tag !== undefined && date === "unreleased") throw new Error(`the section [${version}] must have a date`);
    writeFileSync(join(target, "notes.md"), `${body}\n`);
    return "dist/release/notes.md";
  },

  "the tag names the version, and the tree is clean": () => {
    if (tag === undefined) throw new Skipped("without --tag");
    if (tag !== `v${version}`) throw new Error(`the tag ${tag} is not v${version}`);
    const changed = succeed("git", ["status", "--porcelain"]);
    if (changed !== "") throw new Error(changed);
    return tag;
  },

  "npm ci needs no install scripts, and the build is the same in another folder": () => {
    succeed("npm", ["run", "build"]);
    const copy = mkdtempSync(join(tmpdir(), "tracing-sidecar-"));
    try {
      for (const path of projectFiles(root)) {
        mkdirSync(dirname(join(copy, path)), { recursive: true });
        cpSync(join(root, path), join(copy, path));
      }
      succeed("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], copy);
      succeed("npm", ["run", "build"], copy);
      for (const path of [bundle, licences]) {
        const other = join(copy, path.slice(root.length));
        if (sha256(path) !== sha256(other)) throw new Error(`${path} differs when it is built in ${copy}`);
        copyFileSync(path, join(target, path.slice(dirname(path).length)));
      }
    } finally {
      rmSync(copy, { recursive: true });
    }
    return `sha256 ${sha256(bundle)}`;
  },

  "the licenses of the bundled packages are allowed": () => {
    const listed = listedPackages(readFileSync(licences, "utf8"));
    const notAllowed = listed.filter(({ license }) => !allowedLicences.test(license));
    if (notAllowed.length > 0) throw new Error(notAllowed.map(({ name, license }) => `${name}: ${license}`).join("\n"));
    return listed.map(({ name, version, license }) => `${name} ${version} ${license}`).join(", ");
  },

  "npm audit finds no vulnerabilities": () => {
    const audit = readAudit(run("npm", ["audit", "--json"]).stdout);
    if (audit.answer === "none") throw new Skipped(`the registry does not answer: ${audit.reason}`);
    if (audit.answer === "found") throw new Error(audit.packages.join(", "));
    return "clean";
  },

  "the npm package can be installed and run": () => {
    const [packed] = JSON.parse(succeed("npm", ["pack", "--json", "--ignore-scripts", `--pack-destination=${target}`]));
    const folder = mkdtempSync(join(tmpdir(), "tracing-sidecar-"));
    try {
      succeed("npm", ["install", "--offline", "--no-audit", "--prefix", folder, join(target, packed.filename)]);
      requireSameHelp(succeed(join(folder, "node_modules", ".bin", "tracing-sidecar"), ["--help"]));
    } finally {
      rmSync(folder, { recursive: true });
    }
    return `${packed.filename}, ${packed.files.length} files`;
  },

  "the SBOM lists the bundled packages": () => {
    const listed = listedPackages(readFileSync(licences, "utf8"));
    const [id = "", created = ""] = succeed("git", ["log", "-1", "--format=%H %cI"]).trim().split(" ");
    const stamp = { id, created: `${new Date(created).toISOString().slice(0, 19)}Z` };
    const sbom = (format: string) => succeed("npm", ["sbom", `--sbom-format=${format}`]);
    writeFileSync(join(target, "sbom.spdx.json"), spdxOfBundle(sbom("spdx"), listed, stamp));
    writeFileSync(join(target, "sbom.cyclonedx.json"), cycloneDxOfBundle(sbom("cyclonedx"), listed, stamp));
    return "SPDX and CycloneDX";
  },

  "the executable prints the same help as the bundle": () => {
    succeed("npm", ["run", "build:exec"]);
    const built = readdirSync(join(root, "dist")).filter((name) => /^tracing-sidecar-linux-\w+$/.test(name));
    const native = `tracing-sidecar-linux-${process.arch === "x64" ? "amd64" : process.arch}`;
    requireSameHelp(succeed(join(root, "dist", native), ["--help"]));
    for (const name of built) copyFileSync(join(root, "dist", name), join(target, name));
    // The executables contain Node, so its licenses must be released with them.
    const nodeLicense = ["LICENSE", "share/doc/nodejs/LICENSE"]
      .map((path) => join(dirname(process.execPath), "..", path))
      .find((path) => existsSync(path));
    if (nodeLicense !== undefined) copyFileSync(nodeLicense, join(target, "node-LICENSE.txt"));
    else if (tag !== undefined) throw new Error(`there is no LICENSE next to ${process.execPath}`);
    return built.join(", ");
  },

  "the image prints the same help as the bundle": () => {
    const engine = ["podman", "docker"].find((name) => spawnSync(name, ["info"], { stdio: "ignore" }).status === 0);
    if (engine === undefined) throw new Skipped("podman is not installed, and docker is not running");
    const image = `localhost/tracing-sidecar:${version}`;
    succeed(engine, ["build", "--network=host", `--tag=${image}`, root]);
    requireSameHelp(succeed(engine, ["run", "--rm", "--network=none", "--read-only", image, "--help"]));
    return `${image}, by ${engine}`;
  },

  "the installer and the plugin for Helm 4 are files of the release": () => {
    const plugin = `tracing-sidecar-helm-plugin-${version}.tgz`;
    packHelmPlugin(root, join(target, plugin));
    copyFileSync(join(root, "install.sh"), join(target, "install.sh"));
    return `install.sh, ${plugin}`;
  },

  "every file has a checksum": () => {
    const text = checksums(target);
    writeFileSync(join(target, "SHA256SUMS"), text);
    return `${text.split("\n").length - 1} files in dist/release/`;
  },
};

/** Checks that a program prints the bundle's help. */
function requireSameHelp(printed: string): void {
  if (printed !== succeed(process.execPath, [bundle, "--help"])) throw new Error("--help differs from the bundle's");
}

function main(): void {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  let failed = 0;
  for (const [name, step] of Object.entries(steps)) {
    try {
      console.log(`ok       ${name}: ${step()}`);
    } catch (error) {
      const reason = error instanceof Error ? error.message.trim() : String(error);
      const isSkipped = error instanceof Skipped;
      if (!isSkipped) failed++;
      console.log(`${isSkipped ? "skipped" : "FAILED "}  ${name}: ${reason.replaceAll("\n", "\n         ")}`);
    }
  }
  if (failed > 0) console.log(`${failed} of ${Object.keys(steps).length} steps failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

main();
