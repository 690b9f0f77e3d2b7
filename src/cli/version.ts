/** The version of the package, as `--version` prints it. */
export const version = "0.1.0";
