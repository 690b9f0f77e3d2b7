import { join } from "node:path";
import { findBuilt } from "../support/programs";

/** The programs that send a span, each with the folder that it is built from. `node` is the Node.js SDK, and so on. */
const folders = {
  go: "go",
  java: "java",
  javaagent: "java",
  node: "node",
  python: "python",
  "jaeger-go": "jaeger-go",
  "jaeger-agent": "jaeger-agent",
} as const;

/** A program that `programs/build.sh` builds. */
export type Program = keyof typeof folders;

/** A program that sends one span, named by its argument, with an SDK that only the environment configures. */
export type Sdk = Exclude<Program, "jaeger-agent">;

/** Returns the path of a program that was built from the current sources, or undefined. */
export function findProgram(program: Program): string | undefined {
  const home = findBuilt(join(__dirname, "programs"), "sdk", folders[program]);
  return home && join(home, program);
}
