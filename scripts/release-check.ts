import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
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
import { cycloneDxOfBundle, spdxOfBundle } from "./sbom";
import { changelogSection, versionOf, versionProblems } from "./versions";

/*
 * Does all of a release that can be done without publishing, says of each step whether it holds, and leaves what is
 * released in dist/release/. With `--tag vX.Y.Z` also what holds only once the tag is made.
 */

const root = join(__dirname, "..");
const target = join(root, "dist", "release");
const bundle = join(root, "dist", "tracing-sidecar.js");
const licences = join(root, "dist", "THIRD-PARTY-LICENSES.txt");
const version = versionOf(root);
const { tag } = parseArgs({ options: { tag: { type: "string" } } }).values;

/** What a step that cannot be done here throws: what is missing is no defect. */
class Skipped extends Error {}

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

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

function succeed(program: string, args: readonly string[], cwd?: string): string {
  const { status, stdout, stderr } = run(program, args, cwd);
  if (status !== 0) throw new Error(`${[program, ...args].join(" ")} ended with status ${status}\n${stdout}${stderr}`);
  return stdout;
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
/** The files that Git would keep. */
const files = (): string[] =>
  lines(succeed("git", ["ls-files", "--cached", "--others", "--exclude-standard"])).filter((path) =>
    existsSync(join(root, path)),
  );

/** Each step by what it holds to be true; it gives a note, and throws where that does not hold. */
const steps: Readonly<Record<string, () => string>> = {
  "the version is the same everywhere": () => {
    const problems = versionProblems(root, files());
    if (problems.length > 0) throw new Error(problems.join("\n"));
    return version;
  },

  "CHANGELOG.md has a section": () => {
    const { rest, body } = changelogSection(readFileSync(join(root, "CHANGELOG.md"), "utf8"), version);
    if (tag !== undefined && /unreleased/.test(rest)) throw new Error(`"## ${version} ${rest}" must give the date`);
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

  "npm ci needs no install script, and the build gives the same bytes elsewhere": () => {
    succeed("npm", ["run", "build"]);
    const elsewhere = mkdtempSync(join(tmpdir(), "tracing-sidecar-"));
    try {
      for (const path of files()) {
        mkdirSync(dirname(join(elsewhere, path)), { recursive: true });
        cpSync(join(root, path), join(elsewhere, path));
      }
      succeed("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], elsewhere);
      succeed("npm", ["run", "build"], elsewhere);
      for (const path of [bundle, licences]) {
        const other = join(elsewhere, path.slice(root.length));
        if (sha256(path) !== sha256(other)) throw new Error(`${path} comes out otherwise in ${elsewhere}`);
        copyFileSync(path, join(target, path.slice(dirname(path).length)));
      }
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
    return `sha256 ${sha256(bundle)}`;
  },

  "what is bundled may be shipped": () => {
    const listed = listedPackages(readFileSync(licences, "utf8"));
    const others = listed.filter(({ license }) => !allowedLicences.test(license));
    if (others.length > 0) throw new Error(others.map(({ name, license }) => `${name}: ${license}`).join("\n"));
    return listed.map(({ name, version, license }) => `${name} ${version} ${license}`).join(", ");
  },

  "npm audit finds nothing": () => {
    const audit = readAudit(run("npm", ["audit", "--json"]).stdout);
    if (audit.answer === "none") throw new Skipped(`the registry does not answer: ${audit.reason}`);
    if (audit.answer === "found") throw new Error(audit.packages.join(", "));
    return "clean";
  },

  "the npm package runs where it is installed": () => {
    const [packed] = JSON.parse(succeed("npm", ["pack", "--json", "--ignore-scripts", `--pack-destination=${target}`]));
    const folder = mkdtempSync(join(tmpdir(), "tracing-sidecar-"));
    try {
      succeed("npm", ["install", "--offline", "--no-audit", "--prefix", folder, join(target, packed.filename)]);
      mustBeHelp(succeed(join(folder, "node_modules", ".bin", "tracing-sidecar"), ["--help"]));
    } finally {
      rmSync(folder, { recursive: true });
    }
    return `${packed.filename}, ${packed.files.length} files`;
  },

  "the SBOM lists what is bundled": () => {
    const listed = listedPackages(readFileSync(licences, "utf8"));
    const [id = "", created = ""] = succeed("git", ["log", "-1", "--format=%H %cI"]).trim().split(" ");
    const stamp = { id, created: `${new Date(created).toISOString().slice(0, 19)}Z` };
    const sbom = (format: string) => succeed("npm", ["sbom", `--sbom-format=${format}`]);
    writeFileSync(join(target, "sbom.spdx.json"), spdxOfBundle(sbom("spdx"), listed, stamp));
    writeFileSync(join(target, "sbom.cyclonedx.json"), cycloneDxOfBundle(sbom("cyclonedx"), listed, stamp));
    return "SPDX and CycloneDX";
  },

  "the executables are what the bundle is": () => {
    succeed("npm", ["run", "build:exec"]);
    const built = readdirSync(join(root, "dist")).filter((name) => /^tracing-sidecar-linux-\w+$/.test(name));
    const native = `tracing-sidecar-linux-${process.arch === "x64" ? "amd64" : process.arch}`;
    mustBeHelp(succeed(join(root, "dist", native), ["--help"]));
    for (const name of built) copyFileSync(join(root, "dist", name), join(target, name));
    // They are Node with the bundle in it, so Node's licences go with them.
    const licence = ["LICENSE", "share/doc/nodejs/LICENSE"]
      .map((path) => join(dirname(process.execPath), "..", path))
      .find((path) => existsSync(path));
    if (licence !== undefined) copyFileSync(licence, join(target, "node-LICENSE.txt"));
    else if (tag !== undefined) throw new Error(`${process.execPath} has no LICENSE beside it`);
    return built.join(", ");
  },

  "the image is what the bundle is": () => {
    const engine = ["podman", "docker"].find((name) => spawnSync(name, ["info"], { stdio: "ignore" }).status === 0);
    if (engine === undefined) throw new Skipped("neither podman nor a running docker");
    const image = `localhost/tracing-sidecar:${version}`;
    succeed(engine, ["build", "--network=host", `--tag=${image}`, root]);
    mustBeHelp(succeed(engine, ["run", "--rm", "--network=none", "--read-only", image, "--help"]));
    return `${image}, by ${engine}`;
  },

  "everything has a checksum": () => {
    const released = readdirSync(target).filter((name) => name !== "SHA256SUMS" && name !== "notes.md");
    writeFileSync(
      join(target, "SHA256SUMS"),
      released.map((name) => `${sha256(join(target, name))}  ${name}\n`).join(""),
    );
    return `${released.length} files in dist/release/`;
  },
};

function mustBeHelp(printed: string): void {
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
