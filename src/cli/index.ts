export { disk } from "./disk";
export { runCommandLine } from "./run";
