import { chmodSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = join(__dirname, "..");
const bundle = "dist/tracing-sidecar.js";

/** Bundles the function into one executable file: the same sources give the same bytes, wherever they lie. */
async function main(): Promise<void> {
  const file = join(root, bundle);
  rmSync(`${file}.LEGAL.txt`, { force: true });
  await build({
    absWorkingDir: root,
    entryPoints: ["src/main.ts"],
    outfile: bundle,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    // Names stay, for the stack trace of a bug.
    minifySyntax: true,
    minifyWhitespace: true,
    // The notices of what is bundled go to a file of their own, where there are any.
    legalComments: "external",
    banner: { js: "#!/usr/bin/env node" },
    logLevel: "warning",
  });
  chmodSync(file, 0o755);
  console.log(`${bundle}: ${(statSync(file).size / 1000).toFixed(1)} kB`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
