/**
 * Loads the command line, which a run of the function doesn't need. The build replaces this module with one that does
 * the same within the single bundle: see `scripts/on-demand.ts`.
 */
export function loadCommandLine(): typeof import("./index") {
  return require("./index");
}
