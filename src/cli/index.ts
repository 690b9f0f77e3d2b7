export { disk } from "./node-files";
export { runCommandLine } from "./run";
