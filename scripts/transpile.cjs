const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { join, relative } = require("node:path");
const ts = require("typescript");

/*
 * A transpiler for ts-node that compiles a file only if its text or the settings have changed. `npm test` runs one process
 * per folder of tests, and these processes load many of the same modules.
 */

const folder = join(__dirname, "..", "node_modules", ".cache", "ts-node");

/**
 * Called by ts-node (`transpiler` in tsconfig.json).
 *
 * @param {import("ts-node").CreateTranspilerOptions} options
 * @returns {import("ts-node").Transpiler}
 */
exports.create = ({ service: { config } }) => {
  mkdirSync(folder, { recursive: true });
  // Without the paths, copies of the project share the cached output.
  const { configFilePath: _, outDir: __, ...withoutPaths } = config.options;
  const settings = JSON.stringify([ts.version, withoutPaths]);
  return {
    transpile(source, { fileName }) {
      const key = hash(settings + source);
      const file = join(folder, `${hash(relative(__dirname, fileName))}.json`);
      const cached = read(file);
      if (cached?.key === key) return cached;
      const options = { fileName, compilerOptions: config.options, reportDiagnostics: true };
      const { diagnostics = [], ...output } = ts.transpileModule(source, options);
      if (diagnostics.length === 0) write(file, JSON.stringify({ key, ...output }));
      return { diagnostics, ...output };
    },
  };
};

function hash(text) {
  return createHash("sha256").update(text).digest("hex");
}

/** Returns the output in a file, or undefined if the file doesn't exist or isn't complete. */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** Writes a file in one step, because other processes may be reading it. */
function write(file, text) {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}
