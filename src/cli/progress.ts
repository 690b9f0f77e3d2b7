import type { Output } from "./system";

/** Shows how far a long step is, on a terminal alone; the line goes when something else is written. */
export class Progress {
  #isShown = false;

  constructor(
    private readonly output: Output,
    private readonly isWanted: boolean,
  ) {}

  /** Says that `done` of `all` files are done, now and then. */
  show(step: string, done: number, all: number): void {
    if (!this.isWanted || all < many || done % often !== 0) return;
    const line = `${step}: ${done} of ${all} files`;
    this.output.write(`\r${line.slice(0, (this.output.columns ?? 80) - 1)}${eraseRest}`);
    this.#isShown = true;
  }

  end(): void {
    if (this.#isShown) this.output.write(`\r${eraseRest}`);
    this.#isShown = false;
  }
}

/** A few files are done before anybody looks. */
const many = 200;
const often = 50;
/** ECMA-48, EL: from the cursor to the end of the line. */
const eraseRest = "\u001b[K";
