import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { readTree } from "../hosts/support";

/**
 * Returns the folder of the programs that a script built from the current version of a folder with `build-programs.sh`,
 * or undefined if they aren't built.
 *
 * @param sources The folder of the script.
 * @param target The name of the folder below `~/.cache/tracing-sidecar` that the script builds into.
 */
export function findBuilt(sources: string, target: string, folder: string): string | undefined {
  const hash = createHash("sha256");
  for (const text of readTree(join(sources, folder)).values()) hash.update(text);
  const version = hash.digest("hex").slice(0, 12);
  const home = join(homedir(), ".cache/tracing-sidecar", target, `${folder}-${version}`);
  return existsSync(join(home, ".complete")) ? home : undefined;
}
