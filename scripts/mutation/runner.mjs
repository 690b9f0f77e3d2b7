import { readdirSync, readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { join, sep } from "node:path";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import {
  DryRunStatus,
  determineHitLimitReached,
  TestStatus,
  toMutantRunResult,
} from "@stryker-mutator/api/test-runner";
import { transformSync } from "esbuild";
import { collect } from "./collect.mjs";

/*
 * A test runner for Stryker: the project's own tests in one process, so that a mutant costs milliseconds. `node:test` is
 * replaced by a list of tests that can be run again, and all modules of the project are loaded anew for each mutant.
 */

process.env.PROPERTY_RUNS ??= "25";

/** Tests of processes, which would not see a mutant, and of the sources as text. */
const left = /^(?:api|architecture|docs|hostile-size|kinds|limits-.*)\.test\.ts$/;
const leftTests = /bundle|bytes that are not UTF-8/;

const require = createRequire(import.meta.url);
globalThis.__stryker__ ??= {};
const stryker = globalThis.__stryker__;
const root = process.cwd();
const compiled = new Map();

/** Sources are compiled once for each text. */
Module._extensions[".ts"] = (module, path) => {
  const source = readFileSync(path, "utf8");
  let code = compiled.get(path);
  if (code?.source !== source) {
    const options = { loader: "ts", format: "cjs", target: "node20", sourcefile: path };
    code = { source, text: transformSync(source, options).code };
    compiled.set(path, code);
  }
  module._compile(code.text, path);
};

/** Forgets every module of the project; what is installed stays. */
function forget() {
  for (const path of Object.keys(require.cache)) {
    if (path.startsWith(root + sep) && !path.includes(`${sep}node_modules${sep}`)) delete require.cache[path];
  }
}

class InOneProcess {
  /** How long each test took, to run the quick ones first. */
  #times = new Map();

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    require(require.resolve("fast-check", { paths: [root] })).configureGlobal({ endOnFailure: true });
  }

  async dryRun() {
    stryker.activeMutant = undefined;
    const tests = await this.#run(this.#load(), false);
    return { status: DryRunStatus.Complete, tests, mutantCoverage: stryker.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail, mutantActivation }) {
    stryker.activeMutant = mutantActivation === "static" ? activeMutant.id : undefined;
    stryker.hitCount = hitLimit === undefined ? undefined : 0;
    stryker.hitLimit = hitLimit;
    const wanted = testFilter && new Set(testFilter);
    let tests;
    try {
      tests = this.#load(testFilter && new Set(testFilter.map(fileOf))).filter(({ id }) => !wanted || wanted.has(id));
    } catch (error) {
      if (mutantActivation !== "static") throw error;
      const failed = {
        id: "load",
        name: "load",
        timeSpentMs: 0,
        status: TestStatus.Failed,
        failureMessage: String(error),
      };
      return toMutantRunResult({ status: DryRunStatus.Complete, tests: [failed] });
    }
    stryker.activeMutant = activeMutant.id;
    tests.sort((one, other) => (this.#times.get(one.id) ?? 0) - (this.#times.get(other.id) ?? 0));
    const results = await this.#run(tests, !disableBail);
    stryker.activeMutant = undefined;
    const timeout = determineHitLimitReached(stryker.hitCount, hitLimit);
    return toMutantRunResult(timeout ?? { status: DryRunStatus.Complete, tests: results });
  }

  /** The tests of all files, or of some. */
  #load(files) {
    forget();
    const folder = join(root, "test");
    return readdirSync(folder)
      .filter((file) => file.endsWith(".test.ts") && !left.test(file) && (!files || files.has(file)))
      .sort()
      .flatMap((file) => {
        const collected = collect(() => require(join(folder, file)));
        return collected
          .filter(({ name }) => !leftTests.test(name))
          .map((test) => ({ ...test, id: `${file} > ${test.name}`, fileName: join(folder, file) }));
      });
  }

  async #run(tests, bail) {
    const results = [];
    for (const { id, name, fileName, run } of tests) {
      stryker.currentTestId = id;
      const start = performance.now();
      let failure;
      try {
        await run();
      } catch (error) {
        failure = error;
      }
      const timeSpentMs = performance.now() - start;
      if (!this.#times.has(id)) this.#times.set(id, timeSpentMs);
      const result = { id, name, fileName, timeSpentMs };
      if (failure === undefined) results.push({ ...result, status: TestStatus.Success });
      else results.push({ ...result, status: TestStatus.Failed, failureMessage: String(failure?.message ?? failure) });
      if (failure !== undefined && bail) break;
    }
    stryker.currentTestId = undefined;
    return results;
  }
}

function fileOf(id) {
  return id.slice(0, id.indexOf(" > "));
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "in-one-process", InOneProcess)];
