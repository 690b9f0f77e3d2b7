import { isUtf8 } from "node:buffer";
import { readFileSync, writeSync } from "node:fs";
import { notUtf8, run } from "./function";
import { helpText } from "./help";

/** The process: arguments, streams and status. The only file that touches `process`. */
function main(args: readonly string[]): void {
  if (args.includes("--help") || args.includes("-h")) {
    write(1, helpText);
    return;
  }
  if (args.length > 0) {
    write(2, `error: unknown argument "${args[0]}": the function takes a ResourceList on stdin; --help tells more\n`);
    process.exitCode = 2;
    return;
  }
  if (process.stdin.isTTY) {
    write(2, "error: stdin is a terminal: the function takes a ResourceList on stdin; --help tells more\n");
    process.exitCode = 2;
    return;
  }
  const input = readFileSync(0);
  // Decoding would replace what is not UTF-8, and lose it.
  const { stdout, stderr, status } = isUtf8(input) ? run(input.toString("utf8")) : notUtf8();
  write(2, stderr);
  write(1, stdout);
  process.exitCode = status;
}

/**
 * Writes all of a text before it returns. `process.stdout.write` followed by an exit cuts a pipe's output at 64 KiB,
 * with status 0.
 */
function write(descriptor: number, text: string): void {
  const bytes = Buffer.from(text, "utf8");
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}

main(process.argv.slice(2));
