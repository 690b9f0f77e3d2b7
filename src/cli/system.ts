/** What the command line needs of the world around it. Paths are as the user wrote them, or made from these. */
export interface System {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: FileSystem;
  /** All of stdin. */
  readInput(): Uint8Array;
  /** Calls `listener` when the process is asked to stop, until the function that it returns is called. */
  onInterrupt(listener: (signal: Signal) => void): () => void;
  /** Gives a signal that has come the time to reach its listener. */
  pause(): Promise<void>;
}

/** A stream that text is written to. */
export interface Output {
  readonly isTerminal: boolean;
  /** The terminal's width; undefined where it is none. */
  readonly columns: number | undefined;
  /** Writes all of it before it returns. */
  write(text: string): void;
}

/** Signals that ask a process to stop, by their numbers. */
export const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
export type Signal = keyof typeof signals;

/** Files and folders. What goes wrong is thrown as an Error with Node's `code`, such as ENOENT. */
export interface FileSystem {
  /** What a path leads to, through links; undefined where nothing is there. */
  kindOf(path: string): Entry["kind"];
  /** What is in a folder, sorted by name; a link has the kind of what it leads to. */
  list(folder: string): readonly Entry[];
  /** The path without links, by which two paths to one file are the same. */
  realPath(path: string): string;
  read(path: string): Uint8Array;
  /** Replaces a file's content at once: whoever reads it gets the old or the new. Mode and owner stay, and links. */
  replace(path: string, content: string): void;
  /** Writes a new file. */
  create(path: string, content: string): void;
}

export interface Entry {
  readonly name: string;
  readonly kind: "file" | "folder" | "other" | undefined;
  readonly isLink: boolean;
}

/** The reason of a failure of the file system in plain words. */
export function reasonOf(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code;
  if (typeof code !== "string") throw error;
  return reasons[code] ?? code;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the disk quota is used up",
  EEXIST: "it is there already",
  EISDIR: "it is a folder",
  ELOOP: "its links go round in circles",
  ENOENT: "no such file or folder",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is no folder",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
};
