/** The address of the project's repository. package.json has the same. */
export const repository = "https://github.com/tracing-sidecar/tracing-sidecar";

/** Returns the address of the section about a code in the documentation. */
export function helpOf(code: string): string {
  return `${repository}/blob/main/docs/reference/results.md#${code}`;
}
