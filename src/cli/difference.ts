import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import type { Styled } from "./style";

/** The changes of a file as a unified diff, which `git apply` and `patch -p1` take. */
export function difference(path: string, before: string, after: string): string {
  const name = path.replace(/^\/+/, "");
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, undefined, undefined, options);
}

/** A diff with its lines in colours. */
export function coloured(diff: string, style: Styled): string {
  return diff.replace(/^.+$/gm, (line) => {
    if (/^(?:---|\+\+\+) /.test(line)) return style("bold", line);
    switch (line[0]) {
      case "+":
        return style("green", line);
      case "-":
        return style("red", line);
      case "@":
        return style("cyan", line);
      default:
        return line;
    }
  });
}
