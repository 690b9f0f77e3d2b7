import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { executable, type Figure } from "./figures";
import { hotrodList } from "./input";
import { type Command, compare, folder, inputFile, milliseconds, type Usage } from "./measure";
import { find } from "./peers";

/** The base of the function's image (Dockerfile). */
const base = "gcr.io/distroless/cc-debian13";

/**
 * Compares a container with the executable with one that has a program that does nothing, on the same base. Returns
 * nothing if podman, Go or the base image is missing, or if this machine's Node can't contain an application.
 */
export function imageFigures(): Figure[] {
  const [podman, go] = [find("podman"), find("go")];
  const built = executable();
  if (podman === undefined || go === undefined || built === undefined || !hasBase(podman)) return [];
  const source = join(folder, "empty.go");
  writeFileSync(source, "package main\n\nfunc main() {}\n");
  const empty = join(folder, "empty");
  execFileSync(go, ["build", "-o", empty, source], { env: { ...process.env, CGO_ENABLED: "0" }, stdio: "inherit" });
  const hotrod = inputFile("hotrod.yaml", hotrodList()).path;
  const commands = [imageWith(podman, "empty", empty), imageWith(podman, "function", built.program)];
  const run = (image: string): Command => ({
    program: podman,
    args: ["run", "--rm", "--interactive", "--network=none", image],
    input: hotrod,
  });
  const [emptyRun, functionRun] = compare(commands.map(run), 15) as [Usage, Usage];
  return [
    {
      description: "HotROD by podman, over a program that does nothing on the same base",
      ratio: functionRun.seconds / emptyRun.seconds,
      limit: 1.5,
      detail: `${milliseconds(functionRun)} over ${milliseconds(emptyRun)}`,
    },
  ];
}

function hasBase(podman: string): boolean {
  try {
    execFileSync(podman, ["image", "exists", base], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Builds an image that runs a program, and returns its name. */
function imageWith(podman: string, name: string, program: string): string {
  const context = join(folder, `image-${name}`);
  mkdirSync(context);
  copyFileSync(program, join(context, "program"));
  writeFileSync(join(context, "Dockerfile"), `FROM ${base}\nCOPY program /program\nENTRYPOINT ["/program"]\n`);
  const image = `localhost/tracing-sidecar-bench-${name}`;
  execFileSync(podman, ["build", "--quiet", "--network=none", `--tag=${image}`, context], { stdio: "ignore" });
  return image;
}
