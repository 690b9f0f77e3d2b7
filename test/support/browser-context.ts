import { join } from "node:path";
import { createContext, Script } from "node:vm";
import { build } from "esbuild";
import { patchedJsYaml } from "../../scripts/yaml-parser";

/**
 * Bundles a module for browsers and evaluates it in a context that has, besides JavaScript itself, only what the core
 * uses of a browser: `TextEncoder`, `URL` and `structuredClone`. Nothing of Node is replaced: an import of `node:` is an error,
 * and `Buffer` and `process` don't exist.
 *
 * @param entry the module's path, relative to `src`.
 * @returns its exports.
 */
export async function loadInBrowserContext<Exports>(entry: string): Promise<Exports> {
  const { outputFiles } = await build({
    absWorkingDir: join(__dirname, "..", ".."),
    entryPoints: [`src/${entry}`],
    bundle: true,
    write: false,
    platform: "browser",
    target: "es2022",
    format: "iife",
    globalName: "entry",
    plugins: [patchedJsYaml],
    logLevel: "silent",
  });
  const context = createContext({ TextEncoder, URL, structuredClone });
  return new Script(`${outputFiles[0]?.text}\nentry`, { filename: entry }).runInContext(context) as Exports;
}
