import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/*
 * Whether the built site is up to date. The built site has a hash of the files that it was built from.
 */

const stamp = "site/dist/.inputs";

/** Everything that the site can depend on. */
const inputs = ["*.md", "LICENSE", "deploy", "docs", "examples", "function-config", "scripts", "site", "src"];

/** Reports whether the site was built from the current files, for this path on its server. */
export function isUpToDate(root: string, base: string): boolean {
  const file = join(root, stamp);
  return existsSync(file) && readFileSync(file, "utf8") === hashOfInputs(root, base);
}

/** Records that the site was built from the current files. */
export function markAsBuilt(root: string, base: string): void {
  writeFileSync(join(root, stamp), hashOfInputs(root, base));
}

/** Returns a hash of all files of the inputs that Git doesn't ignore. */
function hashOfInputs(root: string, base: string): string {
  const options = ["ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", ...inputs];
  const { stdout } = spawnSync("git", options, { cwd: root, encoding: "utf8" });
  const hash = createHash("sha256").update(base);
  for (const path of [...new Set(stdout.split("\0"))].sort())
    if (path !== "" && existsSync(join(root, path))) hash.update(`${path}\0`).update(readFileSync(join(root, path)));
  return hash.digest("hex");
}
