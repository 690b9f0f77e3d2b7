import { isUtf8 } from "node:buffer";
import { fstatSync, readSync, writeSync } from "node:fs";
import { loadCommandLine } from "./cli/load";
import type { Output, Signal, System } from "./cli/system";
import { invalidInputResult, invalidUtf8Result, type RunInPieces, runInPieces } from "./pipeline/run";

/** The process: arguments, streams and status. The only file that touches `process`. */
function main(args: readonly string[]): void {
  // A host starts the function without arguments; what a person asks for is loaded only then.
  if (args.length > 0) {
    commandLine(args).catch(fail);
    return;
  }
  if (isTerminal(0)) {
    write(2, ["error: stdin is a terminal: without arguments a ResourceList is read from it; --help tells more\n"]);
    process.exitCode = 2;
    return;
  }
  const { stdout, stderr, status } = treat();
  const told = write(2, [stderr]);
  const written = write(1, stdout);
  if (told && written) process.exitCode = status;
  // All is written, and to take the heap apart costs time.
  process.exit();
}

/** A defect ends the process with its place in the bundle; Node would print the line there, which is very long. */
function fail(error: unknown): void {
  const where = error instanceof Error ? error.stack : String(error);
  write(2, [`error: this is a defect of tracing-sidecar; report it, with these lines:\n${where}\n`]);
  process.exit(1);
}

async function commandLine(args: readonly string[]): Promise<void> {
  const { disk, runCommandLine } = loadCommandLine();
  let isWhole = true;
  const output = (descriptor: 1 | 2): Output => {
    const isATerminal = isTerminal(descriptor);
    return {
      isTerminal: isATerminal,
      columns: isATerminal ? process[descriptor === 1 ? "stdout" : "stderr"].columns : undefined,
      write: (text) => {
        isWhole = isWhole && write(descriptor, [text]);
      },
    };
  };
  const host: System = {
    stdout: output(1),
    stderr: output(2),
    env: process.env,
    files: disk(String(process.pid)),
    readInput: () => read(0),
    onInterrupt,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  };
  const status = await runCommandLine(args, host);
  if (isWhole) process.exitCode = status;
}

function onInterrupt(listener: (signal: Signal) => void): () => void {
  const listened: readonly Signal[] = ["SIGHUP", "SIGINT", "SIGTERM"];
  for (const signal of listened) process.on(signal, listener);
  return () => {
    for (const signal of listened) process.off(signal, listener);
  };
}

/** Asks the system before it loads the module that knows: `process.stdin` alone costs a tenth of a run. */
function isTerminal(descriptor: number): boolean {
  return fstatSync(descriptor).isCharacterDevice() && require("node:tty").isatty(descriptor);
}

function treat(): RunInPieces {
  const input = decoded();
  return typeof input === "string" ? runInPieces(input) : input;
}

/** The text on stdin, or what a run gives without one. In a scope of its own, so that the bytes end with it. */
function decoded(): string | RunInPieces {
  let input: Buffer;
  try {
    input = read(0);
  } catch (error) {
    return invalidInputResult(`stdin could not be read: ${systemReason(error)}`);
  }
  if (input.length > maxInput) return invalidInputResult("the input must be at most 512 MB");
  // Decoding would replace what is not UTF-8, and lose it.
  return isUtf8(input) ? input.toString("utf8") : invalidUtf8Result();
}

/** Bytes. V8's strings end at 2^29 characters, some of which the output needs. */
const maxInput = 512_000_000;

/** All bytes of a descriptor; where they are more than `maxInput`, some more than that. */
function read(descriptor: number): Buffer {
  let bytes = Buffer.allocUnsafe(Math.min(fstatSync(descriptor).size, maxInput) + (1 << 16));
  for (let length = 0; ; ) {
    const count = retried(() => readSync(descriptor, bytes, length, bytes.length - length, null));
    length += count;
    if (count === 0 || length > maxInput) return bytes.subarray(0, length);
    if (length === bytes.length) bytes = Buffer.concat([bytes], 2 * length);
  }
}

/** Does again what a descriptor that does not block has put off: whoever is at its other end needs a moment. */
function retried(work: () => number): number {
  for (;;) {
    try {
      return work();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** Why the system refused: `EPIPE: broken pipe, write`. What is no refusal of the system's is a defect. */
function systemReason(error: unknown): string {
  if (error instanceof Error && "syscall" in error) return error.message;
  throw error;
}

/** Writes all pieces; where that cannot be, the run says so and fails, whatever it was to end with. */
function write(descriptor: number, pieces: Iterable<string>): boolean {
  try {
    writePieces(descriptor, pieces);
    return true;
  } catch (error) {
    const reason = systemReason(error);
    if (descriptor === 1) write(2, [`error: stdout could not be written, so the output is not whole: ${reason}\n`]);
    process.exitCode = 1;
    return false;
  }
}

/**
 * Writes before it returns. `process.stdout.write` followed by an exit cuts a pipe's output at 64 KiB, with status 0.
 */
function writePieces(descriptor: number, pieces: Iterable<string>): void {
  let batch: Buffer | undefined;
  let filled = 0;
  const flush = () => {
    if (batch !== undefined) writeBytes(descriptor, batch.subarray(0, filled));
    filled = 0;
  };
  for (const piece of pieces) {
    // UTF-8 has at most three bytes for a UTF-16 code unit.
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

/** Bytes. Joined as strings, what waits would outlive the collection of the young, and the heap would grow with it. */
const batchLength = 1 << 20;

function writeBytes(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) {
    written += retried(() => writeSync(descriptor, bytes, written));
  }
}

try {
  main(process.argv.slice(2));
} catch (error) {
  fail(error);
}
