/**
 * Loads the command line, which no host asks for. The build puts something in the place of this module that does the
 * same within the one bundle: see `scripts/on-demand.ts`.
 */
export function loadCommandLine(): typeof import("./index") {
  return require("./index");
}
