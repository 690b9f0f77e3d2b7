import { chmodSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { bundledPackages, thirdPartyLicences } from "./licences";
import { patchedJsYaml } from "./yaml-parser";

const root = join(__dirname, "..");
const bundle = "dist/tracing-sidecar.js";
const licences = "dist/THIRD-PARTY-LICENSES.txt";

/** Bundles the function into one executable file. The same sources give the same bytes in every folder. */
async function main(): Promise<void> {
  const file = join(root, bundle);
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["src/main.ts"],
    outfile: bundle,
    metafile: true,
    bundle: true,
    plugins: [patchedJsYaml],
    platform: "node",
    target: "node20",
    format: "cjs",
    minify: true,
    // The licenses of bundled packages are in a separate file.
    legalComments: "none",
    banner: { js: "#!/usr/bin/env node" },
    logLevel: "warning",
  });
  chmodSync(file, 0o755);
  writeFileSync(join(root, licences), thirdPartyLicences(bundledPackages(metafile, root)));
  console.log(`${bundle}: ${(statSync(file).size / 1000).toFixed(1)} kB`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
