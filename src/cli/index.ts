export { runCommandLine } from "./command-line";
export { nodeFileSystem } from "./file-system";
