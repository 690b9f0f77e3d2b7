import { fstatSync, readSync, writeSync } from "node:fs";
import { runCommandLine } from "./cli/command-line";
import { decodeUtf8 } from "./cli/decode-utf8";
import { nodeFileSystem } from "./cli/file-system";
import type { Output, Signal, System } from "./cli/system";
import { invalidInputResult, type RunInPieces, runInPieces } from "./pipeline/run";

/** The process: arguments, streams and exit status. The only file that uses `process`. */
function main(args: readonly string[]): void {
  // A host starts the function without arguments.
  if (args.length > 0) {
    startCommandLine(args).catch(exitWithDefect);
    return;
  }
  if (isTerminal(0)) {
    write(2, ["error: no arguments, and stdin is a terminal. Pass a ResourceList on stdin, or see --help.\n"]);
    process.exitCode = 2;
    return;
  }
  const { stdout, stderr, status } = runFunction();
  const isStderrWritten = write(2, [stderr]);
  const isStdoutWritten = write(1, stdout);
  if (isStderrWritten && isStdoutWritten) process.exitCode = status;
  // Everything is written. Exiting now saves the time to tear down the heap.
  process.exit();
}

/**
 * Reports a defect with its stack trace and ends the process with status 1. Node's own report would include the source
 * line, which is very long in the bundle.
 */
function exitWithDefect(error: unknown): void {
  const trace = error instanceof Error ? error.stack : String(error);
  write(2, [`error: this is a bug in tracing-sidecar. Please report it with these lines:\n${trace}\n`]);
  process.exit(1);
}

async function startCommandLine(args: readonly string[]): Promise<void> {
  let isAllWritten = true;
  const output = (descriptor: 1 | 2): Output => {
    const isATerminal = isTerminal(descriptor);
    return {
      isTerminal: isATerminal,
      columns: isATerminal ? process[descriptor === 1 ? "stdout" : "stderr"].columns : undefined,
      write: (text) => {
        isAllWritten = isAllWritten && write(descriptor, [text], exitIfPipeIsClosed);
      },
    };
  };
  const system: System = {
    stdout: output(1),
    stderr: output(2),
    env: process.env,
    files: nodeFileSystem(String(process.pid)),
    readInput: () => read(0),
    onInterrupt,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  };
  const status = await runCommandLine(args, system);
  if (isAllWritten) process.exitCode = status;
}

function onInterrupt(listener: (signal: Signal) => void): () => void {
  const handled: readonly Signal[] = ["SIGHUP", "SIGINT", "SIGTERM"];
  for (const signal of handled) process.on(signal, listener);
  return () => {
    for (const signal of handled) process.off(signal, listener);
  };
}

/** Loads `node:tty` only for a character device. `process.stdin` alone would take a tenth of a run's time. */
function isTerminal(descriptor: number): boolean {
  return fstatSync(descriptor).isCharacterDevice() && require("node:tty").isatty(descriptor);
}

function runFunction(): RunInPieces {
  const input = readStdin();
  return typeof input === "string" ? runInPieces(input) : input;
}

/**
 * Reads stdin as text.
 *
 * @returns the text, or the result of the run if stdin cannot be read, is longer than `maxInput` or is not UTF-8. This
 *   is a function of its own so that the bytes can be freed before the run.
 */
function readStdin(): string | RunInPieces {
  let input: Buffer;
  try {
    input = read(0);
  } catch (error) {
    return invalidInputResult(`can't read stdin: ${systemErrorMessage(error)}`);
  }
  if (input.length > maxInput) return invalidInputResult("the input must be at most 512 MB");
  return decodeUtf8(input) ?? invalidInputResult("the input must be UTF-8");
}

/** In bytes. V8 limits a string to 2^29 characters, and the output needs some of them. */
const maxInput = 512_000_000;

/** Reads a descriptor to its end, or until there are more than `maxInput` bytes. */
function read(descriptor: number): Buffer {
  let bytes = Buffer.allocUnsafe(Math.min(fstatSync(descriptor).size, maxInput) + (1 << 16));
  for (let length = 0; ; ) {
    const count = retryWhileBlocked(() => readSync(descriptor, bytes, length, bytes.length - length, null));
    length += count;
    if (count === 0 || length > maxInput) return bytes.subarray(0, length);
    if (length === bytes.length) bytes = Buffer.concat([bytes], 2 * length);
  }
}

/** Retries `operation` every 5 ms while a non-blocking descriptor isn't ready, which is reported as EAGAIN. */
function retryWhileBlocked(operation: () => number): number {
  for (;;) {
    try {
      return operation();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** Returns the message of a failed system call: `EPIPE: broken pipe, write`. Throws any other error: it is a defect. */
function systemErrorMessage(error: unknown): string {
  if (error instanceof Error && "syscall" in error) return error.message;
  throw error;
}

/** Ends the process quietly if a write failed because the reader has what it needs, as in `tracing-sidecar ... | head`. */
function exitIfPipeIsClosed(error: unknown): void {
  // 128 + 13, the number of SIGPIPE, which ends most other programs.
  if ((error as NodeJS.ErrnoException).code === "EPIPE") process.exit(141);
}

/**
 * Writes all pieces to a descriptor.
 *
 * @param onError is called first if that fails. If it returns, the error is reported.
 * @returns false if that failed. Then the exit code is 1, and an error is on stderr if stdout could not be written.
 */
function write(descriptor: number, pieces: Iterable<string>, onError?: (error: unknown) => void): boolean {
  try {
    writePieces(descriptor, pieces);
    return true;
  } catch (error) {
    onError?.(error);
    const reason = systemErrorMessage(error);
    if (descriptor === 1) write(2, [`error: can't write to stdout, so the output is incomplete: ${reason}\n`]);
    process.exitCode = 1;
    return false;
  }
}

/**
 * Writes synchronously. With `process.stdout.write`, an exit right after it truncates the output to a pipe at 64 KiB,
 * with status 0.
 */
function writePieces(descriptor: number, pieces: Iterable<string>): void {
  let batch: Buffer | undefined;
  let filled = 0;
  const flush = () => {
    if (batch !== undefined) writeBytes(descriptor, batch.subarray(0, filled));
    filled = 0;
  };
  for (const piece of pieces) {
    // A UTF-16 code unit takes at most three bytes in UTF-8.
    if (filled + 3 * piece.length > batchLength) flush();
    if (3 * piece.length > batchLength) {
      writeBytes(descriptor, Buffer.from(piece, "utf8"));
      continue;
    }
    batch ??= Buffer.allocUnsafe(batchLength);
    filled += batch.write(piece, filled, "utf8");
  }
  flush();
}

/**
 * In bytes. Pieces are collected in a buffer because joined strings would survive V8's young-generation collections and
 * grow the heap.
 */
const batchLength = 1 << 20;

function writeBytes(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) {
    written += retryWhileBlocked(() => writeSync(descriptor, bytes, written));
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  exitWithDefect(error);
}
