import { readdirSync, readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { join, sep } from "node:path";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import {
  DryRunStatus,
  determineHitLimitReached,
  MutantRunStatus,
  TestStatus,
  toMutantRunResult,
} from "@stryker-mutator/api/test-runner";
import { transformSync } from "esbuild";
import { collect } from "./collect.mjs";

/*
 * A test runner for Stryker. It runs the project's tests in one process, so that a mutant takes milliseconds. `node:test`
 * is replaced by a list of tests that can run repeatedly. The project's modules are reloaded only if a mutant requires it.
 */

process.env.PROPERTY_RUNS ??= "25";

/**
 * The files with tests of the core. Excluded, here and by their name in `excludedTests`, are tests of processes, which
 * don't run the mutated code, tests of time, tests of thousands of broken inputs, which would take half a minute for each
 * mutant, and tests with hooks, which `collect` doesn't support.
 */
const files =
  /^(?:yaml|kube|krm|config|plan|pipeline|fuzz)\/(?!api-rules|hostile-|large-input|plan-private-ca|without-node|workload-kinds)[a-z-]+\.test\.ts$/;
const excludedTests =
  /bundle|bytes that are not UTF-8|cost in line|cut off at every byte|the items of the fixtures, for the YAML core/;

/** Sources that cache results between calls. */
const cachingSources = /(?:print|code-units)\.ts$/;

const require = createRequire(import.meta.url);
globalThis.__stryker__ ??= {};
const stryker = globalThis.__stryker__;
const compiled = new Map();

/** Compiles each source once, unless its text changes. */
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

/** Removes the project's modules from the cache, but not the installed packages. */
function clearModules(root) {
  for (const path of Object.keys(require.cache)) {
    if (path.startsWith(root + sep) && !path.includes(`${sep}node_modules${sep}`)) delete require.cache[path];
  }
}

/** Reports whether a mutant is in a source that caches results between calls. */
function cachesResults({ fileName }) {
  return cachingSources.test(fileName);
}

/** Returns the result of a mutant with which the tests can't be loaded. */
function killedByLoading(error) {
  const test = { id: "load", name: "load", timeSpentMs: 0, status: TestStatus.Failed, failureMessage: String(error) };
  return toMutantRunResult({ status: DryRunStatus.Complete, tests: [test] });
}

class InOneProcess {
  /** How long each test took, by its id, in milliseconds. Fast tests run first. */
  #times = new Map();
  /** The tests of the modules that are loaded; undefined if they must not be used again. */
  #loaded;
  /** The ids of the tests that reach a mutant, by the mutant's id. */
  #reaching = new Map();

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    require(require.resolve("fast-check", { paths: [process.cwd()] })).configureGlobal({ endOnFailure: true });
  }

  async dryRun() {
    stryker.activeMutant = undefined;
    const tests = await this.#run(this.#load(true), false);
    for (const [test, mutants] of Object.entries(stryker.mutantCoverage?.perTest ?? {})) {
      for (const id of Object.keys(mutants)) this.#reaching.set(id, [...(this.#reaching.get(id) ?? []), test]);
    }
    return { status: DryRunStatus.Complete, tests, mutantCoverage: stryker.mutantCoverage };
  }

  async mutantRun(options) {
    const { activeMutant, hitLimit } = options;
    const isStatic = options.mutantActivation === "static";
    stryker.activeMutant = undefined;
    stryker.hitLimit = hitLimit;
    const reaching = isStatic ? this.#reaching.get(activeMutant.id) : undefined;
    if (reaching !== undefined) {
      // The mutant is reached while the tests are loaded, but also by tests. Usually one of these kills it without a reload.
      const result = await this.#runLoaded(reaching, options);
      if (result.status !== MutantRunStatus.Survived) return result;
    }
    stryker.hitCount = hitLimit === undefined ? undefined : 0;
    stryker.activeMutant = isStatic ? activeMutant.id : undefined;
    let tests;
    try {
      tests = this.#load(isStatic || options.reloadEnvironment);
    } catch (error) {
      if (!isStatic) throw error;
      return killedByLoading(error);
    } finally {
      // The next mutant must not use results that this one's modules have cached.
      if (isStatic || cachesResults(activeMutant)) this.#loaded = undefined;
    }
    // Properties don't use values that are computed while the modules are loaded. They have already run.
    const rest = reaching === undefined ? tests : tests.filter(({ id }) => !/\/properties-/.test(id));
    return this.#try(rest, options);
  }

  /** Runs the tests with these ids on the modules that are loaded. */
  async #runLoaded(testFilter, options) {
    const result = await this.#try(this.#load(false), { ...options, testFilter });
    if (cachesResults(options.activeMutant)) this.#loaded = undefined;
    return result;
  }

  /** Runs the tests whose ids are in `testFilter`, or all if it is omitted, with the mutant active. Fast tests run first. */
  async #try(tests, { activeMutant, testFilter, hitLimit, disableBail }) {
    const ids = testFilter && new Set(testFilter);
    const chosen = tests
      .filter(({ id }) => ids === undefined || ids.has(id))
      .sort((one, other) => (this.#times.get(one.id) ?? 0) - (this.#times.get(other.id) ?? 0));
    stryker.hitCount = hitLimit === undefined ? undefined : 0;
    stryker.activeMutant = activeMutant.id;
    const results = await this.#run(chosen, !disableBail);
    stryker.activeMutant = undefined;
    const timeout = determineHitLimitReached(stryker.hitCount, hitLimit);
    return toMutantRunResult(timeout ?? { status: DryRunStatus.Complete, tests: results });
  }

  /**
   * Returns all tests.
   *
   * @param reload if true, the modules are loaded again.
   */
  #load(reload) {
    if (this.#loaded !== undefined && !reload) return this.#loaded;
    // Stryker's copy of the project, with the mutants in it.
    const root = process.cwd();
    clearModules(root);
    const folder = join(root, "test");
    this.#loaded = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => files.test(file))
      .sort()
      .flatMap((file) =>
        collect(() => require(join(folder, file)))
          .filter(({ name }) => !excludedTests.test(name))
          .map((test) => ({ ...test, id: `${file} > ${test.name}`, fileName: join(folder, file) })),
      );
    return this.#loaded;
  }

  /**
   * Runs tests in their order.
   *
   * @param bail if true, stops at the first test that fails.
   */
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

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "in-one-process", InOneProcess)];
