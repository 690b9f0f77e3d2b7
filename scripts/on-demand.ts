import { join, relative } from "node:path";
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";

/**
 * Returns an esbuild plugin that bundles the command line so that a run of the function neither parses nor initializes it.
 * esbuild's own dynamic imports also wrap every module that is shared, which cost each run 6 ms of 92. So the command line
 * is bundled separately, as a function that V8 only preparses, and gets the modules of the function from the outer bundle.
 *
 * @param root the project's folder.
 * @param options the options of the bundle.
 * @param metafiles the plugin adds the metafile of the command line's part.
 */
export function onDemand(root: string, options: BuildOptions, metafiles: Metafile[]): Plugin {
  return {
    name: "the command line on demand",
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]src[\\/]cli[\\/]load-command-line\.ts$/ }, async () => {
        const inner = { ...options, bundle: true, write: false, metafile: true, outdir: "dist", banner: {} } as const;
        const core = await build({ ...inner, entryPoints: ["src/pipeline/run.ts"] });
        const shared = new Set(Object.keys(core.metafile.inputs));
        const used = new Set<string>();
        const nodeModules = new Set<string>();
        const fromOuterBundle: Plugin = {
          name: "modules of the function",
          setup({ onResolve }) {
            onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
              const file = `${relative(root, join(resolveDir, path)).replaceAll("\\", "/")}.ts`;
              if (!shared.has(file)) return undefined;
              used.add(file);
              return { path: file, external: true };
            });
            onResolve({ filter: /^node:/ }, ({ path }) => {
              nodeModules.add(path);
              return { path, external: true };
            });
          },
        };
        const entryPoints = ["src/cli/index.ts"];
        const { outputFiles, metafile } = await build({
          ...inner,
          entryPoints,
          plugins: [...(options.plugins ?? []), fromOuterBundle],
        });
        metafiles.push(metafile);
        const files = [...used].sort();
        const imports = files.map((file, i) => `import * as shared${i} from ${JSON.stringify(join(root, file))};`);
        const entries = [
          ...files.map((file, i) => `${JSON.stringify(file)}: () => shared${i}`),
          ...[...nodeModules].sort().map((name) => `${JSON.stringify(name)}: () => require(${JSON.stringify(name)})`),
        ];
        const contents = `${imports.join("\n")}
export function loadCommandLine() {
  const around = { ${entries.join(", ")} };
  const module = { exports: {} };
  (function (require, module, exports) {
${outputFiles[0]?.text}
  })((name) => around[name](), module, module.exports);
  return module.exports;
}
`;
        return { contents, loader: "js", resolveDir: root };
      });
    },
  };
}
