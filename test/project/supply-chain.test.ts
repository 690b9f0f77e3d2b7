import assert from "node:assert/strict";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { allowedLicences, bundledPackages, listedPackages, thirdPartyLicences } from "../../scripts/licences";
import { find, lacks, root, run, temporaryFolder } from "../hosts/support";
import { inputOf } from "../support/fixture";
import { bundle } from "../support/run-bundle";

/*
 * What is shipped holds what it says it holds, and reaches for nothing: no socket, no process, and no file but those
 * that it is given.
 */

describe("the bundle's text", () => {
  const text = readFileSync(bundle, "utf8");

  test("asks for few of Node's modules: none for the network, for processes or for threads", () => {
    const allowed = ["node:buffer", "node:fs", "node:path", "node:tty", "node:util"];
    const wanted = [...text.matchAll(/(?<![\w"'`])require\((.*?)\)/g)].map(([, module = ""]) =>
      module.replace(/^["'`]|["'`]$/g, ""),
    );
    assert.ok(wanted.includes("node:fs"), "the calls are found");
    assert.deepEqual(
      // The command line's part takes the function's modules from around it (scripts/on-demand.ts).
      wanted.filter((module) => !allowed.includes(module) && !/^src\/[\w/-]+\.ts$/.test(module)),
      [],
    );
  });

  test("makes no code at run time, and uses none of what Node offers without a module for the network", () => {
    const found = text.match(
      /\beval\(|new Function\(|\bimport\(|process\.binding|\bfetch\(|\bWebSocket\b|getBuiltinModule/g,
    );
    assert.deepEqual(found, null);
  });
});

/** What a program did, as strace saw it. */
interface Trace {
  readonly status: number | null;
  readonly stdout: string;
  readonly lines: readonly string[];
}

const traced = "trace=%network,%process,%file";

/** Runs a script of Node's under strace. */
function trace(t: TestContext, script: string, input = "", scriptArgs: readonly string[] = []): Trace {
  const log = join(temporaryFolder(t), "trace");
  const args = [
    "-f",
    "-qq",
    "-s",
    "4096",
    "-e",
    traced,
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

/** The system calls of some names. */
function calls({ lines }: Trace, names: RegExp): string[] {
  return lines.flatMap((line) => {
    const [, call = "", name = ""] = /^\d+ +((\w+)\(.*)$/.exec(line) ?? [];
    return names.test(name) ? [call] : [];
  });
}

/** The paths that calls name. */
function paths(trace: Trace): Set<string> {
  return new Set(calls(trace, /./).flatMap((call) => /"([^"]*)"/.exec(call)?.[1] ?? []));
}

describe("the bundle's system calls", () => {
  /** The bundle, and for comparison a script that does nothing, under one name in folders of one shape. */
  const runs = (t: TestContext) => {
    const folder = temporaryFolder(t);
    const script = join(folder, "script.js");
    writeFileSync(script, "");
    const nothing = trace(t, script);
    copyFileSync(bundle, script);
    const ours = trace(t, script, inputOf("article"));
    rmSync(script);
    assert.deepEqual([nothing.status, ours.status], [0, 0]);
    assert.match(ours.stdout, /^kind: ResourceList$/m, "it did its work");
    return { nothing, ours };
  };

  test("open no socket", (t) => {
    if (lacks(t, "strace")) return;
    const network = /^(?:socket|socketpair|connect|bind|listen|accept4?|sendto|sendmsg|recvfrom|recvmsg)$/;
    assert.deepEqual(calls(runs(t).ours, network), []);
  });

  test("start no process: what they start are the threads of Node itself", (t) => {
    if (lacks(t, "strace")) return;
    const { nothing, ours } = runs(t);
    const starts = (trace: Trace) => calls(trace, /^(?:execve|execveat|fork|vfork|clone|clone3)$/);
    const [first = "", ...others] = starts(ours);
    assert.match(first, /^execve\("/, "strace itself starts the program");
    for (const call of others) assert.match(call, /^clone3?\(.*CLONE_THREAD/);
    assert.equal(starts(ours).length, starts(nothing).length);
  });

  test("touch no file but those that Node itself does", (t) => {
    if (lacks(t, "strace")) return;
    const { nothing, ours } = runs(t);
    assert.ok(paths(nothing).size > 5, "paths are found");
    assert.deepEqual(
      [...paths(ours)].filter((path) => !paths(nothing).has(path)),
      [],
    );
  });

  test("write, rename and remove nothing", (t) => {
    if (lacks(t, "strace")) return;
    const { ours } = runs(t);
    const changing =
      /^(?:creat|rename\w*|unlink\w*|mkdir\w*|rmdir|link\w*|symlink\w*|truncate|chmod|chown|fchmodat|mknod\w*)$/;
    assert.deepEqual(calls(ours, changing), []);
    const opened = calls(ours, /^openat2?$|^open$/).filter((call) => /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(call));
    assert.deepEqual(opened, []);
  });

  test("on the command line touch the files that are named, and no other beside them", (t) => {
    if (lacks(t, "strace")) return;
    const folder = temporaryFolder(t, "examples/migration/jaeger-operator");
    const [configuration, manifest] = [join(folder, "tracing.yaml"), join(folder, "workload.yaml")];
    const script = join(folder, "script.js");
    writeFileSync(script, "");
    const nothing = trace(t, script);
    copyFileSync(bundle, script);
    const touched = (...flags: readonly string[]) => {
      const ours = trace(t, script, "", ["-c", configuration, manifest, ...flags]);
      assert.equal(ours.status, 0);
      assert.deepEqual(calls(ours, /^(?:socket|connect|execveat|fork|vfork)$/), []);
      return [...paths(ours)].filter((path) => !paths(nothing).has(path)).sort();
    };
    assert.deepEqual(touched(), [configuration, manifest]);
    assert.ok(!readFileSync(manifest, "utf8").includes("jaeger-agent"), "without --write nothing is written");

    const written = touched("--write").map((path) => path.replace(/\.\d+\.tmp$/, ".PID.tmp"));
    assert.deepEqual(written, [join(folder, ".workload.yaml.PID.tmp"), configuration, manifest]);
    assert.ok(readFileSync(manifest, "utf8").includes("jaeger-agent"));
  });

  test("are seen where there are any: a script that opens a socket, starts a process and reads a file", (t) => {
    if (lacks(t, "strace")) return;
    const script = join(temporaryFolder(t), "script.js");
    writeFileSync(
      script,
      `require("node:net").connect(1, "127.0.0.1").on("error", () => {});
       require("node:child_process").spawnSync("true");
       require("node:fs").readFileSync(${JSON.stringify(join(root, "LICENSE"))});`,
    );
    const seen = trace(t, script);
    assert.ok(calls(seen, /^connect$/).length > 0);
    assert.ok(calls(seen, /^execve$/).length > 1);
    assert.ok(paths(seen).has(join(root, "LICENSE")));
  });
});

describe("THIRD-PARTY-LICENSES.txt", () => {
  const text = readFileSync(join(root, "dist", "THIRD-PARTY-LICENSES.txt"), "utf8");
  const listed = listedPackages(text);

  test("names what is bundled in the version of the lock file, under licences that allow it", () => {
    const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
    assert.ok(listed.some(({ name }) => name === "js-yaml"));
    for (const { name, version, license } of listed) {
      assert.equal(lock.packages[`node_modules/${name}`]?.version, version, name);
      assert.match(license, allowedLicences, name);
      assert.ok(text.includes(`\n${name} ${version}\n${"=".repeat(80)}\n\n`), `the text of ${name}'s licence`);
    }
  });

  test("lists a package of which a byte is in the output, and no other", () => {
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

  test("is not written for a package without a text of its licence", (t) => {
    const folder = temporaryFolder(t);
    const inputs = { "node_modules/bare/index.js": { bytesInOutput: 1 } };
    assert.throws(() => bundledPackages({ outputs: { "dist/x.js": { inputs } } }, folder), /bare/);
  });
});
