import type { SourceFile } from "./protocol";

/** Everything that the visitor can edit. */
export interface Input {
  readonly files: readonly SourceFile[];
  readonly configuration: string;
}

/** Reports whether two inputs have the same files, in the same order, and the same configuration. */
export function isSameInput(one: Input, other: Input): boolean {
  return one.configuration === other.configuration && haveSameFiles(one.files, other.files);
}

/** Reports whether two lists have the same files in the same order. */
export function haveSameFiles(some: readonly SourceFile[], others: readonly SourceFile[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ path, text }, index) => path === others[index]?.path && text === others[index]?.text)
  );
}
