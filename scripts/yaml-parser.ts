import { readFileSync } from "node:fs";
import { build, type Plugin } from "esbuild";

/** A change of js-yaml's source. `before` must occur in it exactly once. */
interface Patch {
  readonly before: string;
  readonly after: string;
}

/**
 * js-yaml requires that every line of a flow collection or a quoted scalar is indented further than its key. libyaml, and
 * so kubectl and everything that builds on it, ignores the indentation of such lines (libyaml `src/scanner.c`: within
 * a flow collection, `yaml_parser_unroll_indent` returns at once, and quoted scalars aren't compared with it). With these
 * patches, js-yaml treats a line that isn't indented enough as if it were.
 */
const patches: readonly Patch[] = [
  // Between the lines of a quoted scalar.
  {
    before: 'if (state.lineIndent < nodeIndent) throwError(state, "deficient indentation");',
    after: "if (state.lineIndent < nodeIndent) state.lineIndent = nodeIndent;",
  },
  // Between the tokens of a flow collection. Tabs can indent them.
  {
    before:
      'if (state.line > startLine && state.lineIndent < nodeIndent || state.firstTabInLine !== -1 && state.lineIndent < nodeIndent) throwError(state, "deficient indentation");',
    after: "if (state.line > startLine && state.lineIndent < nodeIndent) state.lineIndent = nodeIndent;",
  },
  // Between the lines of a plain scalar in a flow collection.
  {
    before: "if (state.lineIndent >= nodeIndent) {\n\t\t\t\tmultiline = true;",
    after:
      "if (inFlow && state.lineIndent < nodeIndent) state.lineIndent = nodeIndent;\n\t\t\tif (state.lineIndent >= nodeIndent) {\n\t\t\t\tmultiline = true;",
  },
  // The parser's state. V8 handles an object that starts with spreads several times slower than one that ends with them.
  { before: "const state = {\n\t\t...DEFAULT_PARSER_OPTIONS,\n\t\t...options,\n", after: "const state = {\n" },
  { before: "events: []\n\t};", after: "events: [],\n\t\t...DEFAULT_PARSER_OPTIONS,\n\t\t...options\n\t};" },
];

/**
 * Patches js-yaml in a bundle.
 *
 * @throws Error if the installed js-yaml doesn't have the code that a patch replaces.
 */
export const patchedJsYaml: Plugin = {
  name: "patched js-yaml",
  setup(build) {
    build.onLoad({ filter: /js-yaml\.mjs$/ }, ({ path }) => {
      return { contents: patches.reduce(apply, readFileSync(path, "utf8")), loader: "js" };
    });
    // The generated module is for ts-node. In a bundle, it would be a second copy.
    build.onResolve({ filter: /\/generated\/parse-events$/ }, ({ resolveDir, kind }) =>
      build.resolve("js-yaml", { resolveDir, kind }),
    );
  },
};

/** Returns a TypeScript module with js-yaml's `parseEvents`, patched, and the exception that it throws. */
export async function yamlParser(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: 'export { parseEvents, YAMLException } from "js-yaml";', resolveDir: __dirname },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "node20",
    legalComments: "none",
    plugins: [patchedJsYaml],
  });
  return `// Generated from js-yaml by scripts/yaml-parser.ts.
// @ts-nocheck: plain JavaScript except for its export.
import type * as yaml from "js-yaml";
${outputFiles[0]?.text.replace(/\nexport \{[^}]*\};\n$/, "")}
/** js-yaml's \`parseEvents\`, which also reads flow collections and quoted scalars with any indentation. */
const parse: typeof yaml.parseEvents = parseEvents;
const ParseError: typeof yaml.YAMLException = YAMLException;
export { parse as parseEvents, ParseError as YAMLException };
`;
}

function apply(source: string, { before, after }: Patch): string {
  const parts = source.split(before);
  if (parts.length !== 2)
    throw new Error(`js-yaml's source contains this code ${parts.length - 1} times, not once:\n${before}`);
  return parts.join(after);
}
