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
 * A test runner for Stryker: the project's own tests in one process, so that a mutant costs milliseconds. `node:test` is
 * replaced by a list of tests that can be run again; the project's modules are loaded anew only where a mutant needs it.
 */

process.env.PROPERTY_RUNS ??= "25";

/**
 * The tests of the core. Left out are those of processes, which would not see a mutant, of time, and those that try
 * thousands of broken inputs, for which a mutant would wait half a minute.
 */
const files = /^(?:yaml|kube|krm|config|plan|pipeline|fuzz)\/(?!hostile-|large-input)[a-z-]+\.test\.ts$/;
const leftTests = /bundle|bytes that are not UTF-8|cost in line|cut off at every byte|the fixtures, for the YAML core/;

/** A source that keeps what it made for the next call. */
const keepsResults = /(?:print|utf16)\.ts$/;

const require = createRequire(import.meta.url);
globalThis.__stryker__ ??= {};
const stryker = globalThis.__stryker__;
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
function forget(root) {
  for (const path of Object.keys(require.cache)) {
    if (path.startsWith(root + sep) && !path.includes(`${sep}node_modules${sep}`)) delete require.cache[path];
  }
}

class InOneProcess {
  /** How long each test took, to run the quick ones first. */
  #times = new Map();
  #loaded;
  /** The tests that reach a mutant, by its id. */
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

  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail, mutantActivation, reloadEnvironment }) {
    const isStatic = mutantActivation === "static";
    const keeps = keepsResults.test(activeMutant.fileName);
    stryker.activeMutant = undefined;
    stryker.hitLimit = hitLimit;
    const reaching = isStatic ? this.#reaching.get(activeMutant.id) : undefined;
    if (reaching !== undefined) {
      // Reached while the tests are loaded, but also by tests: most often one of these sees it, without loading anew.
      const result = await this.#try(activeMutant, this.#load(false), reaching, hitLimit, disableBail);
      if (keeps) this.#loaded = undefined;
      if (result.status !== MutantRunStatus.Survived) return result;
    }
    stryker.hitCount = hitLimit === undefined ? undefined : 0;
    stryker.activeMutant = isStatic ? activeMutant.id : undefined;
    let tests;
    try {
      tests = this.#load(isStatic || reloadEnvironment);
    } catch (error) {
      if (!isStatic) throw error;
      const test = {
        id: "load",
        name: "load",
        timeSpentMs: 0,
        status: TestStatus.Failed,
        failureMessage: String(error),
      };
      return toMutantRunResult({ status: DryRunStatus.Complete, tests: [test] });
    } finally {
      // What it has cached must not be read by the next one.
      if (isStatic || keeps) this.#loaded = undefined;
    }
    // Properties take nothing from what was loaded: they have been tried.
    const rest = reaching === undefined ? tests : tests.filter(({ id }) => !/\/properties-/.test(id));
    return this.#try(activeMutant, rest, testFilter, hitLimit, disableBail);
  }

  /** Runs those of the tests that are named, or all, the quick ones first. */
  async #try(activeMutant, tests, testFilter, hitLimit, disableBail) {
    const wanted = testFilter && new Set(testFilter);
    const chosen = tests
      .filter(({ id }) => wanted === undefined || wanted.has(id))
      .sort((one, other) => (this.#times.get(one.id) ?? 0) - (this.#times.get(other.id) ?? 0));
    stryker.hitCount = hitLimit === undefined ? undefined : 0;
    stryker.activeMutant = activeMutant.id;
    const results = await this.#run(chosen, !disableBail);
    stryker.activeMutant = undefined;
    const timeout = determineHitLimitReached(stryker.hitCount, hitLimit);
    return toMutantRunResult(timeout ?? { status: DryRunStatus.Complete, tests: results });
  }

  /** All tests; loaded anew where what is loaded must not be used again. */
  #load(anew) {
    if (this.#loaded !== undefined && !anew) return this.#loaded;
    // Stryker's copy of the project, with the mutants in it.
    const root = process.cwd();
    forget(root);
    const folder = join(root, "test");
    this.#loaded = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => files.test(file))
      .sort()
      .flatMap((file) =>
        collect(() => require(join(folder, file)))
          .filter(({ name }) => !leftTests.test(name))
          .map((test) => ({ ...test, id: `${file} > ${test.name}`, fileName: join(folder, file) })),
      );
    return this.#loaded;
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

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "in-one-process", InOneProcess)];
