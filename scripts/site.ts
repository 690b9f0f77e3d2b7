import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { isUpToDate, markAsBuilt } from "./site/inputs";
import { deadLinks } from "./site/links";
import { writePages } from "./site/pages";
import { buildPlayground } from "./site/playground";

/*
 * Builds the site into site/dist: the documentation with VitePress, and the playground. `--if-changed` builds nothing if the
 * site is up to date. `--serve` serves the site afterwards.
 */

const root = join(__dirname, "..");
const site = join(root, "site");
const dist = join(site, "dist");
/** The path of the site on its server. */
const base = process.env["SITE_BASE"] ?? "/";

async function main(args: readonly string[]): Promise<void> {
  install();
  if (!args.includes("--if-changed") || !isUpToDate(root, base)) await build();
  if (args.includes("--serve")) run("vitepress", "preview", "site");
}

/** Installs the site's packages, unless those of its lock file are installed. */
function install(): void {
  const installed = join(site, "node_modules", ".package-lock.json");
  const lock = join(site, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  execute("npm", ["ci", "--prefix", "site", "--no-audit", "--no-fund"]);
}

async function build(): Promise<void> {
  execute(process.execPath, [tsc, "--project", "site"]);
  writePages(root, join(site, "content"));
  run("vitepress", "build", "site");
  await buildPlayground(join(dist, "playground"));
  const dead = deadLinks(dist, base);
  if (dead.length > 0) throw new Error(`these links have no target:\n${dead.join("\n")}`);
  markAsBuilt(root, base);
  console.log("site/dist: the site");
}

const tsc = join(root, "node_modules", "typescript", "bin", "tsc");

/** Runs a program of the site's packages. */
function run(name: string, ...args: readonly string[]): void {
  execute(join(site, "node_modules", ".bin", name), args);
}

/** @throws Error if the program fails. */
function execute(program: string, args: readonly string[]): void {
  const { status } = spawnSync(program, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`${[program, ...args].join(" ")} failed`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? `error: ${error.message}` : error);
  process.exitCode = 1;
});
