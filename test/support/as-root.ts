/** The start of a command that runs a program as root. */
export const asRoot: readonly string[] = process.getuid?.() === 0 ? [] : ["sudo", "--non-interactive"];
