import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { checksums } from "../../scripts/release-files";
import { executable, lacksExecutable } from "./executable-file";
import { find, lacks, type Outcome, root, temporaryFolder } from "./support";

/*
 * install.sh, with a server that has a release as GitHub does: /latest/download/FILE and /download/vX.Y.Z/FILE.
 */

const script = join(root, "install.sh");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };
const file = `tracing-sidecar-linux-${process.arch === "x64" ? "amd64" : "arm64"}`;
/** Enough of a program for what isn't about the executable. */
const program = "#!/bin/sh\necho 1.2.3\n";
/** What the script and its users need, apart from what downloads and verifies. */
const basics = ["cat", "chmod", "grep", "mkdir", "mktemp", "mv", "rm", "sed", "uname"];

/** A server on this machine. */
interface Running {
  readonly url: string;
  /** The requests that it has got. */
  readonly requests: string[];
}

function listen(t: TestContext, server: Server, requests: string[]): Promise<Running> {
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests });
    });
  });
}

/** Answers a request for a file of the release differently, if it returns true. */
type Fault = (name: string, response: ServerResponse) => boolean;

/** Serves the files of a folder as a release. */
function serve(t: TestContext, folder: string, fault: Fault = () => false): Promise<Running> {
  const requests: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    requests.push(url);
    const name = /^\/(?:latest\/download|download\/v\d+\.\d+\.\d+)\/([\w.-]+)$/.exec(url)?.[1] ?? "";
    if (fault(name, response)) return;
    const path = join(folder, name);
    if (name === "" || !existsSync(path)) response.writeHead(404).end("not found");
    else response.end(readFileSync(path));
  });
  return listen(t, server, requests);
}

/** Returns a folder with the files of a release. */
function release(t: TestContext, content: string | Buffer = program): string {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, file), content);
  writeFileSync(join(folder, "SHA256SUMS"), checksums(folder));
  return folder;
}

/** Returns a folder for the PATH with only these programs: the machine's, or scripts with the given text. */
function programs(t: TestContext, names: readonly string[], scripts: Readonly<Record<string, string>> = {}): string {
  const folder = temporaryFolder(t);
  for (const name of names) symlinkSync(find(name) as string, join(folder, name));
  for (const [name, text] of Object.entries(scripts))
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return folder;
}

type Env = Readonly<Record<string, string>>;

/** Runs a shell with the script, while the server of this process answers. */
function install(env: Env, shell: readonly string[] = ["sh"], path = script): Promise<Outcome> {
  const [name = "", ...args] = shell;
  return new Promise((resolve) => {
    execFile(find(name) as string, [...args, path], { env, cwd: "/" }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : (error.code as unknown as number), stdout, stderr });
    });
  });
}

/** An environment with a new home folder whose name has a space. */
function environment(t: TestContext, { url }: Running, more: Env = {}): Env & { readonly HOME: string } {
  const HOME = join(temporaryFolder(t), "my home");
  mkdirSync(HOME);
  return { HOME, PATH: process.env["PATH"] ?? "", TRACING_SIDECAR_BASE_URL: url, ...more };
}

const installed = ({ HOME }: { readonly HOME: string }) => join(HOME, ".local/bin/tracing-sidecar");

/** Fails unless the script ended with an error, and left nothing. */
function requireNothing({ status, stderr }: Outcome, env: { readonly HOME: string }, message: RegExp): void {
  assert.match(stderr, message);
  assert.equal(status, 1);
  const folder = join(env.HOME, ".local/bin");
  assert.deepEqual(existsSync(folder) ? readdirSync(folder) : [], []);
}

test("install.sh passes shellcheck", (t) => {
  if (lacks(t, "shellcheck")) return;
  const { status, stdout } = spawnSync(find("shellcheck") as string, [script], { encoding: "utf8" });
  assert.equal(status, 0, stdout);
});

describe("install.sh", () => {
  test("installs the executable of the latest release, and says what it verified and how to start it", async (t) => {
    if (lacksExecutable(t)) return;
    const server = await serve(t, release(t, readFileSync(executable)));
    const env = environment(t, server);
    const { status, stdout, stderr } = await install(env);
    assert.deepEqual([status, stderr], [0, ""]);
    const folder = join(env.HOME, ".local/bin");
    assert.equal(
      stdout,
      `Downloading ${server.url}/latest/download/${file}
Verified the checksum.
Didn't verify who built the file: this needs a current version of gh (GitHub CLI) or cosign.
Installed tracing-sidecar ${version} to ${folder}/tracing-sidecar
The folder isn't on your PATH. To add the folder, run this command, and add the command to the profile of your shell:
  export PATH='${folder}':"$PATH"
`,
    );
    assert.deepEqual(readdirSync(folder), ["tracing-sidecar"]);
    const shown = `export PATH='${folder}':"$PATH" && tracing-sidecar version`;
    assert.equal(spawnSync("sh", ["-c", shown], { env, encoding: "utf8" }).stdout, `${version}\n`);
  });

  for (const pinned of ["1.2.3", "v1.2.3"]) {
    test(`installs the version ${pinned} to another folder, and replaces a link to an older one`, async (t) => {
      const server = await serve(t, release(t));
      const folder = join(temporaryFolder(t), "bin");
      mkdirSync(folder);
      const older = join(temporaryFolder(t), "older");
      writeFileSync(older, "older");
      symlinkSync(older, join(folder, "tracing-sidecar"));
      const variables = { TRACING_SIDECAR_VERSION: pinned, TRACING_SIDECAR_INSTALL_DIR: `${folder}/` };
      const PATH = [folder, process.env["PATH"]].join(delimiter);
      const { status, stdout } = await install(environment(t, server, { ...variables, PATH }));
      assert.equal(status, 0);
      assert.match(stdout, /to \/.*\/tracing-sidecar\n$/, "nothing more to say");
      assert.deepEqual(server.requests, [`/download/v1.2.3/SHA256SUMS`, `/download/v1.2.3/${file}`]);
      assert.equal(readFileSync(join(folder, "tracing-sidecar"), "utf8"), program);
      assert.equal(readFileSync(older, "utf8"), "older");
    });
  }

  test("installs the latest release if the version is latest", async (t) => {
    const server = await serve(t, release(t));
    const env = environment(t, server, { TRACING_SIDECAR_VERSION: "latest" });
    assert.equal((await install(env)).status, 0);
    assert.deepEqual(server.requests, ["/latest/download/SHA256SUMS", `/latest/download/${file}`]);
    assert.equal(readFileSync(installed(env), "utf8"), program);
  });

  test("accepts a list of checksums with CRLF", async (t) => {
    const folder = release(t);
    const list = join(folder, "SHA256SUMS");
    writeFileSync(list, readFileSync(list, "utf8").replaceAll("\n", "\r\n"));
    const env = environment(t, await serve(t, folder));
    const { status, stdout, stderr } = await install(env);
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, /^Verified the checksum\.$/m);
  });

  for (const [ends, onPath] of [
    ["", "/"],
    ["//", ""],
    ["/", "//"],
  ] as const)
    test(`finds the folder on the PATH, whatever slashes end it: "${ends}" and "${onPath}"`, async (t) => {
      const folder = join(temporaryFolder(t), "bin");
      const server = await serve(t, release(t));
      const PATH = [`${folder}${onPath}`, process.env["PATH"]].join(delimiter);
      const env = environment(t, server, { TRACING_SIDECAR_INSTALL_DIR: `${folder}${ends}`, PATH });
      const { status, stdout, stderr } = await install(env);
      assert.deepEqual([status, stderr], [0, ""]);
      assert.ok(stdout.endsWith(`\nInstalled tracing-sidecar 1.2.3 to ${folder}/tracing-sidecar\n`), stdout);
    });

  for (const name of ["a'b\"`$HOME\\ c", "-\n"])
    test(`prints a command that adds the folder to the PATH, whatever its name is: ${JSON.stringify(name)}`, async (t) => {
      const folder = join(temporaryFolder(t), name, "bin");
      const env = environment(t, await serve(t, release(t)), { TRACING_SIDECAR_INSTALL_DIR: folder });
      const { status, stdout, stderr } = await install(env);
      assert.deepEqual([status, stderr], [0, ""]);
      const shown = `${stdout.slice(stdout.indexOf("  export"))}tracing-sidecar version`;
      assert.equal(spawnSync("sh", ["-c", shown], { env, encoding: "utf8" }).stdout, "1.2.3\n");
    });

  test("doesn't add a folder to the PATH whose name contains a colon", async (t) => {
    const folder = join(temporaryFolder(t), "a:b");
    const env = environment(t, await serve(t, release(t)), { TRACING_SIDECAR_INSTALL_DIR: folder });
    const { stdout } = await install(env);
    assert.match(
      stdout,
      /can't be on your PATH, because its name contains a colon\. Start the program with its path\.\n$/,
    );
    assert.doesNotMatch(stdout, /export/);
  });

  test("can install to the root folder", async (t) => {
    const log = join(temporaryFolder(t), "log");
    const fake = { mkdir: `echo "$@" >>${log}`, mktemp: `echo "$@" >>${log}; exit 1` };
    const server = await serve(t, release(t));
    const variables = { TRACING_SIDECAR_INSTALL_DIR: "//", PATH: programs(t, ["uname"], fake) };
    assert.match((await install(environment(t, server, variables))).stderr, /^error: can't write to \/\./);
    assert.equal(readFileSync(log, "utf8"), "-p /\n-d /.tracing-sidecar.XXXXXX\n");
  });

  for (const [base, protocols] of [
    ["HTTPS://releases.invalid", "=https"],
    ["https://releases.invalid", "=https"],
    ["HTTP://releases.invalid", "=http,https"],
  ] as const)
    test(`allows a download from ${base} to use ${protocols}`, async (t) => {
      const log = join(temporaryFolder(t), "log");
      const PATH = programs(t, [...basics, "sha256sum"], { curl: `echo "$@" >>${log}; exit 1` });
      const env = environment(t, { url: base, requests: [] }, { PATH });
      assert.equal((await install(env)).status, 1);
      assert.match(readFileSync(log, "utf8"), new RegExp(`--proto ${protocols} `));
    });

  for (const shell of [["dash"], ["dash", "-u"], ["dash", "-C"], ["bash", "--posix"], ["busybox", "sh"]]) {
    test(`works in ${shell.join(" ")}`, async (t) => {
      if (lacks(t, shell[0] as string)) return;
      const env = environment(t, await serve(t, release(t)));
      const { status, stderr } = await install(env, shell);
      assert.deepEqual([status, stderr, readFileSync(installed(env), "utf8")], [0, "", program]);
    });
  }

  test("says that the shell finds another tracing-sidecar first", async (t) => {
    const other = programs(t, [], { "tracing-sidecar": "" });
    const env = environment(t, await serve(t, release(t)));
    const PATH = [other, join(env.HOME, ".local/bin"), env["PATH"]].join(delimiter);
    const { stdout } = await install({ ...env, PATH });
    assert.ok(stdout.endsWith(`\nYour shell finds another tracing-sidecar first: ${other}/tracing-sidecar\n`), stdout);
  });
});

describe("install.sh installs nothing, and keeps the older version", () => {
  const cut: Fault = (name, response) => {
    if (name !== file) return false;
    response.writeHead(200, { "Content-Length": program.length });
    response.write(program.slice(0, 10), () => response.socket?.destroy());
    return true;
  };
  const missing =
    (wanted: string): Fault =>
    (name, response) => {
      if (name === wanted) response.writeHead(404).end("not found");
      return name === wanted;
    };
  const answer =
    (wanted: string, text: string): Fault =>
    (name, response) => {
      if (name === wanted) response.end(text);
      return name === wanted;
    };
  const cases: readonly (readonly [string, Fault, RegExp])[] = [
    ["if the checksum is wrong", answer(file, "#!/bin/sh\necho evil\n"), /error: the checksum of \S+ is wrong\./],
    [
      "if the checksum isn't listed",
      answer("SHA256SUMS", `${"0".repeat(64)}  other\n`),
      /doesn't list tracing-sidecar-/,
    ],
    [
      "if the list of checksums is an error page",
      answer("SHA256SUMS", "<html></html>"),
      /doesn't list tracing-sidecar-/,
    ],
    ["if the file is missing", missing(file), /error: can't download http:\S+-linux-\w+\. Nothing was installed\./],
    ["if the list of checksums is missing", missing("SHA256SUMS"), /error: can't download http:\S+SHA256SUMS\./],
    ["if the connection ends half-way", cut, /error: can't download http:\S+-linux-\w+\. Nothing was installed\./],
  ];
  for (const [name, fault, message] of cases) {
    for (const downloader of ["curl", "wget"]) {
      test(`${name}: ${downloader}`, async (t) => {
        if (lacks(t, downloader)) return;
        const PATH = programs(t, [...basics, "sha256sum", downloader]);
        const env = environment(t, await serve(t, release(t), fault), { PATH });
        requireNothing(await install(env), env, message);
        mkdirSync(join(env.HOME, ".local/bin"), { recursive: true });
        writeFileSync(installed(env), "older");
        assert.equal((await install(env)).status, 1);
        assert.deepEqual(readdirSync(join(env.HOME, ".local/bin")), ["tracing-sidecar"]);
        assert.equal(readFileSync(installed(env), "utf8"), "older");
      });
    }
  }

  test("if nothing answers", async (t) => {
    const env = environment(t, { url: "http://127.0.0.1:1", requests: [] });
    requireNothing(await install(env), env, /error: can't download http:\/\/127\.0\.0\.1:1\/latest/);
  });

  test("if the release contains another version than the requested one", async (t) => {
    const server = await serve(t, release(t));
    const env = environment(t, server, { TRACING_SIDECAR_VERSION: "v1.2.4" });
    const message = /error: the release of version 1\.2\.4 contains version 1\.2\.3\. Nothing was installed\.$/m;
    requireNothing(await install(env), env, message);
    writeFileSync(installed(env), "older");
    assert.equal((await install(env)).status, 1);
    assert.equal(readFileSync(installed(env), "utf8"), "older");
  });

  test("if the executable doesn't start", async (t) => {
    const env = environment(t, await serve(t, release(t, "#!/bin/sh\nexit 127\n")));
    requireNothing(await install(env), env, /error: the executable doesn't start on this system\./);
  });

  test("if the file system has no executables", async (t) => {
    const PATH = [programs(t, [], { chmod: "" }), process.env["PATH"]].join(delimiter);
    const env = environment(t, await serve(t, release(t)), { PATH });
    const message =
      /If \S.*\/bin is on a file system that is mounted with noexec, set TRACING_SIDECAR_INSTALL_DIR to a/;
    requireNothing(await install(env), env, message);
  });

  for (const [system, message] of [
    [
      "Darwin arm64",
      /error: the executable needs Linux, and this is Darwin\. .* npm install --global tracing-sidecar$/m,
    ],
    ["Linux riscv64", /error: the executable needs amd64 or arm64, and this is riscv64\. .* npm install --global /],
  ] as const) {
    test(`on ${system}`, async (t) => {
      const [name, machine] = system.split(" ");
      const uname = programs(t, [], { uname: `case $1 in -s) echo ${name} ;; *) echo ${machine} ;; esac` });
      const server = await serve(t, release(t));
      const env = environment(t, server, { PATH: [uname, process.env["PATH"]].join(delimiter) });
      requireNothing(await install(env), env, message);
      assert.deepEqual(server.requests, []);
    });
  }

  test("on a system without glibc, as Alpine", (t) => {
    if (lacks(t, "podman", "busybox")) return;
    const folder = temporaryFolder(t);
    mkdirSync(join(folder, "bin"));
    copyFileSync(find("busybox") as string, join(folder, "bin/busybox"));
    for (const name of ["sh", ...basics]) symlinkSync("busybox", join(folder, "bin", name));
    copyFileSync(script, join(folder, "install.sh"));
    const args = ["run", "--rm", "--network=none", "--env=HOME=/root", "--rootfs", folder, "/bin/sh", "/install.sh"];
    const { status, stderr } = spawnSync(find("podman") as string, args, { encoding: "utf8" });
    assert.match(stderr, /error: the executable needs glibc, which this system doesn't have .* npm install --global /);
    assert.equal(status, 1, stderr);
  });

  test("if the folder can't be created, or HOME isn't set, or the target is a folder", async (t) => {
    const server = await serve(t, release(t));
    const env = environment(t, server);
    const below = await install({ ...env, TRACING_SIDECAR_INSTALL_DIR: "/dev/null/bin" });
    assert.match(
      below.stderr,
      /^error: can't write to \/dev\/null\/bin\. To install .* set TRACING_SIDECAR_INSTALL_DIR\.$/m,
    );
    const { HOME: _, ...homeless } = env;
    assert.match((await install(homeless)).stderr, /^error: set TRACING_SIDECAR_INSTALL_DIR .* HOME isn't set$/m);
    mkdirSync(installed(env), { recursive: true });
    assert.match((await install(env)).stderr, /^error: \S.*tracing-sidecar is a folder$/m);
    assert.deepEqual([readdirSync(installed(env)), server.requests], [[], []]);
  });

  test("if the folder is read-only", async (t) => {
    if (process.getuid?.() === 0 && lacks(t, "unshare")) return;
    const env = environment(t, await serve(t, release(t)));
    const folder = join(env.HOME, "bin");
    mkdirSync(folder);
    chmodSync(folder, 0o555);
    const variables = { ...env, TRACING_SIDECAR_INSTALL_DIR: folder };
    // Permissions don't stop root, but a read-only file system does.
    const mount = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec sh "$1"';
    const shell = ["unshare", "--mount", "sh", "-c", mount, folder];
    const { status, stderr } = await install(variables, process.getuid?.() === 0 ? shell : ["sh"]);
    assert.match(stderr, /^error: can't write to .*my home\/bin\. /m);
    assert.deepEqual([status, readdirSync(folder)], [1, []]);
  });

  test("if the script itself was downloaded only in part", async (t) => {
    const server = await serve(t, release(t));
    const env = environment(t, server);
    const text = readFileSync(script, "utf8");
    const part = join(temporaryFolder(t), "part.sh");
    // Ends of lines, and each character of the last lines. The last one that can be missing is the `n` of `main`.
    assert.ok(text.endsWith("\nmain\n"));
    const ends = [...text.matchAll(/\n/g)].map(({ index }) => index).filter((_, i) => i % 4 === 0);
    const last = Array.from({ length: 20 }, (_, i) => text.length - 2 - i);
    for (const end of [...ends.slice(0, -1), ...last]) {
      writeFileSync(part, text.slice(0, end));
      spawnSync("sh", [part], { env, cwd: env.HOME });
    }
    assert.deepEqual([readdirSync(env.HOME), server.requests], [[], []]);
  });
});

describe("install.sh, depending on what is installed", () => {
  for (const downloader of ["curl", "wget"]) {
    for (const verifier of ["sha256sum", "shasum", "openssl"]) {
      test(`works with only ${downloader} and ${verifier}`, async (t) => {
        if (lacks(t, downloader, verifier)) return;
        const PATH = programs(t, [...basics, downloader, verifier]);
        const env = environment(t, await serve(t, release(t)), { PATH });
        const { status, stderr } = await install(env);
        assert.deepEqual([status, stderr, readFileSync(installed(env), "utf8")], [0, "", program]);
      });
    }
  }

  test("names what is missing", async (t) => {
    const server = await serve(t, release(t));
    const without = environment(t, server, { PATH: programs(t, [...basics, "sha256sum"]) });
    requireNothing(await install(without), without, /^error: install curl or wget, which download the executable$/m);
    const unverified = environment(t, server, { PATH: programs(t, [...basics, "curl"]) });
    requireNothing(await install(unverified), unverified, /^error: install sha256sum, shasum, or openssl, which /m);
  });

  for (const downloader of ["curl", "wget"]) {
    test(`uses a proxy: ${downloader}`, async (t) => {
      if (lacks(t, downloader)) return;
      const { url: releases } = await serve(t, release(t));
      const requests: string[] = [];
      // A proxy gets the whole address, whose host only it can reach.
      const forward = createServer(({ url = "" }, response) => {
        requests.push(url);
        request(url.replace("http://releases.invalid", releases), (answer) => answer.pipe(response)).end();
      });
      const proxy = await listen(t, forward, requests);
      const PATH = programs(t, [...basics, "sha256sum", downloader]);
      const env = environment(t, { url: "http://releases.invalid/", requests }, { PATH, http_proxy: proxy.url });
      const { status, stderr } = await install(env);
      assert.deepEqual([status, stderr], [0, ""]);
      assert.deepEqual(requests[1], `http://releases.invalid/latest/download/${file}`);
    });
  }

  /*
   * gh and cosign can verify only what GitHub and Sigstore have signed, so scripts stand in for them: the tests are about
   * what install.sh does with their answer.
   */
  const verifiers = {
    gh: 'case "$*" in *--help) echo "  --signer-workflow" ;; *) echo "$@" >> "$0.log"; exec "$0.answer" ;; esac',
    cosign: 'case "$*" in *--help) echo "  --trusted-root" ;; *) echo "$@" >> "$0.log"; exec "$0.answer" ;; esac',
  };
  for (const [name, text] of Object.entries(verifiers)) {
    test(`verifies with ${name} who built the file, and installs nothing if that fails`, async (t) => {
      const folder = release(t);
      writeFileSync(join(folder, "provenance.sigstore.json"), "{}");
      const PATH = programs(t, [...basics, "sha256sum", "curl"], { [name]: text });
      const answers = (status: number) =>
        writeFileSync(join(PATH, `${name}.answer`), `#!/bin/sh\necho "no match" >&2\nexit ${status}\n`, {
          mode: 0o755,
        });
      const env = environment(t, await serve(t, folder), { PATH });
      answers(1);
      requireNothing(
        await install(env),
        env,
        new RegExp(`^no match\nerror: ${name} can't verify that \\S+release\\.yml built `),
      );
      answers(0);
      const { status, stdout, stderr } = await install(env);
      assert.deepEqual([status, stderr], [0, ""]);
      assert.match(
        stdout,
        new RegExp(`^Verified with ${name} that the release workflow of \\S+ built the file\\.$`, "m"),
      );
      assert.match(readFileSync(join(PATH, `${name}.log`), "utf8"), new RegExp(`/${file}`));
    });

    test(`installs nothing if there is no attestation that ${name} could verify`, async (t) => {
      const PATH = programs(t, [...basics, "sha256sum", "curl"], { [name]: text });
      const env = environment(t, await serve(t, release(t)), { PATH });
      requireNothing(await install(env), env, /error: can't download \S+provenance\.sigstore\.json\. Nothing/);
    });

    test(`doesn't use a version of ${name} that is too old`, async (t) => {
      const PATH = programs(t, [...basics, "sha256sum", "curl"], { [name]: "echo unknown command >&2; exit 1" });
      const { status, stdout } = await install(environment(t, await serve(t, release(t)), { PATH }));
      assert.equal(status, 0);
      assert.match(stdout, /^Didn't verify who built the file: /m);
    });
  }
});
