/** What the command line needs from its environment. Paths are those that the user gave, or are built from them. */
export interface System {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: FileSystem;
  /** Reads stdin to its end. */
  readInput(): Uint8Array;
  /**
   * Calls `listener` when a signal asks the process to stop.
   *
   * @returns a function that removes the listener.
   */
  onInterrupt(listener: (signal: Signal) => void): () => void;
  /** Waits until a signal that has arrived has reached its listener. */
  pause(): Promise<void>;
}

/** A stream for text. */
export interface Output {
  readonly isTerminal: boolean;
  /** The terminal's width in characters; undefined if the stream isn't a terminal. */
  readonly columns: number | undefined;
  /** Writes all of the text before it returns. */
  write(text: string): void;
}

/** The signals that ask a process to stop, with their numbers. */
export const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

export type Signal = keyof typeof signals;

/** Files and folders. Every method throws an Error with Node's `code`, such as ENOENT, if it fails. */
export interface FileSystem {
  /**
   * Returns the kind of what a path leads to, through links; undefined if it doesn't exist. A link to something that doesn't
   * exist is a `link`.
   */
  kindOf(path: string): Entry["kind"];
  /** Lists a folder, sorted by name. A link has the kind of what it leads to. */
  list(folder: string): readonly Entry[];
  /** Resolves links, so that all paths to a file become the same path. Returns the path itself if it is a pipe. */
  realPath(path: string): string;
  read(path: string): Uint8Array;
  /** Replaces a file's content atomically. Keeps its mode, its owner and the links to it. */
  replace(path: string, content: string): void;
  /** Writes a new file. Fails with EEXIST if it already exists. */
  create(path: string, content: string): void;
}

/** An entry of a folder. */
export interface Entry {
  readonly name: string;
  /** Undefined for a link that can't be followed, and for a name that isn't UTF-8. */
  readonly kind: "file" | "folder" | "pipe" | "link" | "other" | undefined;
  readonly isLink: boolean;
}

/** Returns the real path; undefined if the path leads to nothing that can be read. */
export function realPathOf(path: string, files: FileSystem): string | undefined {
  try {
    return files.realPath(path);
  } catch {
    return undefined;
  }
}

/** Returns what a path is; undefined if it doesn't exist or if that can't be determined. */
export function kindOf(path: string, files: FileSystem): Entry["kind"] {
  try {
    return files.kindOf(path);
  } catch {
    return undefined;
  }
}

/** What a link leads to if it is a `link`, for messages. */
export const brokenLink = "a symbolic link that doesn't point to a file";

/** Describes an error of a `FileSystem`. Throws any other error: it is a defect. */
export function reasonOf(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code;
  if (typeof code !== "string") throw error;
  return reasons[code] ?? code;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "disk quota exceeded",
  EEXIST: "it already exists",
  EISDIR: "it is a folder",
  ELOOP: "too many levels of symbolic links",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "no such file or folder",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path isn't a folder",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
};
