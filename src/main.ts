import { isUtf8 } from "node:buffer";
import { fstatSync, readFileSync, writeSync } from "node:fs";
import { notUtf8, runInPieces } from "./function";
import { helpText } from "./help";

/** The process: arguments, streams and status. The only file that touches `process`. */
function main(args: readonly string[]): void {
  if (args.includes("--help") || args.includes("-h")) {
    write(1, [helpText]);
    return;
  }
  if (args.length > 0) {
    write(2, [`error: unknown argument "${args[0]}": the function takes a ResourceList on stdin; --help tells more\n`]);
    process.exitCode = 2;
    return;
  }
  if (isTerminal(0)) {
    write(2, ["error: stdin is a terminal: the function takes a ResourceList on stdin; --help tells more\n"]);
    process.exitCode = 2;
    return;
  }
  const { stdout, stderr, status } = treat();
  write(2, [stderr]);
  write(1, stdout);
  process.exitCode = status;
}

/** Asks the system before it loads the module that knows: `process.stdin` alone costs a tenth of a run. */
function isTerminal(descriptor: number): boolean {
  return fstatSync(descriptor).isCharacterDevice() && require("node:tty").isatty(descriptor);
}

/** In a scope of its own, so that the input's bytes are not kept while the output is written. */
function treat() {
  const input = readFileSync(0);
  // Decoding would replace what is not UTF-8, and lose it.
  return isUtf8(input) ? runInPieces(input.toString("utf8")) : notUtf8();
}

/**
 * Writes all pieces before it returns. `process.stdout.write` followed by an exit cuts a pipe's output at 64 KiB, with
 * status 0.
 */
function write(descriptor: number, pieces: readonly string[]): void {
  let waiting = "";
  for (const [i, piece] of pieces.entries()) {
    waiting += piece;
    if (waiting.length < 1 << 20 && i < pieces.length - 1) continue;
    writeBytes(descriptor, Buffer.from(waiting, "utf8"));
    waiting = "";
  }
}

function writeBytes(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      // A pipe that is full: its reader needs a moment.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

main(process.argv.slice(2));
