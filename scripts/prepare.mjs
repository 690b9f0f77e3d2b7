import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/*
 * Builds the bundle when npm installs the package from a clone of the repository, as pre-commit does: dist/ isn't in Git.
 * npm runs this script for a clone, but not for a package from the registry.
 *
 * With `npm install --global`, npm runs it without the packages that the build needs (npm/cli#8440), and passes `global` to
 * this process.
 */

const root = fileURLToPath(new URL("..", import.meta.url));

function npm(...args) {
  const { status, error } = spawnSync("npm", args, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(`${root}node_modules/esbuild`))
  npm("ci", "--global=false", "--ignore-scripts", "--include=dev", "--prefer-offline", "--no-audit", "--no-fund");
npm("run", "--silent", "build");
