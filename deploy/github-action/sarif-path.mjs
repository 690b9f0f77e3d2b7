/** Returns the path of a file in a SARIF log: relative to the repository, or absolute if the file is outside of it. */
export function pathOf({ uri }) {
  return decodeURIComponent(uri.replace(/^file:\/\//, ""));
}
