import { cpus } from "node:os";
import { type Figure, figures, isWithin, scalingFigures } from "./bench/figures";
import { imageFigures } from "./bench/image";
import { removeFolder } from "./bench/measure";
import { deployments, runPeers, tableOf } from "./bench/peers";

/*
 * Measures speed as ratios within one run. Each figure is the median of whole processes that take turns, so that the
 * speed of the machine and its other load cancel out.
 *
 *   npm run bench                compares the function with Node, with js-yaml, and with itself
 *   npm run bench -- --peers     also compares it with other programs that do similar work, as tables, and as an image
 *   npm run bench -- --line      also measures up to 200,000 objects
 *   npm run bench -- --check     exits with status 1 if a limit is exceeded
 */

function print(figures: readonly Figure[]): void {
  for (const figure of figures) {
    const { description, ratio, limit, detail, atLeast } = figure;
    const verdict = `${isWithin(figure) ? "within" : "BEYOND"} ${atLeast ? ">=" : "<="} ${limit.toFixed(2).padStart(5)}`;
    console.log(`${ratio.toFixed(2).padStart(6)}  ${verdict}  ${description} (${detail})`);
  }
}

function main(flags: readonly string[]): void {
  try {
    console.log(`Node ${process.version}, ${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores`);
    const all = figures();
    print(all);
    if (flags.includes("--line")) {
      const scaling = scalingFigures();
      all.push(...scaling);
      print(scaling);
    }
    if (flags.includes("--peers")) {
      const images = imageFigures();
      all.push(...images);
      print(images);
      for (const size of ["1 kB", "4 kB"] as const) {
        const comparison = runPeers(size);
        console.log(`\n${deployments} Deployments of ${size}: ${comparison.versions.join(", ")}`);
        for (const program of comparison.missing) console.log(`${program} is not installed; its rows are omitted`);
        console.log(`\n${tableOf(comparison)}`);
      }
    }
    if (flags.includes("--check") && !all.every(isWithin)) process.exitCode = 1;
  } finally {
    removeFolder();
  }
}

main(process.argv.slice(2));
