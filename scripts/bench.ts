import { cpus } from "node:os";
import { type Figure, figures, isWithin, line } from "./bench/figures";
import { removeFolder } from "./bench/measure";
import { deployments, runPeers, tableOf } from "./bench/peers";

/*
 * Speed as ratios within one run: each figure is the median of whole processes that take turns, so that a machine's own
 * speed, and what else it does, cancel out.
 *
 *   npm run bench                the function against Node, against js-yaml, and against itself
 *   npm run bench -- --peers     the same, then other programs that do such work, as a table
 *   npm run bench -- --line      the same, then up to 200,000 objects
 *   npm run bench -- --check     ends with status 1 where a limit is passed
 */

function print(all: readonly Figure[]): void {
  for (const figure of all) {
    const { what, ratio, limit, detail, atLeast } = figure;
    const mark = `${isWithin(figure) ? "within" : "BEYOND"} ${atLeast ? ">=" : "<="} ${limit.toFixed(2).padStart(5)}`;
    console.log(`${ratio.toFixed(2).padStart(6)}  ${mark}  ${what} (${detail})`);
  }
}

function main(flags: readonly string[]): void {
  try {
    console.log(`Node ${process.version}, ${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores`);
    const all = figures();
    print(all);
    if (flags.includes("--line")) {
      const further = line();
      all.push(...further);
      print(further);
    }
    if (flags.includes("--peers")) {
      const comparison = runPeers();
      console.log(`\n${deployments} Deployments: ${comparison.versions.join(", ")}`);
      for (const program of comparison.missing) console.log(`${program} is not installed: its rows are left out`);
      console.log(`\n${tableOf(comparison)}`);
    }
    if (flags.includes("--check") && !all.every(isWithin)) process.exitCode = 1;
  } finally {
    removeFolder();
  }
}

main(process.argv.slice(2));
