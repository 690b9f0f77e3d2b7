/** The version of the package, which `--version` prints. */
export const version = "0.1.0";
