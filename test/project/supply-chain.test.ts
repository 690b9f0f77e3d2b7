import assert from "node:assert/strict";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { allowedLicences, bundledPackages, listedPackages, thirdPartyLicences } from "../../scripts/licences";
import { find, lacks, root, run, temporaryFolder } from "../hosts/support";
import { inputOf } from "../support/fixture";
import { bundle } from "../support/run-bundle";

/*
 * The release contains exactly what it lists, and the program uses no socket, no process, and only the files that it is
 * given.
 */

describe("the bundle's text", () => {
  const text = readFileSync(bundle, "utf8");

  test("requires only a few modules of Node, none for network, processes or threads", () => {
    const allowed = ["node:buffer", "node:fs", "node:path", "node:tty", "node:util"];
    const required = [...text.matchAll(/(?<![\w"'`])require\((.*?)\)/g)].map(([, module = ""]) =>
      module.replace(/^["'`]|["'`]$/g, ""),
    );
    assert.ok(required.includes("node:fs"), "the calls must be found");
    assert.deepEqual(
      required.filter((module) => !allowed.includes(module)),
      [],
    );
  });

  test("doesn't generate code at run time, and doesn't use Node's global network functions", () => {
    const matches = text.match(
      /\beval\(|new Function\(|\bimport\(|process\.binding|\bfetch\(|\bWebSocket\b|getBuiltinModule/g,
    );
    assert.deepEqual(matches, null);
  });
});

/** The outcome of a program, and its system calls as recorded by strace. */
interface Trace {
  readonly status: number | null;
  readonly stdout: string;
  readonly lines: readonly string[];
}

const traceFilter = "trace=%network,%process,%file";

/** Runs a script with Node under strace. */
function trace(t: TestContext, script: string, input = "", scriptArgs: readonly string[] = []): Trace {
  const log = join(temporaryFolder(t), "trace");
  const args = [
    "-f",
    "-qq",
    "-s",
    "4096",
    "-e",
    traceFilter,
    "-e",
    "signal=none",
    "-o",
    log,
    process.execPath,
    script,
    ...scriptArgs,
  ];
  const { status, stdout } = run(find("strace") as string, args, { input });
  return { status, stdout, lines: readFileSync(log, "utf8").split("\n") };
}

/** Returns the system calls whose names match. */
function calls({ lines }: Trace, names: RegExp): string[] {
  return lines.flatMap((line) => {
    const [, call = "", name = ""] = /^\d+ +((\w+)\(.*)$/.exec(line) ?? [];
    return names.test(name) ? [call] : [];
  });
}

/**
 * glibc and V8 read files about the processors here: glibc at the first allocation in a second thread, V8 in Node 26 to
 * measure time. When they do so depends on chance.
 */
const processors = "/sys/devices/system/cpu/";

/** Returns the paths in the arguments of the system calls. */
function paths(trace: Trace): Set<string> {
  const all = calls(trace, /./).flatMap((call) => /"([^"]*)"/.exec(call)?.[1] ?? []);
  return new Set(all.filter((path) => !path.startsWith(processors)));
}

describe("the bundle's system calls", () => {
  /** Traces the bundle, and for comparison an empty script under the same path. */
  const runs = (t: TestContext) => {
    const folder = temporaryFolder(t);
    const script = join(folder, "script.js");
    writeFileSync(script, "");
    const baseline = trace(t, script);
    copyFileSync(bundle, script);
    const actual = trace(t, script, inputOf("article"));
    rmSync(script);
    assert.deepEqual([baseline.status, actual.status], [0, 0]);
    assert.match(actual.stdout, /^kind: ResourceList$/m, "it must have produced its output");
    return { baseline, actual };
  };

  test("open no socket", (t) => {
    if (lacks(t, "strace")) return;
    const network = /^(?:socket|socketpair|connect|bind|listen|accept4?|sendto|sendmsg|recvfrom|recvmsg)$/;
    assert.deepEqual(calls(runs(t).actual, network), []);
  });

  test("start no process, only Node's own threads", (t) => {
    if (lacks(t, "strace")) return;
    const { baseline, actual } = runs(t);
    const starts = (trace: Trace) => calls(trace, /^(?:execve|execveat|fork|vfork|clone|clone3)$/);
    const [first = "", ...others] = starts(actual);
    assert.match(first, /^execve\("/, "the first call must be strace starting the program");
    for (const call of others) assert.match(call, /^clone3?\(.*CLONE_THREAD/);
    assert.equal(starts(actual).length, starts(baseline).length);
  });

  test("access only the files that Node itself accesses", (t) => {
    if (lacks(t, "strace")) return;
    const { baseline, actual } = runs(t);
    assert.ok(paths(baseline).size > 5, "the paths must be found");
    assert.deepEqual(
      [...paths(actual)].filter((path) => !paths(baseline).has(path)),
      [],
    );
  });

  test("don't write, rename or remove any file", (t) => {
    if (lacks(t, "strace")) return;
    const { actual } = runs(t);
    const changing =
      /^(?:creat|rename\w*|unlink\w*|mkdir\w*|rmdir|link\w*|symlink\w*|truncate|chmod|chown|fchmodat|mknod\w*)$/;
    assert.deepEqual(calls(actual, changing), []);
    const opened = calls(actual, /^openat2?$|^open$/).filter((call) => /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(call));
    assert.deepEqual(opened, []);
  });

  test("access only the given files when used on the command line", (t) => {
    if (lacks(t, "strace")) return;
    const folder = temporaryFolder(t, "examples/migration/jaeger-operator");
    const [configuration, manifest] = [join(folder, "tracing.yaml"), join(folder, "workload.yaml")];
    const script = join(folder, "script.js");
    writeFileSync(script, "");
    const baseline = trace(t, script);
    copyFileSync(bundle, script);
    const accessed = (...flags: readonly string[]) => {
      const actual = trace(t, script, "", ["-c", configuration, manifest, ...flags]);
      assert.equal(actual.status, 0);
      assert.deepEqual(calls(actual, /^(?:socket|connect|execveat|fork|vfork)$/), []);
      return [...paths(actual)].filter((path) => !paths(baseline).has(path)).sort();
    };
    assert.deepEqual(accessed(), [configuration, manifest]);
    assert.ok(
      !readFileSync(manifest, "utf8").includes("jaeger-agent"),
      "without --write, the file must stay unchanged",
    );

    const written = accessed("--write").map((path) => path.replace(/\.\d+\.tmp$/, ".PID.tmp"));
    assert.deepEqual(written, [join(folder, ".workload.yaml.PID.tmp"), configuration, manifest]);
    assert.ok(readFileSync(manifest, "utf8").includes("jaeger-agent"));
  });

  test("are detected in a script that opens a socket, starts a process and reads a file", (t) => {
    if (lacks(t, "strace")) return;
    const script = join(temporaryFolder(t), "script.js");
    writeFileSync(
      script,
      `require("node:net").connect(1, "127.0.0.1").on("error", () => {});
       require("node:child_process").spawnSync("true");
       require("node:fs").readFileSync(${JSON.stringify(join(root, "LICENSE"))});`,
    );
    const traced = trace(t, script);
    assert.ok(calls(traced, /^connect$/).length > 0);
    assert.ok(calls(traced, /^execve$/).length > 1);
    assert.ok(paths(traced).has(join(root, "LICENSE")));
  });
});

describe("THIRD-PARTY-LICENSES.txt", () => {
  const text = readFileSync(join(root, "dist", "THIRD-PARTY-LICENSES.txt"), "utf8");
  const listed = listedPackages(text);

  test("lists the bundled packages in the versions of the lock file, with licenses that are allowed", () => {
    const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
    assert.ok(listed.some(({ name }) => name === "js-yaml"));
    for (const { name, version, license } of listed) {
      assert.equal(lock.packages[`node_modules/${name}`]?.version, version, name);
      assert.match(license, allowedLicences, name);
      assert.ok(text.includes(`\n${name} ${version}\n${"=".repeat(80)}\n\n`), `the license text of ${name}`);
    }
  });

  test("lists only packages that contribute at least one byte to the output", () => {
    const inputs = {
      "node_modules/js-yaml/dist/js-yaml.mjs": { bytesInOutput: 10 },
      "node_modules/ajv/dist/ajv.js": { bytesInOutput: 0 },
      "src/main.ts": { bytesInOutput: 10 },
    };
    const packages = bundledPackages({ outputs: { "dist/x.js": { inputs } } }, root);
    assert.deepEqual(
      packages.map(({ name }) => name),
      ["js-yaml"],
    );
    assert.match(thirdPartyLicences(packages), /Permission is hereby granted/);
  });

  test("isn't written for a package without a license text", (t) => {
    const folder = temporaryFolder(t);
    const inputs = { "node_modules/bare/index.js": { bytesInOutput: 1 } };
    assert.throws(() => bundledPackages({ outputs: { "dist/x.js": { inputs } } }, folder), /bare/);
  });
});
