import type { Output } from "./system";

/**
 * Shows the progress of a long step in one line of a terminal. Call `end` before you write anything else to the stream.
 */
export class Progress {
  #isShown = false;

  constructor(
    private readonly output: Output,
    private readonly isEnabled: boolean,
  ) {}

  /** Shows that `done` of `total` files are processed. Does nothing if there are few files, or between updates. */
  show(step: string, done: number, total: number): void {
    if (!this.isEnabled || total < minimumFiles || done % updateInterval !== 0) return;
    const line = `${step}: ${done} of ${total} files`;
    this.output.write(`\r${line.slice(0, (this.output.columns ?? 80) - 1)}${eraseRest}`);
    this.#isShown = true;
  }

  /** Erases the line. */
  end(): void {
    if (this.#isShown) this.output.write(`\r${eraseRest}`);
    this.#isShown = false;
  }
}

/** With fewer files, a step ends before anyone could read the line. */
const minimumFiles = 200;
/** In files. */
const updateInterval = 50;
/** ECMA-48, EL: from the cursor to the end of the line. */
const eraseRest = "\u001b[K";
